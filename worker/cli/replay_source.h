// SPDX-License-Identifier: Apache-2.0
//
// Dead letters as the records they were: a source over another one that opens what was sealed
// whole, takes the error headers off and puts the topic back. What fails again becomes a dead
// letter again, in the place that is being read; it carries the header lethe.replay with this run's
// id, by which the end is known. One task, one thread.

#ifndef LETHE_WORKER_CLI_REPLAY_SOURCE_H_
#define LETHE_WORKER_CLI_REPLAY_SOURCE_H_

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "connectors/source.h"
#include "worker/pipeline/clock.h"
#include "worker/tenant_seal.h"

namespace lethe::worker::cli {

class ReplaySource final : public connectors::Source {
 public:
  // A source that never ends by itself (a topic) is taken as ended when it was silent for so long.
  static constexpr std::chrono::seconds kSilence{5};

  // seal: null where the worker has no keys. ended: called once, when the last letter was read.
  ReplaySource(std::unique_ptr<connectors::Source> letters, std::unique_ptr<TenantSeal> seal,
               std::string run_id, const pipeline::Clock& clock, std::function<void()> ended)
      : letters_(std::move(letters)),
        seal_(std::move(seal)),
        run_id_(std::move(run_id)),
        clock_(clock),
        ended_(std::move(ended)) {}

  // Errors beside those of the letters: as TenantSeal::open, for a letter that does not open;
  // bad_config for a sealed letter where there are no keys.
  Result<connectors::Batch> read(std::stop_token stop,
                                 connectors::RebalanceListener& listener) override;
  Result<void> commit(const connectors::Checkpoint& checkpoint) override {
    return letters_->commit(checkpoint);
  }
  Result<bool> rewind() override { return letters_->rewind(); }
  Result<void> idle(std::chrono::milliseconds duration, std::stop_token stop,
                    connectors::RebalanceListener& listener) override {
    return letters_->idle(duration, stop, listener);
  }
  Result<void> close() override { return letters_->close(); }

 private:
  Result<void> restore(connectors::Record& record, connectors::Arena& arena);

  std::unique_ptr<connectors::Source> letters_;
  std::unique_ptr<TenantSeal> seal_;
  const std::string run_id_;
  const pipeline::Clock& clock_;
  std::function<void()> ended_;
  pipeline::Clock::Time last_letter_{};
  bool started_ = false;
  bool came_round_ = false;  // a letter of this very run was read
};

}  // namespace lethe::worker::cli

#endif  // LETHE_WORKER_CLI_REPLAY_SOURCE_H_
