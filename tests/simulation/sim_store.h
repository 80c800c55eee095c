// SPDX-License-Identifier: Apache-2.0
//
// A worker's connection to the simulated key store. Reads are answered as of the place in the log
// that this worker's replica has come to; writes go to the log's end, all at once as in a database,
// or row by row as in a log without transactions. On the way there a call may fail before or after
// its effect, and others may act. Acknowledged writes and beacons are read back: the replica has
// them, and all that lies before. Owned by a gateway; world and link outlive it. One thread.

#ifndef LETHE_TESTS_SIMULATION_SIM_STORE_H_
#define LETHE_TESTS_SIMULATION_SIM_STORE_H_

#include <string>

#include "kms/store/key_store.h"
#include "tests/simulation/world.h"

namespace lethe::simulation {

enum class Network : std::uint8_t {
  kFine,    // single calls get lost, the replica lags a little
  kCutOff,  // the replica answers and stands still; nothing reaches the log
  kAway,
};

// What lies between a worker and the log.
struct Link {
  Network network = Network::kFine;
  Place place = 0;     // of the replica; it never goes back
  bool dying = false;  // the worker was killed within a call: none of its calls arrives any more
};

class SimStore final : public kms::store::KeyStore {
 public:
  SimStore(World& world, Link& link) : world_(world), link_(link) {}

  std::string_view name() const override { return "simulated store"; }
  bool shared() const override { return true; }

  Result<std::vector<kms::store::ControlRow>> control() override;
  Result<std::vector<kms::store::ControlRow>> adopt_control(
      std::span<const kms::store::ControlRow> proposal) override;
  Result<std::vector<kms::store::ControlRow>> add_control(
      const kms::store::ControlRow& row) override;
  Result<std::vector<kms::store::EdekRow>> look_up(
      std::span<const kms::store::SubjectHash> subjects) override;
  Result<std::vector<kms::store::EdekRow>> look_up_by_id(
      std::span<const kms::store::DekId> ids) override;
  Result<std::vector<kms::store::Birth>> create_all(
      std::span<const kms::store::EdekRow> rows) override;
  Result<kms::store::Fencing> append_fence(const kms::store::FenceRow& fence,
                                           std::span<const kms::store::ErasedRow> erased) override;
  Result<void> bury(std::span<const kms::store::ErasedRow> erased) override;
  Result<std::vector<kms::store::FenceRow>> fences(const kms::store::SubjectHash& subject) override;
  Result<void> put_state(const kms::store::StateRow& state) override;
  Result<std::uint64_t> version() override;
  Result<void> watch(std::chrono::milliseconds at_most) override;
  Result<kms::store::Marks> marks_since(kms::store::Position& position) override;
  Result<void> beat(const kms::store::BeaconRow& beacon, std::string_view previous) override;
  Result<std::vector<kms::store::BeaconRow>> beacons() override;
  Result<void> drop_beacon(std::string_view worker) override;
  Result<bool> append_journal(const kms::store::JournalRow& entry) override;
  Result<std::vector<kms::store::JournalRow>> journal(std::uint64_t after,
                                                      std::size_t limit) override;
  Result<std::vector<kms::store::EdekRow>> scan(
      const std::optional<kms::store::ScanPosition>& after, std::size_t limit) override;

 private:
  void let_others_act(unsigned overtaken);  // chance in per cent
  void catch_up();
  Result<void> lose(std::string_view what);
  Result<void> reach();
  Result<void> reach_to_write();
  Result<void> read_back(unsigned overtaken);  // after a write
  kms::store::Birth create(const kms::store::EdekRow& row);
  kms::store::Birth judge(const kms::store::EdekRow& row, Place at) const;
  bool fits(const kms::store::FenceRow& fence, std::span<const kms::store::ErasedRow> erased,
            Place at) const;
  Result<void> put_erased_and_remove(std::span<const kms::store::ErasedRow> erased);

  World& world_;
  Link& link_;
};

}  // namespace lethe::simulation

#endif  // LETHE_TESTS_SIMULATION_SIM_STORE_H_
