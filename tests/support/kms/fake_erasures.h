// SPDX-License-Identifier: Apache-2.0
//
// Erasures for tests of those who ask for them: keeps requests in memory, knows an erasure by its
// id, and moves on when the test says so. Journals what it does, as the real ones do. Fails and
// refuses on request. Thread-safe.

#ifndef LETHE_TESTS_SUPPORT_KMS_FAKE_ERASURES_H_
#define LETHE_TESTS_SUPPORT_KMS_FAKE_ERASURES_H_

#include <cstdlib>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "kms/erasure/erasures.h"
#include "kms/journal/journal.h"

namespace lethe::kms::erasure {

class FakeErasures final : public Erasures {
 public:
  // The journal outlives it.
  explicit FakeErasures(journal::Journal& journal) : journal_(journal) {}

  // ---- what the test does

  // Fails the n-th call of request() from now (1: the next), before or after it took effect.
  void fail_request(int nth, Error error, bool after = false) {
    const std::lock_guard lock(mutex_);
    fail_in_ = nth;
    failure_ = std::move(error);
    fail_after_ = after;
  }
  void go_away(bool away) {
    const std::lock_guard lock(mutex_);
    away_ = away;
  }
  // Every request for this name is answered so.
  void refuse(const std::string& name, Error error) {
    const std::lock_guard lock(mutex_);
    refusals_.emplace(name, std::move(error));
  }
  // All erasures that are fenced, or only one, come to the stage, with an entry in the journal.
  void reach(Stage stage, const std::string& only = {}) {
    const std::lock_guard lock(mutex_);
    for (auto& [id, status] : by_id_) {
      if (!only.empty() && id != only) continue;
      if (status.stage >= stage || status.stage < Stage::kFenced) continue;
      status.stage = stage;
      (stage == Stage::kEffective ? status.effective_at : status.removed_at) = kNow;
      note(stage == Stage::kEffective ? journal::EventKind::kEffective
                                      : journal::EventKind::kEdeksRemoved,
           id);
    }
  }
  void fence(const std::string& id) {
    const std::lock_guard lock(mutex_);
    fence(by_id_.at(id));
  }

  // ---- what happened

  std::vector<Request> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  // Names erased, one for each erasure that began, in order.
  std::vector<std::string> erased() const {
    const std::lock_guard lock(mutex_);
    return erased_;
  }

  // ---- Erasures

  Result<Status> request(const Request& request) override {
    const std::lock_guard lock(mutex_);
    if (away_) return transient("the store is away");
    const bool fails = fail_in_ > 0 && --fail_in_ == 0;
    if (fails && !fail_after_) return failure_;
    asked_.push_back(request);
    if (const auto refused = refusals_.find(request.name); refused != refusals_.end())
      return refused->second;
    Status answer = begin_or_find(request);
    if (fails) return failure_;
    return answer;
  }

  Result<Status> status(std::string_view erasure_id) override {
    const std::lock_guard lock(mutex_);
    if (away_) return transient("the store is away");
    const auto found = by_id_.find(erasure_id);
    if (found == by_id_.end()) return Error(ErrorKind::kUnknownKey, "no such erasure");
    return found->second;
  }

  Result<Status> cancel(std::string_view erasure_id, std::string_view) override {
    const std::lock_guard lock(mutex_);
    Status& status = by_id_.find(erasure_id)->second;
    status.stage = Stage::kCancelled;
    return status;
  }

  Result<Status> approve(std::string_view, std::string_view) override { return unused(); }
  Result<void> hold(std::string_view, bool, std::string_view) override { return unused(); }
  Result<void> reinstate(std::string_view, std::string_view) override { return unused(); }
  Result<Status> wait(std::string_view, Stage, std::chrono::milliseconds) override {
    return unused();
  }
  Result<std::string> certificate(std::string_view) override { return unused(); }
  Result<void> tick() override { return unused(); }

 private:
  static constexpr Time kNow = Time(std::chrono::milliseconds(1'780'000'000'123));

  static Error unused() { return internal("the inbox has no business with this"); }

  Status begin_or_find(const Request& request) {
    if (const auto known = by_id_.find(request.erasure_id); known != by_id_.end()) {
      Status again = known->second;
      again.already_known = true;
      return again;
    }
    erased_.push_back(request.name);
    Status& status = by_id_[request.erasure_id];
    status.erasure_id = request.erasure_id;
    status.subject = "5ab1ec" + std::to_string(erased_.size());
    status.subject_commit = "c0" + std::to_string(erased_.size());
    status.requested_at = kNow;
    status.execute_at = request.execute_at;
    status.stage = request.propose ? Stage::kProposed : Stage::kPending;
    if (!request.propose && !request.execute_at) fence(status);
    Status answer = status;
    answer.salt = "5a17" + std::to_string(erased_.size());
    return answer;
  }

  void fence(Status& status) {
    status.stage = Stage::kFenced;
    status.fence_version = 1;
    status.dek_ids = {"00000000-0000-0000-0000-000000000001"};
    status.fenced_at = kNow;
    note(journal::EventKind::kFenced, status.erasure_id);
  }

  void note(journal::EventKind kind, const std::string& id) {
    journal::Event event;
    event.kind = kind;
    event.actor = "test";
    event.erasure_id = id;
    const bool is_fence = kind == journal::EventKind::kFenced;
    event.fence_version = is_fence ? 1 : 0;
    event.epoch = is_fence ? 1 : 0;
    if (!journal_.append(event)) std::abort();
  }

  mutable std::mutex mutex_;
  journal::Journal& journal_;
  std::map<std::string, Status, std::less<>> by_id_;
  std::map<std::string, Error> refusals_;
  std::vector<Request> asked_;
  std::vector<std::string> erased_;
  int fail_in_ = 0;
  bool fail_after_ = false;
  Error failure_ = internal("none");
  bool away_ = false;
};

}  // namespace lethe::kms::erasure

#endif  // LETHE_TESTS_SUPPORT_KMS_FAKE_ERASURES_H_
