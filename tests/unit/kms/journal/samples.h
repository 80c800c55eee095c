// SPDX-License-Identifier: Apache-2.0
//
// Events, entries, a signer and a whole journal, as the tests of this folder need them.

#ifndef LETHE_TESTS_UNIT_KMS_JOURNAL_SAMPLES_H_
#define LETHE_TESTS_UNIT_KMS_JOURNAL_SAMPLES_H_

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "kms/crypto/derive.h"
#include "kms/journal/journal.h"
#include "kms/store/memory_key_store.h"

namespace lethe::kms::journal::samples {

inline constexpr std::array<std::uint8_t, 32> kSeed = {1, 2, 3};
inline constexpr std::array<std::uint8_t, 32> kOtherSeed = {4, 5, 6};
inline constexpr std::array<std::uint8_t, 32> kSalt = {7, 8, 9};
inline constexpr std::string_view kPerson = "user-4711";

inline Signer signer(std::span<const std::uint8_t, 32> seed = kSeed) {
  return Signer("lethe/acme/00112233", seed);
}

inline Time start() {
  return *to_time("2026-11-22T15:00:00.000Z");
}

inline Event of_subject(EventKind kind, std::string erasure_id) {
  Event event;
  event.kind = kind;
  event.actor = "svc:test";
  event.erasure_id = std::move(erasure_id);
  event.subject_commit = crypto::subject_commit(kSalt, "acme", kPerson);
  return event;
}

inline Event of_epoch(EventKind kind, std::uint64_t epoch) {
  Event event;
  event.kind = kind;
  event.actor = "svc:test";
  event.epoch = epoch;
  return event;
}

inline Event fenced(std::string erasure_id, std::uint64_t epoch = 1) {
  Event event = of_subject(EventKind::kFenced, std::move(erasure_id));
  event.fence_version = 1;
  event.epoch = epoch;
  event.dek_ids.resize(2);
  event.dek_ids[0].bytes.fill(0xaa);
  event.dek_ids[1].bytes.fill(0xbb);
  event.evidence.set("store", "s");
  return event;
}

inline Event final_of(std::string erasure_id, std::vector<std::uint64_t> epochs) {
  Event event = of_subject(EventKind::kFinal, std::move(erasure_id));
  event.epochs = std::move(epochs);
  return event;
}

inline std::vector<Event> one_of_each() {
  Event reinstated = of_subject(EventKind::kReinstated, "er-1");
  reinstated.fence_version = 3;
  Event requested = of_subject(EventKind::kRequested, "er-1");
  requested.approver = "user:legal";
  return {requested,
          of_subject(EventKind::kBlocked, "er-1"),
          of_subject(EventKind::kCancelled, "er-1"),
          of_subject(EventKind::kHeld, "er-1"),
          fenced("er-1"),
          of_subject(EventKind::kEffective, "er-1"),
          of_subject(EventKind::kEdeksRemoved, "er-1"),
          final_of("er-1", {1, 2}),
          reinstated,
          of_epoch(EventKind::kCreated, 1),
          of_epoch(EventKind::kRewrapped, 2),
          of_epoch(EventKind::kRootDisabled, 1),
          of_epoch(EventKind::kRootDestroyed, 1)};
}

inline Entry entry(std::uint64_t seq, const Event& event) {
  return {seq, start() + std::chrono::seconds(seq), "acme", Digest{}, event};
}

inline std::unique_ptr<Journal> open(store::KeyStore& store,
                                     std::span<const std::uint8_t, 32> seed = kSeed) {
  auto journal = Journal::open(store, signer(seed), {"acme", "svc:test", [] { return start(); }});
  if (!journal) ADD_FAILURE() << journal.error().message();
  return journal ? std::move(journal).value() : nullptr;
}

inline void append_all(Journal& journal, const std::vector<Event>& events) {
  for (const Event& event : events) {
    const auto appended = journal.append(event);
    ASSERT_TRUE(appended) << appended.error().message();
    ASSERT_TRUE(appended->ours);
  }
}

// An erasure up to its end, and another one that has only begun.
inline std::vector<Event> history() {
  return {of_subject(EventKind::kRequested, "er-1"),
          of_subject(EventKind::kRequested, "er-2"),
          fenced("er-1", 2),
          of_subject(EventKind::kEffective, "er-1"),
          of_subject(EventKind::kEdeksRemoved, "er-1"),
          of_epoch(EventKind::kRewrapped, 3),
          of_epoch(EventKind::kRootDestroyed, 1),
          of_epoch(EventKind::kRootDestroyed, 2),
          final_of("er-1", {1, 2})};
}

inline std::string text_of(Journal& journal) {
  std::string text;
  const auto done = journal.export_lines([&](std::string_view line) -> Result<void> {
    text.append(line).append(1, '\n');
    return {};
  });
  EXPECT_TRUE(done);
  return text;
}

}  // namespace lethe::kms::journal::samples

#endif  // LETHE_TESTS_UNIT_KMS_JOURNAL_SAMPLES_H_
