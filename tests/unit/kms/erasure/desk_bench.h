// SPDX-License-Identifier: Apache-2.0
//
// Workers that share a store, for tests of erasures. Time passes for all of them when a test says
// so; a worker sends its beacons when it is told to.

#ifndef LETHE_TESTS_UNIT_KMS_ERASURE_DESK_BENCH_H_
#define LETHE_TESTS_UNIT_KMS_ERASURE_DESK_BENCH_H_

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "kms/journal/journal.h"
#include "tests/unit/kms/gateway/gateway_test_bench.h"

namespace lethe::kms::erasure {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class DeskBench : public GatewayTestBench {
 protected:
  // Another worker: keeps a lease if it beats.
  std::unique_ptr<GatewayKms> worker(Leasing leasing = Leasing::kOnce) {
    GatewayKms::Options with = options();
    with.leasing = leasing;
    with.lease_clock = [this] { return moment_; };
    with.most_erasures_per_minute = 3;
    return GatewayTestBench::worker(with);
  }

  void pass(milliseconds time) {
    now_ += time;
    moment_.boot += time;
    moment_.real += time;
  }

  static Request request(const std::string& name) {
    Request request;
    request.name = name;
    request.actor = "user:dpo";
    return request;
  }

  // The names of the journal's entries about one erasure, in order.
  static std::vector<std::string> story(GatewayKms& kms, const std::string& erasure_id) {
    std::vector<std::string> events;
    EXPECT_TRUE(kms.journal().catch_up());
    for (const journal::Entry& entry : kms.journal().of_erasure(erasure_id))
      events.emplace_back(journal::to_string(entry.event.kind));
    return events;
  }

  Moment moment_{hours(10), hours(400'000)};
};

}  // namespace lethe::kms::erasure

#endif  // LETHE_TESTS_UNIT_KMS_ERASURE_DESK_BENCH_H_
