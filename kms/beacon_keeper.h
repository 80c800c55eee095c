// SPDX-License-Identifier: Apache-2.0
//
// Sends this process's beacons and renews the lease by them. A beacon that comes back from the
// store lies behind every fence that was durable when it was handed over; the lease is renewed only
// once these are known here. One beacon is in flight at a time. Thread-safe.

#ifndef LETHE_KMS_BEACON_KEEPER_H_
#define LETHE_KMS_BEACON_KEEPER_H_

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "kms/lease.h"
#include "kms/row_texts.h"
#include "kms/store/key_store.h"
#include "kms/store_follower.h"
#include "lethe/result.h"

namespace lethe::kms {

class BeaconKeeper {
 public:
  // worker: the worker's id; a part drawn at random tells its processes apart. epochs: loaded ones.
  // Everything else is borrowed.
  BeaconKeeper(store::KeyStore& store, StoreFollower& follower, Lease& lease, const RowTexts& texts,
               std::string_view worker, std::uint64_t epoch);

  // One beacon. transient: the lease goes on as it was, and may run out. bad_config: the store was
  // put back to an earlier state, and the lease has ended.
  Result<void> beat();
  // The last word of a worker that stops: it holds no lease any more and waits for nobody's.
  Result<void> stop();

  // transient while there is no lease, with what keeps us from one; bad_config: nothing will.
  Result<void> check_lease() const;
  // The same for what is about to leave: as much of the lease is left as its delivery may take.
  Result<void> check_leaving() const;

  const std::string& worker() const noexcept { return worker_; }
  std::uint64_t number() const;

 private:
  Result<void> send(const store::BeaconRow& beacon);
  Error lapsed(std::string_view what) const;

  store::KeyStore& store_;
  StoreFollower& follower_;
  Lease& lease_;
  const RowTexts& texts_;
  const std::string worker_;
  const std::uint64_t epoch_;
  mutable std::mutex mutex_;
  std::uint64_t number_ = 0;
  std::string last_;                  // value of the beacon that the store holds; empty: none
  std::string in_doubt_;              // value of one that may have arrived
  mutable std::mutex trouble_mutex_;  // never held while the store is asked
  std::optional<Error> trouble_;      // why the latest beacon failed
};

}  // namespace lethe::kms

#endif  // LETHE_KMS_BEACON_KEEPER_H_
