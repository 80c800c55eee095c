// SPDX-License-Identifier: Apache-2.0
//
// What every Kafka client of ours is made from: brokers, the user's own properties of the client
// library, and where its log goes. Properties by which Lethe keeps its promises (groups, offsets,
// order, durability) are not the user's to set. Plain values; no type of the library leaves the
// folder.

#ifndef LETHE_CONNECTORS_KAFKA_CLIENT_H_
#define LETHE_CONNECTORS_KAFKA_CLIENT_H_

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lethe/result.h"

namespace lethe::connectors::kafka {

using Properties = std::vector<std::pair<std::string, std::string>>;

// A line of the client library about connections and groups, never about records. level is
// syslog's. Called from the library's own threads.
using ClientLog = std::function<void(int level, std::string_view facility, std::string_view line)>;

struct ClientOptions {
  std::string brokers;         // "host:port,host:port"
  Properties properties = {};  // passed through, in order
  ClientLog log = {};
};

// True for a property that is set by us, whatever it is set to.
bool is_ours(std::string_view property);

// bad_config, naming the property, when one of ours is among them.
Result<void> check_properties(const Properties& properties);

}  // namespace lethe::connectors::kafka

#endif  // LETHE_CONNECTORS_KAFKA_CLIENT_H_
