// SPDX-License-Identifier: Apache-2.0
//
// The erasures of a gateway: takes requests, notes them in journal and store in an order that any
// worker can complete from any point, and tells what became of them (custody protocol, section 5).
// Owned by the gateway, whose parts it borrows. Thread-safe.

#ifndef LETHE_KMS_ERASURE_DESK_H_
#define LETHE_KMS_ERASURE_DESK_H_

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "kms/erasure/erasures.h"
#include "kms/erasure/progress.h"
#include "kms/gateway_parts.h"

namespace lethe::kms::erasure {

class Desk final : public Erasures {
 public:
  struct Options {
    std::string actor;                  // of this worker's own entries: "svc:worker-1"
    std::size_t most_per_minute = 100;  // without confirmation
    Progress::Alarm alarm{};
    std::function<void(std::chrono::milliseconds)> pause{};  // between two looks of wait()
  };

  Desk(GatewayParts& parts, Options options);

  Result<Status> request(const Request& request) override;
  Result<Status> status(std::string_view erasure_id) override;
  Result<Status> cancel(std::string_view erasure_id, std::string_view actor) override;
  Result<Status> approve(std::string_view erasure_id, std::string_view actor) override;
  Result<void> hold(std::string_view name, bool held, std::string_view actor) override;
  Result<void> reinstate(std::string_view name, std::string_view actor) override;
  Result<Status> wait(std::string_view erasure_id, Stage stage,
                      std::chrono::milliseconds at_most) override;
  Result<std::string> certificate(std::string_view erasure_id) override;
  Result<void> tick() override;

 private:
  // The erasure that a request repeats; nothing: it is a new one.
  Result<std::optional<Status>> find_earlier(const Request& request,
                                             const store::SubjectHash& subject);
  Result<bool> has_live_key(const store::SubjectHash& subject, std::uint64_t fence);
  Result<void> check_begin(const Request& request, const store::SubjectHash& subject);
  Result<void> note_pending(const Order& order);
  Result<Status> begin(const Order& order);
  Result<Status> known(std::string_view erasure_id);
  // An erasure that waits, with its state row.
  struct Waiting {
    Order order;
    State state;
  };
  Result<Waiting> waiting(std::string_view erasure_id);
  store::SubjectHash hash_of(std::string_view name) const;
  std::chrono::milliseconds now_ms() const;

  GatewayParts& parts_;
  const Options options_;
  Progress progress_;
};

// 1 to 1024 bytes without a zero byte, and none of the worker's own names.
Result<void> check_key_name(std::string_view name);

}  // namespace lethe::kms::erasure

#endif  // LETHE_KMS_ERASURE_DESK_H_
