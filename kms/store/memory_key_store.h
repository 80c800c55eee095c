// SPDX-License-Identifier: Apache-2.0
//
// A key store that lives and dies with the process: for tests, trials and pipelines whose sealed
// values need not outlive the worker. No other process can reach it, so shared() is false and a
// `lethe shred` from outside is refused. Thread-safe: one mutex, held briefly.

#ifndef LETHE_KMS_STORE_MEMORY_KEY_STORE_H_
#define LETHE_KMS_STORE_MEMORY_KEY_STORE_H_

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "kms/store/key_store.h"

namespace lethe::kms::store {

class MemoryKeyStore final : public KeyStore {
 public:
  std::string_view name() const override { return "memory store"; }
  bool shared() const override { return false; }

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
  Result<void> watch(std::chrono::milliseconds at_most) override;
  Result<Marks> marks_since(Position& position) override;
  Result<void> beat(const BeaconRow& beacon, std::string_view previous) override;
  Result<std::vector<BeaconRow>> beacons() override;
  Result<void> drop_beacon(std::string_view worker) override;
  Result<bool> append_journal(const JournalRow& entry) override;
  Result<std::vector<JournalRow>> journal(std::uint64_t after, std::size_t limit) override;
  Result<std::vector<EdekRow>> scan(const std::optional<ScanPosition>& after,
                                    std::size_t limit) override;

 private:
  using Place = std::tuple<SubjectHash, DekId>;

  std::uint64_t current_fence(const SubjectHash& subject) const;
  std::vector<const EdekRow*> rows_of(const SubjectHash& subject) const;
  Birth create(const EdekRow& row);
  void put_erased_and_remove(std::span<const ErasedRow> erased);

  struct Resting {
    EdekRow row;
    std::uint64_t born = 0;
  };

  void changed();

  std::mutex mutex_;
  std::condition_variable written_;
  std::vector<ControlRow> control_;
  std::map<Place, Resting> edeks_;
  std::map<DekId, SubjectHash> subjects_;  // of the EDEK rows
  std::vector<FenceRow> fences_;           // in the order of writing, as the two below
  std::vector<ErasedRow> erased_;
  std::vector<StateRow> states_;
  std::map<SubjectHash, std::uint64_t> current_fences_;
  std::set<DekId> erased_ids_;
  std::map<std::string, BeaconRow, std::less<>> beacons_;
  std::vector<JournalRow> journal_;
  std::uint64_t births_ = 0;
  std::uint64_t version_ = 0;
  std::uint64_t watched_ = 0;  // the version that watch() has seen
};

}  // namespace lethe::kms::store

#endif  // LETHE_KMS_STORE_MEMORY_KEY_STORE_H_
