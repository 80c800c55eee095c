// SPDX-License-Identifier: Apache-2.0
//
// A plugin that puts what it read into every text it can reach: nothing of it may come out of the
// pipeline, on any way of failing.

#include <gmock/gmock.h>

#include <functional>
#include <stdexcept>

#include "tests/unit/worker/pipeline/task_fixture.h"

namespace lethe::worker::pipeline {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kCanary = "canary-4111-1111";

struct Way {
  const char* name;
  std::function<std::int32_t(const lethe_batch&, lethe_failure&)> fails;
};

void PrintTo(const Way& way, std::ostream* out) {
  *out << way.name;
}

struct CanaryTest : Tasked, ::testing::WithParamInterface<Way> {
  // Everything the pipeline lets out but the records it wrote.
  std::string everything_said(const TaskReport& report) {
    std::string said = world.log.all() + world.metrics.exposition() + task->status().reason;
    if (report.error) said += report.error->message();
    for (const auto& letter : sink->dead_letters()) {
      said += letter.value.value_or("");
      for (const auto& [name, value] : letter.headers) said += name + value.value_or("");
    }
    return said;
  }
  void be_noisy() {
    plugin.on_make = [this](const lethe_host& host, lethe_failure&) {
      logs = static_cast<const lethe_log_service*>(
          host.service(host.self, connectors::view(LETHE_SERVICE_LOG)));
      counts = static_cast<const lethe_metrics_service*>(
          host.service(host.self, connectors::view(LETHE_SERVICE_METRICS)));
      return LETHE_OK;
    };
    plugin.on_apply = [this, fails = GetParam().fails](const lethe_batch& batch,
                                                       lethe_failure& failure) {
      const lethe_view canary = record_at(batch, 0).value;
      logs->write(logs->self, LETHE_LOG_ERROR, canary, {nullptr, 0}, -1);
      counts->add(counts->self, counts->counter(counts->self, canary, canary), 1);
      counts->add(counts->self, counts->counter(counts->self, connectors::view("lethe_x"), canary),
                  1);
      stop.request_stop();  // a transient failure would wait for ever
      return fails(batch, failure);
    };
  }
  const lethe_log_service* logs = nullptr;
  const lethe_metrics_service* counts = nullptr;
};

TEST_P(CanaryTest, LeaksNothingWhenTheTaskStops) {
  be_noisy();
  protects = true;
  make({kCanary});
  const TaskReport report = run();
  EXPECT_TRUE(report.error);
  EXPECT_THAT(everything_said(report), Not(HasSubstr("canary")));
  EXPECT_THAT(sink->written(), SizeIs(0));
}

TEST_P(CanaryTest, LeaksNothingIntoDeadLetters) {
  be_noisy();
  protects = true;
  on_error = always(Disposition::kDeadLetter);
  make({kCanary, kCanary});
  const TaskReport report = run();
  EXPECT_THAT(everything_said(report), Not(HasSubstr("canary")));
  EXPECT_THAT(sink->written(), SizeIs(0));
}

INSTANTIATE_TEST_SUITE_P(
    WaysToFail, CanaryTest,
    ::testing::Values(Way{"throws",
                          [](const lethe_batch& batch, lethe_failure&) -> std::int32_t {
                            throw std::runtime_error(std::string(value_at(batch, 0)));
                          }},
                      Way{"fails_the_call",
                          [](const lethe_batch& batch, lethe_failure& failure) -> std::int32_t {
                            failure.message = record_at(batch, 0).value;
                            return LETHE_BAD_RECORD;
                          }},
                      Way{"is_away",
                          [](const lethe_batch& batch, lethe_failure& failure) -> std::int32_t {
                            failure.message = record_at(batch, 0).value;
                            return LETHE_TRANSIENT;
                          }},
                      Way{"fails_the_records",
                          [](const lethe_batch& batch, lethe_failure&) -> std::int32_t {
                            for (std::uint64_t i = 0; i < batch.n; ++i)
                              fail_verdict(batch, i, LETHE_BAD_RECORD, value_at(batch, i));
                            return LETHE_OK;
                          }},
                      Way{"fails_with_garbage",
                          [](const lethe_batch& batch, lethe_failure&) -> std::int32_t {
                            for (std::uint64_t i = 0; i < batch.n; ++i)
                              fail_verdict(batch, i, 99, value_at(batch, i));
                            return LETHE_OK;
                          }}),
    [](const ::testing::TestParamInfo<Way>& way) { return std::string(way.param.name); });

}  // namespace
}  // namespace lethe::worker::pipeline
