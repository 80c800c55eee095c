// SPDX-License-Identifier: Apache-2.0
#include "kms/lease.h"

#include <time.h>

#include <algorithm>

namespace lethe::kms {
namespace {

std::chrono::nanoseconds read(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

Moment lease_clock_now() {
  return {read(CLOCK_BOOTTIME), read(CLOCK_REALTIME)};
}

void Lease::renew(Moment handed_over) noexcept {
  // Beacons follow one another, but the end of a lease may lie between hand-over and renewal.
  if (handed_over.boot.count() < boot_.load()) return;
  real_.store(handed_over.real.count());
  boot_.store(handed_over.boot.count());
}

void Lease::end() noexcept {
  boot_.store(kNever);
  real_.store(kNever);
}

bool Lease::valid() const {
  return age() <= duration_;
}

std::chrono::nanoseconds Lease::age() const {
  const std::int64_t boot = boot_.load(), real = real_.load();
  if (boot == kNever || real == kNever) return std::chrono::nanoseconds::max();
  const Moment now = clock_();
  return std::max({now.boot - std::chrono::nanoseconds(boot),
                   now.real - std::chrono::nanoseconds(real), std::chrono::nanoseconds(0)});
}

}  // namespace lethe::kms
