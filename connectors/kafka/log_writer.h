// SPDX-License-Identifier: Apache-2.0
//
// The writers behind TopicLog. RowWriter: one idempotent producer for all threads; each append
// waits for the reports of its own rows, which the client library delivers from a thread of its
// own. TransactionWriter: a producer with a transactional id. For this folder only.

#ifndef LETHE_CONNECTORS_KAFKA_LOG_WRITER_H_
#define LETHE_CONNECTORS_KAFKA_LOG_WRITER_H_

#include <memory>
#include <mutex>
#include <string>

#include "connectors/kafka/handles.h"
#include "connectors/kafka/topic_log.h"

namespace lethe::connectors::kafka {

// Thread-safe. The client comes back anew when the library has given it up.
class RowWriter final : public LogWriter {
 public:
  static Result<std::unique_ptr<RowWriter>> make(const LogOptions& options);

  Result<std::vector<std::int64_t>> append(std::span<const LogRow> rows) override;
  // For questions about the topic.
  Result<Client> client();

 private:
  explicit RowWriter(const LogOptions& options) : options_(options) {}

  const LogOptions options_;
  std::mutex mutex_;
  Client client_;
};

// One thread.
class TransactionWriter final : public FencedWriter {
 public:
  static Result<std::unique_ptr<FencedWriter>> make(const LogOptions& options,
                                                    const std::string& id);

  Result<Outcome> append_all(std::span<const LogRow> rows) override;

 private:
  TransactionWriter(const LogOptions& options, Client client)
      : options_(options), client_(std::move(client)) {}
  Result<Outcome> settle(ClientError error, std::string_view attempted);

  const LogOptions options_;
  Client client_;
};

}  // namespace lethe::connectors::kafka

#endif  // LETHE_CONNECTORS_KAFKA_LOG_WRITER_H_
