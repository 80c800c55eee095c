// SPDX-License-Identifier: Apache-2.0
//
// DEK ids that were looked for and not found, remembered for a while, so that a stream of invented
// or lost ids does not turn into a stream of look-ups. Bounded: an id has one place, and a newer id
// takes it; forgetting one only costs a look-up. Thread-safe.

#ifndef LETHE_KMS_UNKNOWN_IDS_H_
#define LETHE_KMS_UNKNOWN_IDS_H_

#include <chrono>
#include <cstddef>
#include <mutex>
#include <vector>

#include "kms/store/rows.h"

namespace lethe::kms {

class UnknownIds {
 public:
  using Time = std::chrono::system_clock::time_point;
  static constexpr std::chrono::seconds kRemembered{30};
  static constexpr std::size_t kPlaces = 8192;

  bool knows(const store::DekId& id, Time now);
  void remember(const store::DekId& id, Time now);

 private:
  struct Place {
    store::DekId id;
    Time since{};
  };
  Place& place_of(const store::DekId& id) { return places_[store::hash_of(id) % kPlaces]; }

  std::mutex mutex_;
  std::vector<Place> places_;  // made when the first id is remembered
};

}  // namespace lethe::kms

#endif  // LETHE_KMS_UNKNOWN_IDS_H_
