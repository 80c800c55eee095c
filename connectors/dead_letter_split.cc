// SPDX-License-Identifier: Apache-2.0

#include "connectors/dead_letter_split.h"

#include <iterator>

#include "lethe/strided.h"

namespace lethe::connectors {
namespace {

// Copies a view into the arena; null stays null. False: the arena is full.
bool copy(lethe_view& bytes, Arena& arena) {
  if (bytes.data == nullptr) return true;
  const std::string_view copied = arena.copy(text(bytes));
  if (copied.data() == nullptr) return false;
  bytes = view(copied);
  return true;
}

bool copy_headers(lethe_record& record, Arena& arena) {
  const Strided<const lethe_header> headers(record.headers, record.header_stride, record.n_headers);
  auto* copies = static_cast<lethe_header*>(
      arena.allocate(sizeof(lethe_header) * headers.size(), alignof(lethe_header)));
  if (copies == nullptr && !headers.empty()) return false;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    copies[i] = headers[i];
    if (!copy(copies[i].name, arena) || !copy(copies[i].value, arena)) return false;
  }
  record.headers = copies;
  record.header_stride = sizeof(lethe_header);
  return true;
}

// A dead letter as a record of its own for the second sink.
bool append_letter(const Record& letter, Batch& letters) {
  Record copied{};
  copied.out = letter.out;
  if (!copy(copied.out.topic, letters.arena) || !copy(copied.out.key, letters.arena) ||
      !copy(copied.out.value, letters.arena) || !copy_headers(copied.out, letters.arena))
    return false;
  copied.in = copied.out;
  letters.bytes += copied.out.key.size + copied.out.value.size;
  letters.records.push_back(copied);
  return true;
}

Error out_of_memory() {
  return internal("a batch holds more dead letters than memory allows; lower max_in_flight");
}

}  // namespace

Result<void> DeadLetterSplit::write(Batch batch) {
  Batch letters;
  for (const Record& record : batch.records)
    if (record.route == Route::kDeadLetter && !append_letter(record, letters))
      return out_of_memory();
  // The letters first: should the second write fail, they are written again, never lost.
  if (!letters.empty()) LETHE_TRY(write_letters(std::move(letters), batch.checkpoint.sequence));
  return records_->write(std::move(batch));
}

Result<void> DeadLetterSplit::write_letters(Batch letters, std::uint64_t sequence) {
  letters.checkpoint.sequence = sequence;
  letter_batches_.push_back(sequence);
  waiting_.insert(sequence);
  return letters_->write(std::move(letters));
}

Result<void> DeadLetterSplit::collect_letters() {
  const Durable durable = LETHE_TRY(letters_->durable());
  if (!durable.refused.empty())
    return bad_config(std::string("the dead-letter place refused a record: ")
                          .append(durable.refused.front().message));
  for (std::size_t i = 0; i < durable.confirmed.size() && !letter_batches_.empty(); ++i) {
    waiting_.erase(waiting_.find(letter_batches_.front()));
    letter_batches_.pop_front();
  }
  return {};
}

Result<Durable> DeadLetterSplit::durable() {
  Durable durable = LETHE_TRY(records_->durable());
  LETHE_TRY(collect_letters());
  std::move(durable.confirmed.begin(), durable.confirmed.end(), std::back_inserter(held_));
  durable.confirmed.clear();
  while (!held_.empty() && (waiting_.empty() || held_.front().sequence < *waiting_.begin())) {
    durable.confirmed.push_back(std::move(held_.front()));
    held_.pop_front();
  }
  return durable;
}

Result<void> DeadLetterSplit::settle_refused(const Refused& refused, Route route) {
  if (route == Route::kDeadLetter) {
    Batch letters;
    if (!append_letter(*refused.record, letters)) return out_of_memory();
    LETHE_TRY(write_letters(std::move(letters), refused.sequence));
  }
  return records_->settle_refused(refused, Route::kNone);
}

Result<void> DeadLetterSplit::drain(std::chrono::milliseconds deadline) {
  LETHE_TRY(letters_->drain(deadline));
  return records_->drain(deadline);
}

std::vector<Batch> DeadLetterSplit::abandon() {
  letters_->abandon();
  letter_batches_.clear();
  waiting_.clear();
  held_.clear();
  return records_->abandon();
}

std::size_t DeadLetterSplit::in_flight_bytes() const {
  return records_->in_flight_bytes() + letters_->in_flight_bytes();
}

Result<void> DeadLetterSplit::close() {
  LETHE_TRY(letters_->close());
  return records_->close();
}

}  // namespace lethe::connectors
