// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/worker.h"

namespace lethe::simulation {

using std::chrono::milliseconds;

namespace {

// Clocks of two workers differ by less than the one per cent that the protocol allows for.
constexpr std::uint64_t kMostDrift = 40;
constexpr std::chrono::hours kBoot{10};
constexpr std::chrono::hours kToday{400'000};
constexpr unsigned kPauses = 20;  // per cent
constexpr std::uint64_t kMostCached = 3;

}  // namespace

Worker::Worker(World& world, Laws& laws, kms::root::RootKey& root, std::string name)
    : world_(world),
      laws_(laws),
      root_(root),
      name_(std::move(name)),
      drift_(static_cast<std::int64_t>(world.dice.below(2 * kMostDrift + 1)) -
             static_cast<std::int64_t>(kMostDrift)) {}

// ---- clocks -----------------------------------------------------------------------------------

SimTime Worker::own(SimTime time) const {
  return time + time / 10'000 * drift_;
}

kms::Moment Worker::lease_clock() const {
  if (world_.left_out == LeftOut::kLeaseClock) return {kBoot, kToday};
  const SimTime passed = own(world_.now);
  return {kBoot + passed, kToday + passed + wall_offset_};
}

std::chrono::system_clock::time_point Worker::wall() const {
  return std::chrono::system_clock::time_point(kToday + own(world_.now) + wall_offset_);
}

// ---- life -------------------------------------------------------------------------------------

void Worker::start(Place earliest) {
  link_.dying = false;
  link_.place = earliest + world_.dice.below(world_.log.end() - earliest + 1);
  kms::GatewayKms::Options options;
  options.tenant = kTenant;
  options.create = true;
  options.worker_id = name_;
  options.max_cached_keys = 1 + world_.dice.below(kMostCached);
  options.clock = [this] { return wall(); };
  options.lease_clock = [this] { return lease_clock(); };
  options.leasing = kms::Leasing::kNone;
  options.alarm = [this](std::string_view text) {
    world_.break_law(law::kNoFalseAlarm, std::string(text));
  };
  auto made = kms::GatewayKms::make(std::make_unique<SimStore>(world_, link_),
                                    std::make_unique<LentRoot>(root_), options);
  tell("starts", made ? Result<void>() : Result<void>(made.error()));
  if (!made) return laws_.judge_error("A start was refused", made.error());
  kms_ = std::move(made).value();
  session_ = kms_->session();
}

void Worker::kill() {
  if (runs()) world_.tell(name_ + " is killed");
  session_.reset();
  kms_.reset();
}

// The process or its machine stands still between two steps of an action.
void Worker::pause() {
  if (world_.healed || !world_.dice.percent(kPauses)) return;
  world_.tell(name_ + " pauses");
  world_.pass(world_.dice.up_to(kLease));
  for (auto others = world_.dice.below(3); others > 0 && world_.depth < 3; --others)
    world_.somebody_acts();
}

void Worker::tell(const std::string& what, const Result<void>& outcome) {
  world_.tell(name_ + " " + what +
              (outcome ? "" : ": " + std::string(to_string(outcome.error().kind())) + ", " +
                                  outcome.error().message()));
}

// ---- use --------------------------------------------------------------------------------------

void Worker::beat() {
  const Result<void> sent = kms_->renew_lease();
  tell("sends a beacon", sent);
  if (!sent) laws_.judge_error("A beacon was refused", sent.error());
}

void Worker::seal(std::size_t number, const Subject& subject) {
  const std::string text = "value " + std::to_string(number);
  const std::uint32_t suite = world_.dice.percent(75) ? kA256Gcm : kA128Gcm;
  const auto policy =
      world_.dice.percent(50) ? kms::ErasedPolicy::kBlock : kms::ErasedPolicy::kRecreate;
  lethe_sealing_key key = kms::sealing_key(subject.name, suite);
  const Result<void> found = session_->for_sealing({&key, 1}, policy);
  if (!found) {
    tell("cannot seal", found);
    return laws_.judge_error("Sealing was refused", found.error());
  }
  laws_.sealing_state(subject.hash, key.state);
  kms::SealedText sealed{key.state, LETHE_CRYPTO_UNSUPPORTED, suite, kms::id_of(key), {}};
  if (key.state == LETHE_KEY_AVAILABLE) {
    pause();
    sealed.crypto = kms::seal_with(*session_, key.handle, suite, text, sealed.bytes);
    pause();
  }
  const Result<void> confirmed = session_->confirm();
  tell("seals for " + subject.title + ", state " + std::to_string(key.state), confirmed);
  if (!confirmed) return laws_.judge_error("A seal was refused", confirmed.error());
  if (key.state != LETHE_KEY_AVAILABLE) return;
  if (sealed.crypto != LETHE_CRYPTO_OK)
    return world_.break_law(law::kNoFalseAlarm, "an available key seals nothing");
  laws_.keep(subject.hash, text, sealed);
}

void Worker::open(const KeptValue& value) {
  lethe_opening_key key = kms::opening_key(value.sealed.dek_id);
  const Result<void> found = session_->for_opening({&key, 1});
  if (!found) {
    tell("cannot open", found);
    return laws_.judge_error("Opening was refused", found.error());
  }
  laws_.read_state(value, key.state);
  std::string text;
  std::int32_t crypto = LETHE_CRYPTO_OK;
  if (key.state == LETHE_KEY_AVAILABLE) {
    pause();
    crypto =
        kms::open_with(*session_, key.handle, value.sealed.suite, value.sealed.bytes, text);
    pause();
  }
  const bool leaves_anyhow = world_.left_out == LeftOut::kConfirm;
  const Result<void> confirmed = leaves_anyhow ? Result<void>() : session_->confirm();
  tell("opens value " + std::to_string(value.number) + ", state " + std::to_string(key.state),
       confirmed);
  if (!confirmed) return laws_.judge_error("An opening was refused", confirmed.error());
  if (key.state != LETHE_KEY_AVAILABLE) return;
  if (crypto != LETHE_CRYPTO_OK)
    return world_.break_law(law::kNoFalseAlarm, "an available key opens nothing");
  laws_.opened(value, text);
}

// ---- custody ----------------------------------------------------------------------------------

void Worker::request(const kms::erasure::Request& request, const Subject& subject) {
  if (request.undo_window > milliseconds::zero()) laws_.restricted(subject.hash);
  const auto status = kms_->erasures().request(request);
  const Result<void> outcome = status ? Result<void>() : Result<void>(status.error());
  tell("asks for erasure " + request.erasure_id + " of " + subject.title, outcome);
  if (!outcome) laws_.judge_error("A request was refused", outcome.error());
}

void Worker::hold(const Subject& subject, bool held) {
  const Result<void> outcome = kms_->erasures().hold(subject.name, held, "user:legal");
  tell((held ? "holds " : "releases ") + subject.title, outcome);
  if (!outcome) laws_.judge_error("A hold was refused", outcome.error());
}

void Worker::reinstate(const Subject& subject) {
  tell("reinstates " + subject.title,
       kms_->erasures().reinstate(subject.name, "user:dpo"));
}

void Worker::cancel(const std::string& erasure_id) {
  const auto status = kms_->erasures().cancel(erasure_id, "user:dpo");
  tell("cancels erasure " + erasure_id, status ? Result<void>() : Result<void>(status.error()));
}

void Worker::tick() {
  const Result<void> outcome = kms_->erasures().tick();
  tell("goes on with erasures", outcome);
  if (!outcome) laws_.judge_error("An erasure cannot go on", outcome.error());
}

}  // namespace lethe::simulation
