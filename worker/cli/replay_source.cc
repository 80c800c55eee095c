// SPDX-License-Identifier: Apache-2.0

#include "worker/cli/replay_source.h"

#include <algorithm>
#include <utility>

#include "lethe/strided.h"

namespace lethe::worker::cli {
namespace {

using connectors::text;
using connectors::view;

constexpr std::string_view kReplayHeader = "lethe.replay";
constexpr std::string_view kTopicHeader = "__connect.errors.topic";

Strided<const lethe_header> headers_of(const lethe_record& record) {
  return {record.headers, record.header_stride, record.n_headers};
}

std::string_view header(const lethe_record& record, std::string_view name) {
  for (const lethe_header& one : headers_of(record))
    if (text(one.name) == name) return text(one.value);
  return {};
}

bool is_ours(std::string_view name) {
  return name.starts_with(pipeline::kConnectErrorsPrefix) || name == pipeline::kErrorKindHeader ||
         name == pipeline::kSealedHeader || name == kReplayHeader;
}

// Of a person who was erased nothing but the record's place was kept.
bool is_empty_letter(const lethe_record& record) {
  return record.value.data == nullptr && header(record, pipeline::kErrorKindHeader) == "shredded";
}

}  // namespace

Result<connectors::Batch> ReplaySource::read(std::stop_token stop,
                                             connectors::RebalanceListener& listener) {
  connectors::Batch batch = LETHE_TRY(letters_->read(stop, listener));
  const pipeline::Clock::Time now = clock_.now();
  if (!started_ || !batch.empty()) last_letter_ = now;
  started_ = true;
  const auto again = std::find_if(
      batch.records.begin(), batch.records.end(),
      [&](const connectors::Record& one) { return header(one.in, kReplayHeader) == run_id_; });
  if (again != batch.records.end()) {
    // The rest stays uncommitted where it is, for another replay.
    came_round_ = true;
    batch.records.erase(again, batch.records.end());
    batch.checkpoint.positions.clear();
  }
  std::erase_if(batch.records,
                [](const connectors::Record& one) { return is_empty_letter(one.in); });
  for (connectors::Record& record : batch.records) LETHE_TRY(restore(record, batch.arena));
  batch.end = batch.end || came_round_ || now - last_letter_ >= kSilence;
  if (batch.end && ended_) std::exchange(ended_, nullptr)();
  return batch;
}

Result<void> ReplaySource::restore(connectors::Record& record, connectors::Arena& arena) {
  const Strided<const lethe_header> before = headers_of(record.in);
  if (!header(record.in, pipeline::kSealedHeader).empty()) {
    if (seal_ == nullptr)
      return bad_config(
          "a dead letter is sealed, and a pipeline without transforms has no keys: replay it "
          "through the pipeline that sealed it");
    const std::string opened = LETHE_TRY(seal_->open(text(record.in.value)));
    record.in.value = view(arena.copy(opened));
  }
  const std::string_view topic = header(record.in, kTopicHeader);
  auto* kept = static_cast<lethe_header*>(
      arena.allocate(sizeof(lethe_header) * (before.size() + 1), alignof(lethe_header)));
  if (kept == nullptr) return internal("a dead letter does not fit into the batch's memory");
  std::size_t n = 0;
  for (const lethe_header& one : before)
    if (!is_ours(text(one.name))) kept[n++] = one;
  kept[n++] = {view(kReplayHeader), view(run_id_)};
  record.in.headers = kept;
  record.in.n_headers = n;
  record.in.header_stride = sizeof(lethe_header);
  if (!topic.empty()) record.in.topic = view(topic);
  record.out = record.in;
  return {};
}

}  // namespace lethe::worker::cli
