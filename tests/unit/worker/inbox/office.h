// SPDX-License-Identifier: Apache-2.0
//
// What the steps of the inbox stand on, for tests: fake erasures over a memory store, a sink that
// remembers, a clock that stands still, a log that keeps its lines.

#ifndef LETHE_TESTS_UNIT_WORKER_INBOX_OFFICE_H_
#define LETHE_TESTS_UNIT_WORKER_INBOX_OFFICE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "connectors/testing/fake_sink.h"
#include "connectors/testing/fake_source.h"
#include "json/json.h"
#include "tests/support/kms/fake_erasures.h"
#include "tests/unit/worker/inbox/journal_on_memory.h"
#include "tests/unit/worker/log/recording_log.h"
#include "worker/inbox/outbox.h"
#include "worker/pipeline/clock.h"

namespace lethe::worker::inbox {

class StillClock final : public pipeline::Clock {
 public:
  Time now() const noexcept override { return now_; }
  std::int64_t unix_ms() const noexcept override { return 1'780'000'000'000; }
  void advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  Time now_{};
};

struct Office {
  JournalOnMemory journal;
  kms::erasure::FakeErasures erasures{*journal};
  connectors::testing::FakeSink sink;
  Outbox outbox{sink, std::chrono::milliseconds(0)};
  StillClock clock;
  log::RecordingLog log;

  // Values written to a topic, parsed.
  std::vector<json::Value> written(const std::string& topic) const {
    std::vector<json::Value> values;
    for (const auto& record : sink.written())
      if (record.topic == topic) values.push_back(*json::parse(*record.value));
    return values;
  }
};

inline connectors::testing::OwnedRecord record(const std::string& topic, std::int64_t offset,
                                               const std::string& value) {
  return {topic, 0, offset, -1, std::nullopt, value, {}};
}

inline std::string text(const json::Value& value, std::string_view member) {
  const json::Value* found = value.find(member);
  return found == nullptr || found->string() == nullptr ? "(none)" : *found->string();
}

// The n-th erasure of an acknowledgement, from 0.
inline const json::Value& erasure(const json::Value& acknowledgement, std::size_t n) {
  return acknowledgement.find("erasures")->array()->at(n);
}

}  // namespace lethe::worker::inbox

#endif  // LETHE_TESTS_UNIT_WORKER_INBOX_OFFICE_H_
