// SPDX-License-Identifier: Apache-2.0
//
// The thread that keeps a gateway fit: beacons every quarter of the lease and at once after news,
// so that whoever waits for an erasure to become effective waits briefly; the watch on the store;
// and whatever erasures are due. What fails is tried again; a change between working and failing is
// told once. Ends with its object, after a last beacon.

#ifndef LETHE_KMS_HOUSEKEEPER_H_
#define LETHE_KMS_HOUSEKEEPER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string_view>
#include <thread>

#include "kms/beacon_keeper.h"
#include "kms/lease.h"
#include "kms/store/key_store.h"
#include "kms/store_follower.h"
#include "lethe/result.h"

namespace lethe::kms {

class Housekeeper {
 public:
  using Duty = std::function<Result<void>()>;
  // Told when the store goes away and when it is back. No subject is in the text.
  using Report = std::function<void(bool works, std::string_view text)>;

  struct Parts {
    store::KeyStore& store;
    StoreFollower& follower;
    Lease& lease;
    BeaconKeeper& beacons;
  };

  // duty: called about every second, and after news.
  Housekeeper(Parts parts, Duty duty, Report report);
  ~Housekeeper();
  Housekeeper(const Housekeeper&) = delete;
  Housekeeper& operator=(const Housekeeper&) = delete;

 private:
  using Clock = std::chrono::steady_clock;

  void run(std::stop_token stop);
  Result<void> round();
  void tell(const Result<void>& outcome);

  const Parts parts_;
  const Duty duty_;
  const Report report_;
  Clock::time_point beaten_{};
  Clock::time_point done_duty_{};
  std::uint64_t known_news_ = 0;
  bool works_ = true;
  std::jthread thread_;  // last: it uses everything above
};

}  // namespace lethe::kms

#endif  // LETHE_KMS_HOUSEKEEPER_H_
