// SPDX-License-Identifier: Apache-2.0
//
// A SharedCursor in the offsets of a consumer group: whoever is assigned partition 0 of the topic
// holds it, and the position is that partition's committed offset. It is a number of the caller's,
// not an offset of the topic, of which nothing is ever read. The group's coordinator refuses a
// position from a member that was replaced, so that a process which wakes late moves nothing. An
// empty group forgets its position after the broker's offsets.retention.minutes.

#ifndef LETHE_CONNECTORS_KAFKA_GROUP_CURSOR_H_
#define LETHE_CONNECTORS_KAFKA_GROUP_CURSOR_H_

#include <memory>
#include <string>

#include "connectors/kafka/client.h"
#include "connectors/shared_cursor.h"

namespace lethe::connectors::kafka {

struct GroupCursorOptions {
  ClientOptions client;
  std::string topic;  // that exists
  std::string group;  // of nobody else
};

// Joins the group in the background. bad_config: a property that is ours, unknown or malformed.
Result<std::unique_ptr<SharedCursor>> make_group_cursor(GroupCursorOptions options);

}  // namespace lethe::connectors::kafka

#endif  // LETHE_CONNECTORS_KAFKA_GROUP_CURSOR_H_
