// SPDX-License-Identifier: Apache-2.0
//
// librdkafka's error codes as our kinds. Only codes are looked at: a message carries the library's
// fixed description of the code, never a text that was composed from what went over the wire. For
// this folder only.

#ifndef LETHE_CONNECTORS_KAFKA_ERRORS_H_
#define LETHE_CONNECTORS_KAFKA_ERRORS_H_

#include <librdkafka/rdkafka.h>

#include <string>
#include <string_view>

#include "connectors/kafka/handles.h"
#include "lethe/result.h"

namespace lethe::connectors::kafka {

// "UNKNOWN_TOPIC_OR_PART", "_TRANSPORT" ...
std::string_view name_of(rd_kafka_resp_err_t code);

// bad_config for what somebody must change (rights, credentials, missing topics), else transient.
ErrorKind kind_of(rd_kafka_resp_err_t code);

// "cannot <attempted>: <description of the code> (<its name>)".
Error kafka_error(std::string_view attempted, rd_kafka_resp_err_t code);

// The same of an error object of the library; success when there is none.
Result<void> check(ClientError error, std::string_view attempted);

// What the refusal of a delivery says about the record.
enum class Delivery {
  kDone,
  kRefused,           // this record, whoever travelled with it
  kRefusedWithBatch,  // one record of its produce request; which one is not said
  kAbandoned,         // by ourselves
  kFailed             // the topic or the broker, not the record
};
Delivery delivery_of(rd_kafka_resp_err_t code);

// Declared text for a refusal.
std::string_view refusal_message(rd_kafka_resp_err_t code);

}  // namespace lethe::connectors::kafka

#endif  // LETHE_CONNECTORS_KAFKA_ERRORS_H_
