// SPDX-License-Identifier: Apache-2.0
#include "kms/housekeeper.h"

#include <algorithm>
#include <string>
#include <utility>

namespace lethe::kms {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kWatch{250};
constexpr milliseconds kPauseAfterTrouble{250};
constexpr milliseconds kDutyEvery{1000};
// News come in flocks; each flock is acknowledged, not each of its members.
constexpr milliseconds kBetweenBeacons{100};

}  // namespace

Housekeeper::Housekeeper(Parts parts, Duty duty, Report report)
    : parts_(parts),
      duty_(std::move(duty)),
      report_(std::move(report)),
      beaten_(Clock::now()),
      known_news_(parts.follower.news()),
      thread_([this](std::stop_token stop) { run(std::move(stop)); }) {}

Housekeeper::~Housekeeper() {
  thread_.request_stop();
  thread_.join();
  const Result<void> told = parts_.beacons.stop();
  // A beacon that stays costs the next erasure a lease of waiting, and nobody anything else.
  if (!told && report_) report_(false, told.error().message());
}

void Housekeeper::run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    const Result<void> outcome = round();
    tell(outcome);
    if (!outcome) std::this_thread::sleep_for(kPauseAfterTrouble);
  }
}

Result<void> Housekeeper::round() {
  LETHE_TRY(parts_.store.watch(kWatch));
  LETHE_TRY(parts_.follower.catch_up());
  const bool news = parts_.follower.news() != known_news_;
  const milliseconds pause = news ? kBetweenBeacons : parts_.lease.duration() / 4;
  if (Clock::now() - beaten_ >= pause || !parts_.lease.valid()) {
    // The news that this beacon acknowledges are those before it.
    const std::uint64_t acknowledged = parts_.follower.news();
    const bool was_acknowledged = acknowledged == known_news_;
    LETHE_TRY(parts_.beacons.beat());
    beaten_ = Clock::now();
    // Twice: the first beacon after news is handed over before its sender has read them for sure.
    if (!was_acknowledged) LETHE_TRY(parts_.beacons.beat());
    known_news_ = acknowledged;
  }
  if (duty_ && (news || Clock::now() - done_duty_ >= kDutyEvery)) {
    LETHE_TRY(duty_());
    done_duty_ = Clock::now();
  }
  return {};
}

void Housekeeper::tell(const Result<void>& outcome) {
  if (outcome.has_value() == works_) return;
  works_ = outcome.has_value();
  if (report_) report_(works_, works_ ? "the key store answers again" : outcome.error().message());
}

}  // namespace lethe::kms
