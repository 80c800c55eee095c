// SPDX-License-Identifier: Apache-2.0
//
// The laws of custody under races and crashes of real processes (kms_race_worker), run unchanged on
// every store that processes can share. A store instantiates Processes with a case.

#ifndef LETHE_TESTS_INTEGRATION_KMS_PROCESSES_H_
#define LETHE_TESTS_INTEGRATION_KMS_PROCESSES_H_

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "kms/hex.h"
#include "tests/integration/kms/local_gateway.h"
#include "tests/support/kms/sessions.h"
#include "tests/support/temp_dir.h"

extern char** environ;

namespace lethe::kms {

inline const std::string kRecreate = std::to_string(static_cast<int>(ErasedPolicy::kRecreate));
inline const std::string kBlock = std::to_string(static_cast<int>(ErasedPolicy::kBlock));

// A running kms_race_worker.
class Process {
 public:
  explicit Process(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), LETHE_BINARY_DIR "/bin/kms_race_worker");
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    if (::posix_spawn(&id_, argv[0], nullptr, nullptr, argv.data(), environ) != 0) id_ = -1;
  }
  Process(Process&& other) noexcept : id_(std::exchange(other.id_, -1)) {}
  ~Process() {
    if (id_ > 0) kill();
  }
  void kill() {
    ::kill(id_, SIGKILL);
    wait();
  }
  // True if it ended by itself, well.
  bool wait() {
    int status = -1;
    if (id_ > 0) ::waitpid(std::exchange(id_, -1), &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

 private:
  pid_t id_ = -1;
};

// A store, and how many race for it.
struct ProcessesCase {
  std::string name;
  // Owns whatever the store lives in; store() is what kms_race_worker takes.
  std::function<std::shared_ptr<const std::string>()> store;
  int processes = 4;
  int names = 2000;
};

inline std::string case_name(const ::testing::TestParamInfo<ProcessesCase>& info) {
  return info.param.name;
}

class Processes : public ::testing::TestWithParam<ProcessesCase> {
 protected:
  struct Line {
    std::int32_t state = -1;
    std::string name;
    SealedText sealed;
  };

  Processes() : store_(GetParam().store()) {}
  std::string store() const { return folder_.path("data"); }
  std::string output(int n) const { return folder_.path("output-" + std::to_string(n)); }
  Process seal(int n, int threads, int names, const std::string& policy) {
    return Process({"seal", store(), *store_, output(n), std::to_string(threads),
                    std::to_string(names), policy});
  }
  Process shred(int n, int names) {
    return Process({"shred", store(), *store_, output(n), std::to_string(names)});
  }
  std::unique_ptr<GatewayKms> gateway() {
    auto made = local_gateway(store(), *store_);
    EXPECT_TRUE(made) << made.error().message();
    return std::move(made).value();
  }

  // What sealing processes acknowledged; a torn last line was not.
  std::vector<Line> sealed(int n) const {
    std::vector<Line> lines;
    std::ifstream file(output(n));
    for (std::string text; std::getline(file, text) && !file.eof();) {
      Line line;
      std::string id, bytes;
      std::istringstream(text) >> line.state >> line.name >> id >> bytes;
      line.sealed.suite = kA256Gcm;
      EXPECT_TRUE(from_hex(id, line.sealed.dek_id.bytes));
      line.sealed.bytes.resize(bytes.size() / 2);
      EXPECT_TRUE(from_hex(bytes, {reinterpret_cast<std::uint8_t*>(line.sealed.bytes.data()),
                                   line.sealed.bytes.size()}));
      lines.push_back(std::move(line));
    }
    return lines;
  }
  std::set<std::string> shredded(int n) const {
    std::set<std::string> names;
    std::ifstream file(output(n));
    for (std::string text; std::getline(file, text) && !file.eof();)
      names.insert(text.substr(text.find(' ') + 1));
    return names;
  }
  // Waits until a process has acknowledged that much.
  static void wait_for_lines(const std::string& path, std::uintmax_t bytes) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    std::error_code missing;
    while (std::chrono::steady_clock::now() < deadline) {
      const std::uintmax_t size = std::filesystem::file_size(path, missing);
      if (!missing && size >= bytes) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    FAIL() << "the process acknowledges nothing";
  }

  const std::shared_ptr<const std::string> store_;
  lethe::testing::TempDir folder_;
};

}  // namespace lethe::kms

#endif  // LETHE_TESTS_INTEGRATION_KMS_PROCESSES_H_
