// SPDX-License-Identifier: Apache-2.0
#include "kms/store/kafka_follower.h"

#include <malloc.h>

#include <algorithm>

namespace lethe::kms::store {
namespace {

using connectors::kafka::LogReading;
using connectors::kafka::LogRecord;
using connectors::kafka::LogRow;
using connectors::kafka::TopicLog;
using std::chrono::milliseconds;

constexpr milliseconds kReadWait{100};
constexpr milliseconds kRetryWait{200};

std::vector<LogRow> as_rows(const std::vector<std::pair<std::string, std::string>>& texts) {
  std::vector<LogRow> rows;
  for (const auto& [key, value] : texts) rows.push_back({key, value});
  return rows;
}

// Whether the rows of control that one ledger knows to be committed are in the other.
bool is_same_store(const KafkaLedger& before, const KafkaLedger& now) {
  using Candidate = KafkaLedger::Candidate;
  return std::all_of(
      before.candidates().begin(), before.candidates().end(), [&](const Candidate& known) {
        return known.decision != Candidate::Decision::kCommitted ||
               std::any_of(now.candidates().begin(), now.candidates().end(),
                           [&](const Candidate& other) { return other.row == known.row; });
      });
}

}  // namespace

Result<std::unique_ptr<KafkaFollower>> KafkaFollower::start(TopicLog& log, Options options) {
  std::unique_ptr<KafkaFollower> follower(new KafkaFollower(log, std::move(options)));
  follower->thread_ = std::thread([self = follower.get()] { self->run(); });
  LETHE_TRY(follower->await_load());
  return follower;
}

KafkaFollower::KafkaFollower(TopicLog& log, Options options)
    : log_(log), options_(std::move(options)) {}

KafkaFollower::~KafkaFollower() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  news_.notify_all();
  if (thread_.joinable()) thread_.join();
}

// ---- the thread -------------------------------------------------------------------------------

void KafkaFollower::run() {
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    if (reader_ == nullptr && !begin()) {
      pause();
      continue;
    }
    step();
  }
}

bool KafkaFollower::begin() {
  const auto opened = [this]() -> Result<void> {
    ends_.clear();
    for (std::int32_t i = 0; i < options_.partitions; ++i) ends_.push_back(LETHE_TRY(log_.end(i)));
    reader_ = LETHE_TRY(log_.read_all(options_.partitions));
    return {};
  }();
  const std::lock_guard lock(mutex_);
  trouble_.reset();
  if (!opened) trouble_ = opened.error();
  return opened.has_value();
}

void KafkaFollower::step() {
  bool changed = false;
  const auto reading = reader_->read(kReadWait, [&](const LogRecord& record) {
    const std::unique_lock lock(rows_mutex_);
    const TopicEntry entry{record.partition == 0, static_cast<std::uint64_t>(record.offset),
                           record.key.value_or(std::string_view()), record.value};
    changed = ledger_->apply(entry) || changed;
  });
  if (reading && *reading == LogReading::kLost) lose();
  publish(changed);
  {
    const std::lock_guard lock(mutex_);
    trouble_.reset();
    if (!reading) trouble_ = reading.error();
  }
  if (!reading) pause();
  begin_anew();
  if (reader_ != nullptr && has_arrived()) finish_load();
  mend();
}

void KafkaFollower::publish(bool changed) {
  {
    const std::lock_guard lock(mutex_);
    position_ = std::max(position_, reader_->position(0));
    if (changed) version_.fetch_add(1, std::memory_order_release);
  }
  news_.notify_all();
  if (options_.progress && !loaded_)
    options_.progress(static_cast<std::uint64_t>(position_),
                      static_cast<std::uint64_t>(ends_.front()));
}

bool KafkaFollower::has_arrived() const {
  if (loaded_) return false;
  for (std::size_t i = 0; i < ends_.size(); ++i)
    if (ends_[i] > 0 && reader_->position(static_cast<std::int32_t>(i)) < ends_[i]) return false;
  return true;
}

void KafkaFollower::finish_load() {
  if (before_ != nullptr) {
    std::unique_lock lock(rows_mutex_);
    to_mend_ = ledger_->missing(*before_);
    const bool is_same = is_same_store(*before_, *ledger_);
    lock.unlock();
    if (!is_same) {
      to_mend_.clear();
      refuse(bad_config("The topic of the " + options_.name +
                        " was replaced: it holds another store's rows, or none. Put it back, and "
                        "start the worker again"));
    }
    before_.reset();
  }
  malloc_trim(0);  // what the client library held while rows came faster than ever again
  {
    const std::lock_guard lock(mutex_);
    loaded_ = true;
  }
  news_.notify_all();
}

void KafkaFollower::begin_anew() {
  {
    const std::lock_guard lock(mutex_);
    if (!is_lost_) return;
    is_lost_ = false;
    loaded_ = false;
    position_ = 0;
    ++generation_;
    version_.fetch_add(1, std::memory_order_release);
  }
  reader_.reset();
  const std::unique_lock lock(rows_mutex_);
  // A load that was broken off knows less than the ledger before it.
  auto old = std::exchange(ledger_, std::make_unique<KafkaLedger>());
  if (before_ == nullptr) before_ = std::move(old);
}

void KafkaFollower::mend() {
  if (!options_.may_write) return;
  {
    const std::unique_lock lock(rows_mutex_);
    for (auto& row : ledger_->take_wounds()) to_mend_.push_back(std::move(row));
  }
  if (to_mend_.empty() || !loaded_) return;
  // Until it succeeds; whatever comes twice says the same.
  if (log_.writer().append(as_rows(to_mend_))) to_mend_.clear();
}

void KafkaFollower::pause() {
  std::unique_lock lock(mutex_);
  news_.wait_for(lock, kRetryWait, [this] { return stopping_; });
}

// ---- everybody else ---------------------------------------------------------------------------

Result<void> KafkaFollower::await_load() {
  std::unique_lock lock(mutex_);
  std::int64_t seen = -1;
  // No bound on the whole: a long log takes its time. A standstill is one.
  while (!loaded_) {
    if (news_.wait_for(lock, options_.deadline, [&] { return loaded_ || position_ > seen; })) {
      seen = position_;
      continue;
    }
    if (trouble_) return *trouble_;
    return transient("The " + options_.name + " could not be read to its end: nothing comes");
  }
  return refusal_ ? Result<void>(*refusal_) : Result<void>();
}

Result<void> KafkaFollower::await(std::int64_t offset) {
  std::unique_lock lock(mutex_);
  const std::uint64_t generation = generation_;
  const bool done = news_.wait_for(lock, options_.deadline, [&] {
    return refusal_ || generation_ != generation || (loaded_ && position_ >= offset);
  });
  if (refusal_) return *refusal_;
  if (done && generation_ == generation) return {};
  if (trouble_ && trouble_->kind() == ErrorKind::kBadConfig) return *trouble_;
  return transient("The " + options_.name + " could not be read up to what is durable in it");
}

Result<void> KafkaFollower::catch_up() {
  LETHE_TRY(check());
  const std::int64_t read = position();
  const std::int64_t end = LETHE_TRY(log_.end(0));
  if (end < read) {
    lose();
    return transient("The " + options_.name + " ends before what was read of it; reading it anew");
  }
  return await(end);
}

std::int64_t KafkaFollower::position() const {
  const std::lock_guard lock(mutex_);
  return position_;
}

std::uint64_t KafkaFollower::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

void KafkaFollower::watch(milliseconds at_most) {
  std::unique_lock lock(mutex_);
  news_.wait_for(lock, at_most, [this] { return stopping_ || version() != watched_; });
  watched_ = version();
}

void KafkaFollower::lose() {
  const std::lock_guard lock(mutex_);
  is_lost_ = true;
}

void KafkaFollower::refuse(Error error) {
  {
    const std::lock_guard lock(mutex_);
    if (!refusal_) refusal_ = std::move(error);
  }
  news_.notify_all();
}

Result<void> KafkaFollower::check_loaded() const {
  const std::lock_guard lock(mutex_);
  if (refusal_) return *refusal_;
  if (loaded_) return {};
  return transient("The " + options_.name + " is being read anew, since it had lost rows");
}

Result<void> KafkaFollower::check() const {
  const std::lock_guard lock(mutex_);
  if (refusal_) return *refusal_;
  return {};
}

}  // namespace lethe::kms::store
