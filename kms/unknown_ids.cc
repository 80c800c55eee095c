// SPDX-License-Identifier: Apache-2.0
#include "kms/unknown_ids.h"

namespace lethe::kms {

bool UnknownIds::knows(const store::DekId& id, Time now) {
  const std::lock_guard lock(mutex_);
  if (places_.empty()) return false;
  const Place& place = place_of(id);
  // A clock that was set back makes nobody remember longer.
  return place.id == id && now >= place.since && now - place.since < kRemembered;
}

void UnknownIds::remember(const store::DekId& id, Time now) {
  const std::lock_guard lock(mutex_);
  if (places_.empty()) places_.resize(kPlaces);
  place_of(id) = {id, now};
}

}  // namespace lethe::kms
