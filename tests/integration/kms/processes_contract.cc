// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "tests/integration/kms/processes.h"

namespace lethe::kms {
namespace {

TEST_P(Processes, MakeOneKeyPerNameThoughAllStartOnNothing) {
  const int processes_wanted = GetParam().processes;
  const int names = GetParam().names;
  std::vector<Process> processes;
  for (int n = 0; n < processes_wanted; ++n) processes.push_back(seal(n, 4, names, kBlock));
  for (Process& process : processes) EXPECT_TRUE(process.wait());

  const auto kms = gateway();
  const auto session = kms->session();
  std::map<std::string, store::DekId> ids;
  std::size_t values = 0;
  for (int n = 0; n < processes_wanted; ++n)
    for (const Line& line : sealed(n)) {
      ++values;
      ASSERT_EQ(ids.try_emplace(line.name, line.sealed.dek_id).first->second, line.sealed.dek_id)
          << "two keys for one name";
      ASSERT_EQ(open_text(*session, line.sealed), line.name);
    }
  EXPECT_EQ(values, static_cast<std::size_t>(processes_wanted * 4 * names));
  std::size_t keys = 0;
  ASSERT_TRUE(kms->keys([&](const KeyStatus& key) { keys += key.live; }));
  EXPECT_EQ(keys, static_cast<std::size_t>(names));
}

TEST_P(Processes, LoseNoAcknowledgedValueWhenTheyAreKilledWhileTheyCreate) {
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

TEST_P(Processes, ComeToTheSameEndWhenTheyAreKilledWhileTheyShred) {
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

TEST_P(Processes, CreateAndShredTheSameSubjectsAtOnceWithoutConfusingAState) {
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

}  // namespace
}  // namespace lethe::kms
