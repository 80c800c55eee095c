// SPDX-License-Identifier: Apache-2.0

#include "connectors/file/line_output.h"

#include <algorithm>
#include <utility>

#include "connectors/file/descriptor.h"
#include "connectors/file/line_format.h"

namespace lethe::connectors::file {
namespace {

// One system call for many lines; larger gains nothing.
constexpr std::size_t kFlushAt = std::size_t{256} << 10;

}  // namespace

LineOutput::LineOutput(int fd, std::string name, bool envelope)
    : fd_(fd), name_(std::move(name)), envelope_(envelope) {}

Result<void> LineOutput::write(Batch batch) {
  return write_lines(in_flight_.emplace_back(InFlight{std::move(batch)}));
}

Result<void> LineOutput::write_lines(InFlight& flight) {
  std::vector<Record>& records = flight.batch.records;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (records[i].route != Route::kSink) continue;
    if (!write_line(envelope_, records[i].out, buffer_)) {
      ++flight.unsettled;
      refused_.push_back({flight.batch.checkpoint.sequence, i, ErrorKind::kBadRecord,
                          "the value is blank or has a line break; write it with envelope: true",
                          &records[i], &flight.batch.arena});
    }
    if (buffer_.size() >= kFlushAt) LETHE_TRY(flush());
  }
  // A batch ends on a flush: what has come in leaves, however slowly more comes.
  LETHE_TRY(flush());
  flight.end = written_;
  flight.written = true;
  return {};
}

Result<void> LineOutput::flush() {
  auto written = write_all(fd_, buffer_, name_);
  if (written) written_ += buffer_.size();
  buffer_.clear();
  return written;
}

bool LineOutput::has_finished() const noexcept {
  return !in_flight_.empty() && in_flight_.front().written && in_flight_.front().unsettled == 0;
}

std::vector<Checkpoint> LineOutput::take_finished() {
  std::vector<Checkpoint> finished;
  while (has_finished()) {
    finished.push_back(std::move(in_flight_.front().batch.checkpoint));
    finished_bytes_ = in_flight_.front().end;
    in_flight_.pop_front();
  }
  return finished;
}

std::vector<Refused> LineOutput::take_refused() {
  return std::exchange(refused_, {});
}

Result<void> LineOutput::settle_refused(const Refused& refused, Route route) {
  if (route != Route::kNone) {
    return internal("settling a record that " + name_ + " refused: it takes no dead letters");
  }
  const auto found = std::find_if(in_flight_.begin(), in_flight_.end(), [&](const InFlight& f) {
    return f.batch.checkpoint.sequence == refused.sequence;
  });
  if (found == in_flight_.end() || found->unsettled == 0) {
    return internal("settling a record of " + name_ + " that is not waiting for it");
  }
  --found->unsettled;
  return {};
}

std::vector<Batch> LineOutput::abandon() {
  std::vector<Batch> handed_back;
  for (InFlight& flight : in_flight_) handed_back.push_back(std::move(flight.batch));
  in_flight_.clear();
  refused_.clear();
  buffer_.clear();
  written_ = finished_bytes_;
  return handed_back;
}

std::size_t LineOutput::in_flight_bytes() const {
  std::size_t bytes = 0;
  for (const InFlight& flight : in_flight_) bytes += flight.batch.bytes;
  return bytes;
}

}  // namespace lethe::connectors::file
