// SPDX-License-Identifier: Apache-2.0
//
// The laws of custody under races and crashes of real processes on one SQLite store.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include "gmock/gmock.h"
#include "kms/crypto/edek.h"
#include "kms/hex.h"
#include "tests/integration/kms/local_gateway.h"
#include "tests/support/kms/sessions.h"
#include "tests/support/temp_dir.h"

extern char** environ;

namespace lethe::kms {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

const std::string kRecreate = std::to_string(static_cast<int>(ErasedPolicy::kRecreate));
const std::string kBlock = std::to_string(static_cast<int>(ErasedPolicy::kBlock));

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

class Processes : public ::testing::Test {
 protected:
  struct Line {
    std::int32_t state = -1;
    std::string name;
    SealedText sealed;
  };

  std::string store() const { return folder_.path("data"); }
  std::string output(int n) const { return folder_.path("output-" + std::to_string(n)); }
  Process seal(int n, int threads, int names, const std::string& policy) {
    return Process(
        {"seal", store(), output(n), std::to_string(threads), std::to_string(names), policy});
  }
  Process shred(int n, int names) {
    return Process({"shred", store(), output(n), std::to_string(names)});
  }
  std::unique_ptr<GatewayKms> gateway() {
    auto made = local_gateway(store());
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

  lethe::testing::TempDir folder_;
};

TEST_F(Processes, MakeOneKeyPerNameThoughAllStartOnNothing) {
  constexpr int kProcesses = 4;
  constexpr int kNames = 2000;
  std::vector<Process> processes;
  for (int n = 0; n < kProcesses; ++n) processes.push_back(seal(n, 4, kNames, kBlock));
  for (Process& process : processes) EXPECT_TRUE(process.wait());

  const auto kms = gateway();
  const auto session = kms->session();
  std::map<std::string, store::DekId> ids;
  std::size_t values = 0;
  for (int n = 0; n < kProcesses; ++n)
    for (const Line& line : sealed(n)) {
      ++values;
      ASSERT_EQ(ids.try_emplace(line.name, line.sealed.dek_id).first->second, line.sealed.dek_id)
          << "two keys for one name";
      ASSERT_EQ(open_text(*session, line.sealed), line.name);
    }
  EXPECT_EQ(values, std::size_t{kProcesses * 4 * kNames});
  std::size_t keys = 0;
  ASSERT_TRUE(kms->keys([&](const KeyStatus& key) { keys += key.live; }));
  EXPECT_EQ(keys, std::size_t{kNames});
}

TEST_F(Processes, LoseNoAcknowledgedValueWhenTheyAreKilledWhileTheyCreate) {
  constexpr int kRounds = 6;
  constexpr int kNames = 20'000;
  for (int n = 0; n < kRounds; ++n) {
    Process process = seal(n, 2, kNames, kBlock);
    wait_for_lines(output(n), static_cast<std::uintmax_t>(n) * 7'000 + 1);
    process.kill();
  }
  const auto kms = gateway();
  const auto session = kms->session();
  std::map<std::string, store::DekId> ids;
  std::size_t values = 0;
  for (int n = 0; n < kRounds; ++n)
    for (const Line& line : sealed(n)) {
      ++values;
      ASSERT_EQ(line.state, LETHE_KEY_AVAILABLE);
      ASSERT_EQ(ids.try_emplace(line.name, line.sealed.dek_id).first->second, line.sealed.dek_id);
      ASSERT_EQ(open_text(*session, line.sealed), line.name);
    }
  EXPECT_GT(values, 0u);
  ASSERT_TRUE(kms->subjects([&](const SubjectStatus& subject) {
    EXPECT_EQ(subject.live_keys, 1u);
    EXPECT_FALSE(subject.tampered);
  }));
}

TEST_F(Processes, ComeToTheSameEndWhenTheyAreKilledWhileTheyShred) {
  constexpr int kNames = 400;
  ASSERT_TRUE(seal(0, 1, kNames, kBlock).wait());
  std::set<std::string> acknowledged;
  for (int n = 1; n <= 4; ++n) {
    Process process = shred(n, kNames);
    wait_for_lines(output(n), static_cast<std::uintmax_t>(n) * 300);
    process.kill();
    acknowledged.merge(shredded(n));
  }
  const auto kms = gateway();
  for (const std::string& name : acknowledged) EXPECT_EQ(kms->status(name)->fence_version, 1u);

  ASSERT_TRUE(shred(5, kNames).wait());
  std::size_t subjects = 0;
  ASSERT_TRUE(kms->subjects([&](const SubjectStatus& subject) {
    ++subjects;
    EXPECT_EQ(subject.fence_version, 1u) << "asked again and again, erased once";
    EXPECT_EQ(subject.live_keys, 0u);
    EXPECT_FALSE(subject.tampered);
  }));
  EXPECT_EQ(subjects, std::size_t{kNames});
  const auto session = kms->session();
  for (const Line& line : sealed(0))
    EXPECT_EQ(opening_state(*session, line.sealed.dek_id), LETHE_KEY_SHREDDED);
}

TEST_F(Processes, SeeAnErasureByAnotherProcessInTheirNextBatch) {
  const auto kms = gateway();
  const auto session = kms->session();
  const SealedText sealed = seal_text(*session, "name-0", "hers");
  const SealedText other = seal_text(*session, "other", "his");
  ASSERT_EQ(open_text(*session, sealed), "hers");
  ASSERT_TRUE(shred(0, 1).wait());
  EXPECT_EQ(opening_state(*session, sealed.dek_id), LETHE_KEY_SHREDDED);
  EXPECT_EQ(seal_text(*session, "name-0", "x").state, LETHE_KEY_SHREDDED);
  EXPECT_EQ(open_text(*session, other), "his");
}

TEST_F(Processes, CreateAndShredTheSameSubjectsAtOnceWithoutConfusingAState) {
  constexpr int kNames = 300;
  ASSERT_TRUE(seal(0, 1, kNames, kRecreate).wait());
  std::vector<Process> processes;
  for (int n = 1; n <= 2; ++n) processes.push_back(seal(n, 3, kNames, kRecreate));
  for (int n = 3; n <= 4; ++n) processes.push_back(shred(n, kNames));
  for (Process& process : processes) EXPECT_TRUE(process.wait());

  const auto kms = gateway();
  const auto session = kms->session();
  for (int n = 0; n <= 2; ++n)
    for (const Line& line : sealed(n)) {
      const std::int32_t state = opening_state(*session, line.sealed.dek_id);
      ASSERT_TRUE(state == LETHE_KEY_AVAILABLE || state == LETHE_KEY_SHREDDED) << state;
      const auto expected = state == LETHE_KEY_AVAILABLE ? std::optional(line.name) : std::nullopt;
      ASSERT_EQ(open_text(*session, line.sealed), expected);
    }
  ASSERT_TRUE(kms->subjects([&](const SubjectStatus& subject) {
    EXPECT_GE(subject.fence_version, 1u);
    EXPECT_LE(subject.live_keys, 1u);
    EXPECT_FALSE(subject.tampered);
  }));
}

TEST_F(Processes, LeaveNeitherKeyBytesNorNamesInTheStore) {
  constexpr int kNames = 50;
  ASSERT_TRUE(seal(0, 1, kNames, kBlock).wait());
  auto root =
      std::move(root::LocalFileRoot::make("file-kms://" + store() + "/root.key", {})).value();
  auto keys = std::move(store::SqliteKeyStore::make(store() + "/keys.db", {})).value();
  const auto hierarchy = std::move(Hierarchy::make(*keys, *root, {})).value();

  std::vector<std::string> secrets;
  const auto add = [&](std::span<const std::uint8_t> key) {
    secrets.emplace_back(key.begin(), key.begin() + 8);
    secrets.push_back(to_hex(key.first(8)));
  };
  add(hierarchy->tenant_secret());
  add(hierarchy->active_kek());
  const std::vector<store::EdekRow> rows = *keys->scan(std::nullopt, kNames);
  ASSERT_THAT(rows, SizeIs(kNames));
  for (const store::EdekRow& row : rows) {
    crypto::EdekRecord record;
    crypto::Key dek;
    const std::span bytes(reinterpret_cast<const std::uint8_t*>(row.record.data()),
                          row.record.size());
    ASSERT_EQ(crypto::parse_edek(bytes, record), crypto::EdekError::kNone);
    const crypto::EdekRow place{"default", row.subject.bytes, row.dek_id.bytes, 0};
    ASSERT_EQ(crypto::unwrap_edek(record, place, hierarchy->active_kek(), dek),
              crypto::EdekError::kNone);
    add(dek.bytes());
  }
  std::stringstream on_disk;
  for (const char* file : {"/keys.db", "/keys.db-wal"})
    if (std::filesystem::exists(store() + file))
      on_disk << std::ifstream(store() + file, std::ios::binary).rdbuf();
  const std::string content = on_disk.str();
  ASSERT_THAT(content, HasSubstr(rows[0].record)) << "the rows are looked for where they are";
  for (const std::string& secret : secrets) EXPECT_EQ(content.find(secret), content.npos);
  EXPECT_THAT(content, Not(HasSubstr("name-")));
}

}  // namespace
}  // namespace lethe::kms
