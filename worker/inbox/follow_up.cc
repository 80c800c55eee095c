// SPDX-License-Identifier: Apache-2.0

#include "worker/inbox/follow_up.h"

#include <algorithm>
#include <utility>

namespace lethe::worker::inbox {
namespace {

using std::chrono::milliseconds;

// An erasure is effective within seconds and removed within minutes, but may be pending for months.
constexpr milliseconds kFirstPause{500};
constexpr milliseconds kLongestPause{30'000};

}  // namespace

FollowUp::FollowUp(std::string topic, std::unique_ptr<connectors::Source> source,
                   kms::erasure::Erasures& erasures, Outbox& outbox, log::Log& log,
                   const pipeline::Clock& clock)
    : topic_(std::move(topic)),
      source_(std::move(source)),
      erasures_(erasures),
      outbox_(outbox),
      log_(log),
      clock_(clock) {}

Result<bool> FollowUp::advance(const std::stop_token& stop) {
  const connectors::Batch batch = LETHE_TRY(source_->read(stop, *this));
  // All that is there comes first: a later acknowledgement makes an earlier one obsolete.
  if (!batch.empty()) {
    note(batch);
    return true;
  }
  LETHE_TRY(look(stop));
  LETHE_TRY(commit());
  return false;
}

void FollowUp::note(const connectors::Batch& batch) {
  const std::uint64_t number = first_held_ + held_.size();
  held_.push_back({batch.checkpoint});
  for (const connectors::Record& record : batch.records) {
    auto read = parse_acknowledgement(connectors::text(record.in.value));
    if (!read) {
      log_.warning("the acknowledgement topic holds a record that is no acknowledgement",
                   {{"partition", record.in.partition}, {"offset", record.in.offset}});
      continue;
    }
    if (const auto earlier = open_.find(read->request_id); earlier != open_.end()) forget(earlier);
    if (is_final(*read)) continue;
    ++held_.back().open;
    std::string id = read->request_id;
    open_.emplace(std::move(id), Open{std::move(*read), number, clock_.now(), kFirstPause});
  }
}

void FollowUp::forget(Requests::iterator request) {
  --held_[request->second.batch - first_held_].open;
  open_.erase(request);
}

Result<void> FollowUp::look(const std::stop_token& stop) {
  std::vector<Message> messages;
  std::vector<Requests::iterator> done;
  for (auto request = open_.begin(); request != open_.end(); ++request) {
    Open& one = request->second;
    if (one.look_at > clock_.now()) continue;
    const Acknowledgement now = LETHE_TRY(look_at(one.last));
    one.look_at = clock_.now() + one.pause;
    one.pause = std::min(one.pause * 2, kLongestPause);
    if (stage_of(now) == stage_of(one.last) && !is_final(now)) continue;
    messages.push_back({topic_, now.request_id, to_json(now)});
    done.push_back(request);
  }
  LETHE_TRY(outbox_.send(std::move(messages), stop));
  for (const Requests::iterator request : done) forget(request);
  return {};
}

Result<Acknowledgement> FollowUp::look_at(const Acknowledgement& last) {
  Acknowledgement now = last;
  for (Answer& answer : now.answers) {
    if (!answer.status) continue;
    Result<kms::erasure::Status> status = erasures_.status(answer.erasure_id);
    if (status) {
      answer.status = std::move(status).value();
      continue;
    }
    if (status.error().kind() != ErrorKind::kUnknownKey) return std::move(status).error();
    answer.status.reset();  // the store is another one now
    answer.refusal = std::move(status).error();
  }
  return now;
}

Result<void> FollowUp::commit() {
  while (!held_.empty() && held_.front().open == 0) {
    LETHE_TRY(source_->commit(held_.front().checkpoint));
    held_.pop_front();
    ++first_held_;
  }
  return {};
}

Result<void> FollowUp::release(std::span<const connectors::Position>, bool) {
  // Whoever has the partitions next reads again what is under way.
  open_.clear();
  first_held_ += held_.size();
  held_.clear();
  return {};
}

void FollowUp::rest(milliseconds duration, const std::stop_token& stop) {
  // What idling finds wrong is found again by the next read.
  static_cast<void>(source_->idle(duration, stop, *this));
}

}  // namespace lethe::worker::inbox
