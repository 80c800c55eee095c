// SPDX-License-Identifier: Apache-2.0
//
// A sink and a second one for its dead letters, awaited like the first: a checkpoint is confirmed
// only when both hold what belongs to it. For pairs that one client cannot write together (files,
// or a file beside Kafka). Dead letters are few, so they are copied. One task, one thread.

#ifndef LETHE_CONNECTORS_DEAD_LETTER_SPLIT_H_
#define LETHE_CONNECTORS_DEAD_LETTER_SPLIT_H_

#include <deque>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "connectors/sink.h"

namespace lethe::connectors {

class DeadLetterSplit final : public Sink {
 public:
  DeadLetterSplit(std::unique_ptr<Sink> records, std::unique_ptr<Sink> letters)
      : records_(std::move(records)), letters_(std::move(letters)) {}

  Result<void> write(Batch batch) override;
  // bad_config if the dead-letter sink refused a letter: there is no third place.
  Result<Durable> durable() override;
  Result<void> settle_refused(const Refused& refused, Route route) override;
  Result<void> drain(std::chrono::milliseconds deadline) override;
  std::vector<Batch> abandon() override;
  std::size_t in_flight_bytes() const override;
  Result<void> close() override;

 private:
  Result<void> write_letters(Batch letters, std::uint64_t sequence);
  Result<void> collect_letters();

  std::unique_ptr<Sink> records_;
  std::unique_ptr<Sink> letters_;
  std::deque<std::uint64_t> letter_batches_;  // checkpoint behind each batch at letters_, in order
  std::multiset<std::uint64_t> waiting_;      // checkpoints with letters that are not durable
  std::deque<Checkpoint> held_;               // confirmed by records_, not by letters_
};

}  // namespace lethe::connectors

#endif  // LETHE_CONNECTORS_DEAD_LETTER_SPLIT_H_
