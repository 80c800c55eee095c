// SPDX-License-Identifier: Apache-2.0
#include "kms/beacon_keeper.h"

#include <algorithm>
#include <array>

#include "kms/crypto/random.h"
#include "kms/hex.h"

namespace lethe::kms {
namespace {

std::string process_of(std::string_view worker) {
  std::array<std::uint8_t, 8> drawn;
  crypto::random_bytes(drawn);
  return std::string(worker) + "/" + to_hex(drawn);
}

}  // namespace

BeaconKeeper::BeaconKeeper(store::KeyStore& store, StoreFollower& follower, Lease& lease,
                           const RowTexts& texts, std::string_view worker, std::uint64_t epoch)
    : store_(store),
      follower_(follower),
      lease_(lease),
      texts_(texts),
      worker_(process_of(worker)),
      epoch_(epoch) {}

Result<void> BeaconKeeper::beat() {
  const std::lock_guard lock(mutex_);
  const store::BeaconRow beacon =
      texts_.write(Beacon{worker_, number_ + 1, lease_.duration(), {epoch_}});
  const Moment handed_over = lease_.now();
  Result<void> sent = send(beacon);
  if (sent) sent = follower_.refresh();
  const std::lock_guard trouble_lock(trouble_mutex_);
  trouble_.reset();
  if (sent) {
    lease_.renew(handed_over);
  } else {
    trouble_ = sent.error();
    // Whatever the store is now, it is not the one that the lease was given on.
    if (sent.error().kind() != ErrorKind::kTransient) lease_.end();
  }
  return sent;
}

// Of a beacon whose answer got lost nobody can say whether it arrived: the next one may follow
// either.
Result<void> BeaconKeeper::send(const store::BeaconRow& beacon) {
  Result<void> sent = store_.beat(beacon, last_);
  if (!sent && sent.error().kind() == ErrorKind::kBadConfig && !in_doubt_.empty())
    sent = store_.beat(beacon, in_doubt_);
  if (sent) {
    ++number_;
    last_ = beacon.value;
    in_doubt_.clear();
  } else if (sent.error().kind() == ErrorKind::kTransient) {
    in_doubt_ = beacon.value;
  }
  return sent;
}

Result<void> BeaconKeeper::check_lease() const {
  if (lease_.valid()) return {};
  return lapsed("has run out; no key is used until its store answers again");
}

Result<void> BeaconKeeper::check_leaving() const {
  if (lease_.may_leave()) return {};
  return lapsed("is too short to deliver what was made with them; it waits for the store");
}

Error BeaconKeeper::lapsed(std::string_view what) const {
  const std::lock_guard lock(trouble_mutex_);
  if (trouble_ && trouble_->kind() != ErrorKind::kTransient) return *trouble_;
  std::string text =
      "The lease on the keys of the " + std::string(store_.name()) + " " + std::string(what);
  if (trouble_) text += ": " + trouble_->message();
  return transient(std::move(text));
}

Result<void> BeaconKeeper::stop() {
  const std::lock_guard lock(mutex_);
  lease_.end();
  if (number_ == 0 && in_doubt_.empty()) return {};
  return store_.drop_beacon(worker_);
}

std::uint64_t BeaconKeeper::number() const {
  const std::lock_guard lock(mutex_);
  return number_;
}

}  // namespace lethe::kms
