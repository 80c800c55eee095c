// SPDX-License-Identifier: Apache-2.0
//
// The lease on key state (custody protocol, section 4): keys may be used only while the last moment
// at which this worker is known to have been up to date lies no longer back than the lease. That
// moment is the one just before a beacon was handed to the store which was then acknowledged and
// read back; nothing else renews it. Both clocks have a veto: one goes on while the machine is
// suspended, the other is set right after a virtual machine was. Thread-safe, without locks.

#ifndef LETHE_KMS_LEASE_H_
#define LETHE_KMS_LEASE_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>

namespace lethe::kms {

struct Moment {
  std::chrono::nanoseconds boot{};  // CLOCK_BOOTTIME
  std::chrono::nanoseconds real{};  // CLOCK_REALTIME
};
using LeaseClock = std::function<Moment()>;
Moment lease_clock_now();

class Lease {
 public:
  Lease(std::chrono::milliseconds duration, LeaseClock clock)
      : duration_(duration), clock_(std::move(clock)) {}

  std::chrono::milliseconds duration() const noexcept { return duration_; }
  Moment now() const { return clock_(); }

  // handed_over: now(), taken before the beacon left. An older one than the last changes nothing.
  void renew(Moment handed_over) noexcept;
  // Not valid until it is renewed.
  void end() noexcept;

  bool valid() const;
  // Whether what was made now can still be delivered within the lease: half of it is for using
  // keys, the other half for delivery.
  bool may_leave() const { return age() <= duration_ / 2; }
  std::chrono::milliseconds longest_delivery() const noexcept { return duration_ / 2; }
  // Since the last renewal, by the clock that says more; the whole lease and more without any.
  std::chrono::nanoseconds age() const;

 private:
  static constexpr std::int64_t kNever = INT64_MIN;

  const std::chrono::milliseconds duration_;
  const LeaseClock clock_;
  // Each is written on its own: a reader between two writes sees an older moment of one clock,
  // which errs on the safe side.
  std::atomic<std::int64_t> boot_{kNever};
  std::atomic<std::int64_t> real_{kNever};
};

}  // namespace lethe::kms

#endif  // LETHE_KMS_LEASE_H_
