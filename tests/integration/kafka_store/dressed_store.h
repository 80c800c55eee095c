// SPDX-License-Identifier: Apache-2.0
//
// The rows of the contract test are made up: a record of six bytes, a fence under the key {"v":1}.
// A topic holds rows in the form of the specification only, from which all columns are read. This
// store dresses each made-up row as a real one, with the original inside, and undresses what comes
// back. It judges nothing. version() first looks at the log's end: the store itself answers what
// its follower has seen, and the contract asks a moment after somebody else has written.

#ifndef LETHE_TESTS_INTEGRATION_KAFKA_STORE_DRESSED_STORE_H_
#define LETHE_TESTS_INTEGRATION_KAFKA_STORE_DRESSED_STORE_H_

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "kms/store/key_store.h"

namespace lethe::kms::store {

class DressedStore final : public KeyStore {
 public:
  explicit DressedStore(std::unique_ptr<KeyStore> store) : store_(std::move(store)) {}

  std::string_view name() const override { return store_->name(); }
  bool shared() const override { return store_->shared(); }
  Result<std::vector<ControlRow>> control() override;
  Result<std::vector<ControlRow>> adopt_control(std::span<const ControlRow> proposal) override;
  Result<std::vector<ControlRow>> add_control(const ControlRow& row) override;
  Result<std::vector<EdekRow>> look_up(std::span<const SubjectHash> subjects) override;
  Result<std::vector<EdekRow>> look_up_by_id(std::span<const DekId> ids) override;
  Result<std::vector<Birth>> create_all(std::span<const EdekRow> rows) override;
  Result<Fencing> append_fence(const FenceRow& fence, std::span<const ErasedRow> erased) override;
  Result<void> bury(std::span<const ErasedRow> erased) override;
  Result<std::vector<FenceRow>> fences(const SubjectHash& subject) override;
  Result<void> put_state(const StateRow& state) override;
  Result<std::uint64_t> version() override;
  Result<void> watch(std::chrono::milliseconds at_most) override { return store_->watch(at_most); }
  Result<Marks> marks_since(Position& position) override;
  Result<void> beat(const BeaconRow& beacon, std::string_view previous) override {
    return store_->beat(beacon, previous);
  }
  Result<std::vector<BeaconRow>> beacons() override { return store_->beacons(); }
  Result<void> drop_beacon(std::string_view worker) override { return store_->drop_beacon(worker); }
  Result<bool> append_journal(const JournalRow& entry) override;
  Result<std::vector<JournalRow>> journal(std::uint64_t after, std::size_t limit) override;
  Result<std::vector<EdekRow>> scan(const std::optional<ScanPosition>& after,
                                    std::size_t limit) override;

 private:
  std::unique_ptr<KeyStore> store_;
};

}  // namespace lethe::kms::store

#endif  // LETHE_TESTS_INTEGRATION_KAFKA_STORE_DRESSED_STORE_H_
