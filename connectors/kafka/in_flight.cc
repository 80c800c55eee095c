// SPDX-License-Identifier: Apache-2.0

#include "connectors/kafka/in_flight.h"

#include <algorithm>
#include <utility>

namespace lethe::connectors::kafka {
namespace {

// A ticket is the batch's id and, in the low bits, the index of the record.
constexpr int kIndexBits = 24;
constexpr std::uint64_t kIndexMask = (std::uint64_t{1} << kIndexBits) - 1;
static_assert(sizeof(void*) == sizeof(std::uint64_t), "a ticket needs 64 bits");

}  // namespace

InFlight::Entry& InFlight::add(Batch batch) {
  Entry& entry = entries_.emplace_back();
  // The originals and what transforms wrote beside them: both stay until the last report.
  entry.bytes = batch.bytes + batch.arena.used();
  bytes_ += entry.bytes;
  entry.batch = std::move(batch);
  entry.id = next_id_++;
  return entry;
}

void* InFlight::ticket(const Entry& entry, std::size_t index) noexcept {
  return reinterpret_cast<void*>(entry.id << kIndexBits | (index & kIndexMask));
}

InFlight::Entry* InFlight::find(const void* ticket, std::size_t& index) noexcept {
  const auto bits = reinterpret_cast<std::uint64_t>(ticket);
  const std::uint64_t id = bits >> kIndexBits;
  // Ids are consecutive: the distance from the oldest is the place.
  if (entries_.empty() || id < entries_.front().id || id > entries_.back().id) return nullptr;
  index = static_cast<std::size_t>(bits & kIndexMask);
  return &entries_[static_cast<std::size_t>(id - entries_.front().id)];
}

InFlight::Entry* InFlight::find(std::uint64_t sequence) noexcept {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.batch.checkpoint.sequence == sequence;
  });
  return found == entries_.end() ? nullptr : &*found;
}

void InFlight::refuse(Entry& entry, std::size_t index, ErrorKind kind, std::string_view message) {
  ++entry.unsettled;
  refused_.push_back({entry.batch.checkpoint.sequence, index, kind, message,
                      &entry.batch.records[index], &entry.batch.arena});
}

void InFlight::expect_report(Entry& entry) noexcept {
  ++entry.reports_due;
  ++reports_due_;
}

void InFlight::take_report(Entry& entry) noexcept {
  --entry.reports_due;
  --reports_due_;
}

Durable InFlight::take_news() {
  Durable news;
  news.refused = std::exchange(refused_, {});
  while (!entries_.empty()) {
    Entry& oldest = entries_.front();
    if (!oldest.handed_over || oldest.reports_due > 0 || oldest.unsettled > 0) break;
    bytes_ -= oldest.bytes;
    news.confirmed.push_back(std::move(oldest.batch.checkpoint));
    entries_.pop_front();
  }
  return news;
}

std::vector<Batch> InFlight::hand_back() {
  std::vector<Batch> batches;
  for (Entry& entry : entries_) batches.push_back(std::move(entry.batch));
  entries_.clear();
  refused_.clear();
  reports_due_ = bytes_ = 0;
  return batches;
}

std::size_t InFlight::records() const noexcept {
  std::size_t n = 0;
  for (const Entry& entry : entries_) n += entry.batch.records.size();
  return n;
}

}  // namespace lethe::connectors::kafka
