// SPDX-License-Identifier: Apache-2.0
//
// A key store for tests: forwards to a shared store, so that several gateways ("workers") can use
// one, counts look-ups, fails on request, and can show rows as somebody who may write to the store
// would have changed them.

#ifndef LETHE_TESTS_SUPPORT_KMS_FAKE_KEY_STORE_H_
#define LETHE_TESTS_SUPPORT_KMS_FAKE_KEY_STORE_H_

#include <algorithm>
#include <atomic>
#include <functional>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "kms/store/key_store.h"

namespace lethe::kms::store {

// What tests see and steer, shared by all fakes over one store.
struct FakeStoreControls {
  std::shared_ptr<KeyStore> store;
  std::atomic<bool> away{false};
  std::atomic<int> writes_left{-1};  // then the store is away; negative: any number
  std::atomic<int> look_ups{0};      // by subject, calls
  std::atomic<int> id_look_ups{0};   // by DEK id, calls
  std::atomic<int> creations{0};     // rows offered
  std::function<void(EdekRow&)> change_edek{};
  std::function<bool(const EdekRow&)> is_gone{};  // deleted by hand
  std::vector<EdekRow> put_back{};  // rows that a hand or a backup added, until they are buried
  std::function<void(Marks&)> change_marks{};
  int writes_left = -1;  // of keys, fences, states and journal, until the store is away; -1: no end
  bool lose_next_beat = false;
  bool lose_next_beat_answer = false;
  std::function<void()> before_create{};     // what happens between look-up and birth
  std::function<void()> after_id_look_up{};  // what happens between look-up and use
};

class FakeKeyStore final : public KeyStore {
 public:
  explicit FakeKeyStore(std::shared_ptr<FakeStoreControls> controls)
      : controls_(std::move(controls)) {}

  std::string_view name() const override { return "fake store"; }
  bool shared() const override { return true; }

  Result<std::vector<ControlRow>> control() override {
    LETHE_TRY(reach());
    return real().control();
  }
  Result<std::vector<ControlRow>> adopt_control(std::span<const ControlRow> proposal) override {
    LETHE_TRY(reach_to_write());
    return real().adopt_control(proposal);
  }
  Result<std::vector<EdekRow>> look_up(std::span<const SubjectHash> subjects) override {
    LETHE_TRY(reach());
    ++controls_->look_ups;
    return changed(with_put_back(real().look_up(subjects), [&](const EdekRow& row) {
      return std::find(subjects.begin(), subjects.end(), row.subject) != subjects.end();
    }));
  }
  Result<std::vector<EdekRow>> look_up_by_id(std::span<const DekId> ids) override {
    LETHE_TRY(reach());
    ++controls_->id_look_ups;
    auto rows = changed(with_put_back(real().look_up_by_id(ids), [&](const EdekRow& row) {
      return std::find(ids.begin(), ids.end(), row.dek_id) != ids.end();
    }));
    if (controls_->after_id_look_up) std::exchange(controls_->after_id_look_up, {})();
    return rows;
  }
  Result<std::vector<Birth>> create_all(std::span<const EdekRow> rows) override {
    LETHE_TRY(reach_to_write());
    controls_->creations += static_cast<int>(rows.size());
    if (controls_->before_create) std::exchange(controls_->before_create, {})();
    return real().create_all(rows);
  }
  Result<Fencing> append_fence(const FenceRow& fence, std::span<const ErasedRow> erased) override {
    LETHE_TRY(reach_to_write());
    return real().append_fence(fence, erased);
  }
  Result<void> bury(std::span<const ErasedRow> erased) override {
    LETHE_TRY(reach_to_write());
    for (const ErasedRow& row : erased)
      std::erase_if(controls_->put_back,
                    [&](const EdekRow& edek) { return edek.dek_id == row.dek_id; });
    return real().bury(erased);
  }
  Result<std::vector<FenceRow>> fences(const SubjectHash& subject) override {
    LETHE_TRY(reach());
    return real().fences(subject);
  }
  Result<void> put_state(const StateRow& state) override {
    LETHE_TRY(reach_to_write());
    return real().put_state(state);
  }
  Result<std::uint64_t> version() override {
    LETHE_TRY(reach());
    return real().version();
  }
  Result<std::vector<ControlRow>> add_control(const ControlRow& row) override {
    LETHE_TRY(reach());
    return real().add_control(row);
  }
  Result<void> watch(std::chrono::milliseconds at_most) override {
    LETHE_TRY(reach());
    return real().watch(at_most);
  }
  Result<void> beat(const BeaconRow& beacon, std::string_view previous) override {
    LETHE_TRY(reach());
    if (std::exchange(controls_->lose_next_beat, false)) return transient("The beacon got lost");
    LETHE_TRY(real().beat(beacon, previous));
    if (std::exchange(controls_->lose_next_beat_answer, false))
      return transient("The answer got lost");
    return {};
  }
  Result<std::vector<BeaconRow>> beacons() override {
    LETHE_TRY(reach());
    return real().beacons();
  }
  Result<void> drop_beacon(std::string_view worker) override {
    LETHE_TRY(reach());
    return real().drop_beacon(worker);
  }
  Result<bool> append_journal(const JournalRow& entry) override {
    LETHE_TRY(reach_to_write());
    return real().append_journal(entry);
  }
  Result<std::vector<JournalRow>> journal(std::uint64_t after, std::size_t limit) override {
    LETHE_TRY(reach());
    return real().journal(after, limit);
  }
  Result<Marks> marks_since(Position& position) override {
    LETHE_TRY(reach());
    auto marks = real().marks_since(position);
    if (marks && controls_->change_marks) controls_->change_marks(*marks);
    return marks;
  }
  Result<std::vector<EdekRow>> scan(const std::optional<ScanPosition>& after,
                                    std::size_t limit) override {
    LETHE_TRY(reach());
    return changed(real().scan(after, limit));
  }

 private:
  KeyStore& real() { return *controls_->store; }
  Result<void> reach() const {
    if (controls_->away) return transient("The fake store is away");
    return {};
  }
  Result<void> reach_to_write() const {
    LETHE_TRY(reach());
    if (controls_->writes_left == 0) return transient("The fake store is away");
    if (controls_->writes_left > 0) --controls_->writes_left;
    return {};
  }
  template <class Wanted>
  Result<std::vector<EdekRow>> with_put_back(Result<std::vector<EdekRow>> rows, Wanted wanted) {
    if (rows)
      std::copy_if(controls_->put_back.begin(), controls_->put_back.end(),
                   std::back_inserter(*rows), wanted);
    return rows;
  }
  Result<std::vector<EdekRow>> changed(Result<std::vector<EdekRow>> rows) const {
    if (rows && controls_->is_gone) std::erase_if(*rows, controls_->is_gone);
    if (rows && controls_->change_edek)
      for (EdekRow& row : *rows) controls_->change_edek(row);
    return rows;
  }

  std::shared_ptr<FakeStoreControls> controls_;
};

}  // namespace lethe::kms::store

#endif  // LETHE_TESTS_SUPPORT_KMS_FAKE_KEY_STORE_H_
