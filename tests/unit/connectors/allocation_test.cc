// SPDX-License-Identifier: Apache-2.0
//
// From a pipe to a sink: what is allocated belongs to batches, not to records.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "connectors/file/stream_sink.h"
#include "connectors/file/stream_source.h"
#include "tests/support/allocations.h"

namespace lethe::connectors::file {
namespace {

using lethe::testing::allocations;

struct NoRebalance final : RebalanceListener {
  Result<void> release(std::span<const Position>, bool) override { return {}; }
};

TEST(StreamAllocations, AreAFewPerBatchWhateverTheNumberOfRecords) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  std::thread writer([fd = ends[1]] {
    std::string lines;
    for (int i = 0; i < 500; ++i) lines += "{\"id\":\"person-1\",\"name\":\"somebody\"}\n";
    for (int i = 0; i < 400; ++i) ASSERT_GT(::write(fd, lines.data(), lines.size()), 0);
    ::close(fd);
  });
  const int out = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  auto source = *StreamSource::make({.fd = ends[0], .format = {.key_field = "id"}});
  auto sink = *StreamSink::make({.fd = out});
  NoRebalance listener;
  std::size_t batches = 0, records = 0, before = 0;
  for (bool end = false; !end;) {
    if (batches == 3) before = allocations.load();  // buffers have grown
    Batch batch = *source->read({}, listener);
    end = batch.end;
    records += batch.records.size();
    ++batches;
    ASSERT_TRUE(sink->write(std::move(batch)));
    ASSERT_TRUE(sink->durable());
  }
  EXPECT_LT(allocations.load() - before, 20 * batches);
  EXPECT_GT(records, 50 * batches) << "batches are too small to tell";
  EXPECT_EQ(records, 200'000u);
  writer.join();
  ::close(ends[0]);
  ::close(out);
}

}  // namespace
}  // namespace lethe::connectors::file
