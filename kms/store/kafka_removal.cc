// SPDX-License-Identifier: Apache-2.0
#include "kms/store/kafka_removal.h"

#include <algorithm>
#include <utility>

#include "kms/store/kafka_texts.h"

namespace lethe::kms::store {
namespace {

using connectors::kafka::LogReading;
using connectors::kafka::LogRecord;
using std::chrono::milliseconds;

// The caller has other duties, beacons first of all.
constexpr milliseconds kSlice{250};
constexpr milliseconds kBetweenSlices{250};
constexpr milliseconds kBetweenReadings{3000};
constexpr milliseconds kWait{50};

}  // namespace

Result<bool> KafkaRemoval::gone(std::span<const DekId> ids) {
  const std::lock_guard lock(mutex_);
  if (all_seen_gone(ids)) return true;
  for (const DekId& id : ids)
    if (!gone_.contains(id)) asked_.insert(id);
  if (clock_() < not_before_) return false;
  const Result<void> outcome = go_on();
  if (!outcome) {
    reading_.reset();
    not_before_ = clock_() + kBetweenReadings;
    return outcome.error();
  }
  return all_seen_gone(ids);
}

void KafkaRemoval::forget(const DekId& id) {
  const std::lock_guard lock(mutex_);
  gone_.erase(id);
  asked_.erase(id);
  if (reading_ != nullptr) reading_->missing.erase(id);
}

bool KafkaRemoval::all_seen_gone(std::span<const DekId> ids) const {
  return std::all_of(ids.begin(), ids.end(), [&](const DekId& id) { return gone_.contains(id); });
}

Result<void> KafkaRemoval::go_on() {
  if (reading_ == nullptr) LETHE_TRY(begin());
  const bool done = LETHE_TRY(read_slice());
  not_before_ = clock_() + (done ? kBetweenReadings : kBetweenSlices);
  if (!done) return {};
  for (const DekId& id : reading_->missing) {
    gone_.insert(id);
    asked_.erase(id);
  }
  reading_.reset();
  return {};
}

Result<void> KafkaRemoval::begin() {
  auto reading = std::make_unique<Reading>();
  reading->end = LETHE_TRY(log_.end(0));
  reading->reader = LETHE_TRY(log_.read_all(1));
  reading->missing = asked_;
  reading_ = std::move(reading);
  return {};
}

// True: the end is reached.
Result<bool> KafkaRemoval::read_slice() {
  Reading& reading = *reading_;
  const auto until = clock_() + kSlice;
  while (reading.end > 0 && reading.reader->position(0) < reading.end) {
    const LogReading outcome = LETHE_TRY(reading.reader->read(kWait, [&](const LogRecord& record) {
      if (!record.value || !record.key) return;
      const KeyText key = read_key(*record.key, true);
      if (key.kind == TopicRow::kEdek) reading.missing.erase(key.dek_id);
    }));
    if (outcome == LogReading::kLost)
      return transient("The key topic was cut off while it was looked through for erased rows");
    if (clock_() >= until) return reading.reader->position(0) >= reading.end;
  }
  return true;
}

}  // namespace lethe::kms::store
