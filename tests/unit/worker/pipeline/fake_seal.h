// SPDX-License-Identifier: Apache-2.0
//
// Seals a dead letter as "sealed:" and its length; fails on request.

#ifndef LETHE_TESTS_UNIT_WORKER_PIPELINE_FAKE_SEAL_H_
#define LETHE_TESTS_UNIT_WORKER_PIPELINE_FAKE_SEAL_H_

#include <optional>
#include <string>

#include "worker/pipeline/dead_letter.h"

namespace lethe::worker::pipeline {

class FakeSeal final : public DeadLetterSeal {
 public:
  explicit FakeSeal(const std::optional<Error>* failure = nullptr) : failure_(failure) {}

  Result<std::string_view> seal(std::string_view original, connectors::Arena& arena) override {
    if (failure_ != nullptr && failure_->has_value()) return **failure_;
    return arena.copy("sealed:" + std::to_string(original.size()));
  }

 private:
  const std::optional<Error>* failure_;
};

}  // namespace lethe::worker::pipeline

#endif  // LETHE_TESTS_UNIT_WORKER_PIPELINE_FAKE_SEAL_H_
