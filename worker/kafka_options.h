// SPDX-License-Identifier: Apache-2.0
//
// What every Kafka client of the worker is made from: the configured brokers and properties, and
// the worker's log for what the client library says. Part of wiring.

#ifndef LETHE_WORKER_KAFKA_OPTIONS_H_
#define LETHE_WORKER_KAFKA_OPTIONS_H_

#include <array>
#include <string>
#include <string_view>

#include "connectors/kafka/client.h"
#include "worker/config/kafka_client.h"
#include "worker/log/log.h"

namespace lethe::worker {

// The log outlives the client.
inline connectors::kafka::ClientOptions kafka_client(const std::string& brokers,
                                                     const config::Properties& properties,
                                                     log::Log& log) {
  return {brokers, properties, [&log](int level, std::string_view facility, std::string_view line) {
            const log::Level ours = level <= 3   ? log::Level::kError
                                    : level <= 4 ? log::Level::kWarning
                                                 : log::Level::kDebug;
            log.write(ours, line, std::array<log::Field, 1>{{{"facility", facility}}});
          }};
}

}  // namespace lethe::worker

#endif  // LETHE_WORKER_KAFKA_OPTIONS_H_
