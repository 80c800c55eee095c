// SPDX-License-Identifier: Apache-2.0
//
// A record that owns its bytes: what tests feed to a fake source and compare with what a fake sink
// was given. lethe_record views; this one keeps.

#ifndef LETHE_CONNECTORS_TESTING_OWNED_RECORD_H_
#define LETHE_CONNECTORS_TESTING_OWNED_RECORD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connectors/arena.h"
#include "connectors/batch.h"
#include "lethe/abi.h"

namespace lethe::connectors::testing {

struct OwnedRecord {
  std::string topic;
  std::int32_t partition = -1;
  std::int64_t offset = -1;
  std::int64_t timestamp_ms = -1;
  std::optional<std::string> key;
  std::optional<std::string> value;  // absent: a tombstone
  std::vector<std::pair<std::string, std::optional<std::string>>> headers;

  bool operator==(const OwnedRecord&) const = default;
};

// A copy of what the view shows.
OwnedRecord own(const lethe_record& record);

// A view of `record`, valid while both record and arena are; the header array lies in the arena.
lethe_record view_of(const OwnedRecord& record, Arena& arena);

// A batch with copies of the records in its arena, routed to the sink.
Batch batch_of(const std::vector<OwnedRecord>& records, std::uint64_t sequence = 0);

}  // namespace lethe::connectors::testing

#endif  // LETHE_CONNECTORS_TESTING_OWNED_RECORD_H_
