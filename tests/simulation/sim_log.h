// SPDX-License-Identifier: Apache-2.0
//
// The truth of a simulation: every event that ever became durable in the key store, in one total
// order. An event's place is its number in that order; a reader that has come to a place sees what
// lies before it and nothing else, so that a lagging replica is a smaller number. Rows are what
// store/rows.h says. It judges births by the log's rule (the first of a place in the order wins)
// and keeps the times at which fences became durable, for the laws. Owned by the world; one thread.

#ifndef LETHE_TESTS_SIMULATION_SIM_LOG_H_
#define LETHE_TESTS_SIMULATION_SIM_LOG_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kms/store/rows.h"

namespace lethe::simulation {

using Place = std::uint64_t;
using SimTime = std::chrono::nanoseconds;  // since the schedule's beginning
inline constexpr Place kNever = UINT64_MAX;

class SimLog {
 public:
  Place end() const { return end_; }

  // ---- what a reader at `at` sees
  std::vector<kms::store::ControlRow> control(Place at) const;
  std::vector<kms::store::EdekRow> rows_of(const kms::store::SubjectHash& subject, Place at) const;
  std::optional<kms::store::EdekRow> row(const kms::store::DekId& id, Place at) const;
  std::vector<kms::store::EdekRow> all_rows(Place at) const;  // by subject, then DEK id
  // The row that has the place in the world which `offered` wants.
  std::optional<kms::store::EdekRow> winner(const kms::store::EdekRow& offered, Place at) const;
  std::uint64_t current_fence(const kms::store::SubjectHash& subject, Place at) const;
  std::vector<kms::store::FenceRow> fences(const kms::store::SubjectHash& subject, Place at) const;
  kms::store::Marks marks_since(kms::store::Position& position, Place at) const;
  std::vector<kms::store::BeaconRow> beacons(Place at) const;
  std::size_t journal_size() const { return journal_.size(); }
  std::vector<kms::store::JournalRow> journal(std::uint64_t after, std::size_t limit,
                                              Place at) const;

  // ---- appending
  void put(const kms::store::ControlRow& row) { control_.push_back({end_++, row}); }
  void put(const kms::store::EdekRow& row) { edeks_.push_back({end_++, kNever, row}); }
  void put(const kms::store::FenceRow& row, SimTime now);
  void put(const kms::store::StateRow& row) { states_.push_back({end_++, row}); }
  void put(const kms::store::BeaconRow& row) { beacons_.push_back({end_++, row}); }
  void put(const kms::store::JournalRow& row);
  // Nothing if the key has one already: erased rows never change.
  void put(const kms::store::ErasedRow& row);
  void remove(const kms::store::DekId& id);
  void drop_beacon(std::string_view worker);

  // ---- what laws ask
  // The row of this id, whenever it was born; nothing: never.
  const kms::store::EdekRow* ever_born(const kms::store::DekId& id) const;
  // When the first fence above that version became durable.
  std::optional<SimTime> fenced_above(const kms::store::SubjectHash& subject,
                                      std::uint64_t version) const;
  // The highest version of the subject that the journal calls effective.
  std::uint64_t effective(const kms::store::SubjectHash& subject) const;
  // Entries of this kind that the journal has, by erasure id.
  const std::map<std::string, int>& requested() const { return requested_; }
  const std::map<std::string, int>& fenced() const { return fenced_; }
  // Erasures that are neither cancelled nor removed.
  std::size_t open_erasures() const { return open_.size(); }
  std::size_t fence_count() const { return fences_.size(); }

 private:
  template <class Row>
  struct At {
    Place place;
    Row row;
  };
  struct Edek {
    Place born;
    Place gone;
    kms::store::EdekRow row;
    bool visible(Place at) const { return born < at && gone >= at; }
  };
  using Fence = std::pair<kms::store::SubjectHash, std::uint64_t>;

  template <class Row>
  static void behind(const std::vector<At<Row>>& rows, std::uint64_t& from, Place at,
                     std::vector<Row>& out);
  bool is_shown(const Edek& edek, Place at) const;

  Place end_ = 1;
  std::vector<At<kms::store::ControlRow>> control_;
  std::vector<Edek> edeks_;
  std::vector<At<kms::store::FenceRow>> fences_;
  std::vector<At<kms::store::ErasedRow>> erased_;
  std::vector<At<kms::store::StateRow>> states_;
  std::vector<At<kms::store::BeaconRow>> beacons_;  // an empty value: taken away
  std::vector<At<kms::store::JournalRow>> journal_;
  std::map<Fence, SimTime> fence_times_;
  std::map<std::string, Fence> fence_of_;  // by erasure id
  std::map<kms::store::SubjectHash, std::uint64_t> effective_;
  std::map<std::string, int> requested_, fenced_;
  std::set<std::string> open_;
};

}  // namespace lethe::simulation

#endif  // LETHE_TESTS_SIMULATION_SIM_LOG_H_
