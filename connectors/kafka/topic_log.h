// SPDX-License-Identifier: Apache-2.0
//
// A compacted topic used as a log: each partition is a total order of rows that many processes
// append to and all of them read from the beginning. No group, no committed offsets: a reader says
// where it starts, and an offset that is not there (any more) is reported, never skipped over.
// Readers see rows before their transaction is decided, unless they ask for decided ones only.
// TopicLog and its writer are thread-safe; a reader and a fenced writer belong to one thread.
// Errors: transient when brokers are away, bad_config for what somebody must change.

#ifndef LETHE_CONNECTORS_KAFKA_TOPIC_LOG_H_
#define LETHE_CONNECTORS_KAFKA_TOPIC_LOG_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/kafka/client.h"
#include "lethe/result.h"

namespace lethe::connectors::kafka {

struct LogOptions {
  ClientOptions client;
  std::string topic;
  // Until a row is given up that no broker has taken, and until any other question is.
  std::chrono::milliseconds append_deadline{30'000};
  std::chrono::milliseconds call_deadline{10'000};
};

struct LogRow {
  std::string_view key;
  std::optional<std::string_view> value;  // none: a tombstone
};

// A row where it lies. What it views ends with the call it is handed to.
struct LogRecord {
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
};

enum class LogReading : std::uint8_t {
  kGoesOn,
  kLost,  // the log does not have our position: it was cut off or made anew
};

class LogReader {
 public:
  using Visit = std::function<void(const LogRecord&)>;
  virtual ~LogReader() = default;
  // Waits for the first new row, `at_most` that long, and visits the ones that have arrived.
  virtual Result<LogReading> read(std::chrono::milliseconds at_most, const Visit& visit) = 0;
  // The offset behind everything read, markers of transactions included; -1 before the first.
  virtual std::int64_t position(std::int32_t partition) const = 0;
};

class LogWriter {
 public:
  virtual ~LogWriter() = default;
  // Appends the rows to partition 0, in order, and waits until all replicas in sync have them. An
  // offset is -1 where the broker recognised a repetition and did not say. After an error any of
  // the rows may be there, or appear within the append deadline.
  virtual Result<std::vector<std::int64_t>> append(std::span<const LogRow> rows) = 0;
};

// A writer of which there is one in the world: making one fences off its predecessors and decides
// their transactions.
class FencedWriter {
 public:
  enum class Outcome : std::uint8_t { kCommitted, kFenced };
  virtual ~FencedWriter() = default;
  // All rows or none. After kFenced and after an error a reader of decided rows knows which.
  virtual Result<Outcome> append_all(std::span<const LogRow> rows) = 0;
};

struct TopicDescription {
  std::int32_t partitions = 0;
  std::int32_t replication = 0;  // of partition 0
  std::map<std::string, std::string> settings;
};

struct LogTopic {
  std::int32_t partitions = 1;
  std::int32_t replication = 1;
  std::vector<std::pair<std::string, std::string>> settings;
};

class TopicLog {
 public:
  virtual ~TopicLog() = default;
  // Connects in the background; asks nothing yet.
  static Result<std::unique_ptr<TopicLog>> make(LogOptions options);

  // Nothing: there is no such topic.
  virtual Result<std::optional<TopicDescription>> describe() = 0;
  // Makes the topic and waits until it is known. One that exists is left as it is.
  virtual Result<void> create(const LogTopic& topic) = 0;
  virtual Result<std::string> cluster_id() = 0;
  virtual Result<std::int32_t> count_brokers() = 0;
  // The offset behind the last row that is durable, asked of the partition's leader now.
  virtual Result<std::int64_t> end(std::int32_t partition) = 0;

  // From the first row of partitions 0 to n - 1, or from an offset of partition 0.
  virtual Result<std::unique_ptr<LogReader>> read_all(std::int32_t partitions) = 0;
  virtual Result<std::unique_ptr<LogReader>> read_decided(std::int64_t from) = 0;
  virtual LogWriter& writer() = 0;
  virtual Result<std::unique_ptr<FencedWriter>> make_fenced_writer(const std::string& id) = 0;
};

}  // namespace lethe::connectors::kafka

#endif  // LETHE_CONNECTORS_KAFKA_TOPIC_LOG_H_
