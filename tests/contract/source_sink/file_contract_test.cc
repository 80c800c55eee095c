// SPDX-License-Identifier: Apache-2.0
//
// Files (replaced, appended, with envelopes) and pipes keep the contract of Source and Sink.

#include <fcntl.h>
#include <unistd.h>

#include <sstream>
#include <thread>

#include "connectors/file/file_sink.h"
#include "connectors/file/file_source.h"
#include "connectors/file/stream_sink.h"
#include "connectors/file/stream_source.h"
#include "tests/contract/source_sink/sink_contract.h"
#include "tests/contract/source_sink/source_contract.h"
#include "tests/support/temp_dir.h"

namespace lethe::connectors::testing {
namespace {

using lethe::testing::TempDir;

template <class T>
std::unique_ptr<T> opened(Result<std::unique_ptr<T>> made) {
  EXPECT_TRUE(made) << made.error().message();
  return std::move(made).value();
}

std::string lines(const std::vector<std::string>& values) {
  std::string all;
  for (const std::string& value : values) all += value + "\n";
  return all;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> all;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) all.push_back(line);
  return all;
}

template <bool kFollow>
struct FileSourceHarness {
  static constexpr bool kEnds = !kFollow;
  static constexpr bool kSeeks = true;
  static constexpr bool kRemembers = kFollow;

  void feed(const std::vector<std::string>& values) {
    dir.write("in.jsonl", lines(values), std::ios::app);
  }
  std::unique_ptr<Source> open() {
    return opened(file::FileSource::make({.path = dir.path("in.jsonl"), .follow = kFollow}));
  }
  TempDir dir;
};

struct PipeSourceHarness {
  static constexpr bool kEnds = false;  // while the writer keeps its end open
  static constexpr bool kSeeks = false;
  static constexpr bool kRemembers = false;

  PipeSourceHarness() {
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    ::fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);  // holds what a test feeds
  }
  ~PipeSourceHarness() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  void feed(const std::vector<std::string>& values) {
    const std::string all = lines(values);
    EXPECT_EQ(::write(ends[1], all.data(), all.size()), static_cast<ssize_t>(all.size()));
  }
  std::unique_ptr<Source> open() { return opened(file::StreamSource::make({.fd = ends[0]})); }
  int ends[2] = {-1, -1};
};

template <bool kFollow>
struct FileSinkHarness {
  static constexpr bool kTakesBack = true;

  std::unique_ptr<Sink> open() {
    return opened(file::FileSink::make({.path = dir.path("out.jsonl"), .follow = kFollow}));
  }
  std::vector<std::string> values() const { return split(TempDir::read(dir.path("out.jsonl"))); }
  OwnedRecord refused() const { return {"in", 0, 9, 1, "k", "{\n}", {}}; }
  TempDir dir;
};

struct PipeSinkHarness {
  static constexpr bool kTakesBack = false;

  PipeSinkHarness() {
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    reader = std::thread([this] {
      char block[4096];
      for (ssize_t n; (n = ::read(ends[0], block, sizeof block)) > 0;) {
        received.append(block, static_cast<std::size_t>(n));
      }
    });
  }
  ~PipeSinkHarness() {
    finish();
    ::close(ends[0]);
  }
  std::unique_ptr<Sink> open() { return opened(file::StreamSink::make({.fd = ends[1]})); }
  std::vector<std::string> values() {
    finish();
    return split(received);
  }
  void finish() {
    if (!reader.joinable()) return;
    ::close(ends[1]);
    reader.join();
  }
  OwnedRecord refused() const { return {"in", 0, 9, 1, "k", "", {}}; }
  int ends[2] = {-1, -1};
  std::thread reader;
  std::string received;
};

using Sources =
    ::testing::Types<FileSourceHarness<false>, FileSourceHarness<true>, PipeSourceHarness>;
using Sinks = ::testing::Types<FileSinkHarness<false>, FileSinkHarness<true>, PipeSinkHarness>;
INSTANTIATE_TYPED_TEST_SUITE_P(File, SourceContract, Sources);
INSTANTIATE_TYPED_TEST_SUITE_P(File, SinkContract, Sinks);

}  // namespace
}  // namespace lethe::connectors::testing
