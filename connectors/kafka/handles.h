// SPDX-License-Identifier: Apache-2.0
//
// Owners of librdkafka's objects, and how a client is configured and made. For this folder only.

#ifndef LETHE_CONNECTORS_KAFKA_HANDLES_H_
#define LETHE_CONNECTORS_KAFKA_HANDLES_H_

#include <librdkafka/rdkafka.h>

#include <memory>
#include <string_view>

#include "connectors/kafka/client.h"
#include "lethe/result.h"

namespace lethe::connectors::kafka {

template <auto kDestroy>
struct Destroy {
  template <class T>
  void operator()(T* object) const noexcept {
    kDestroy(object);
  }
};

template <class T, auto kDestroy>
using Handle = std::unique_ptr<T, Destroy<kDestroy>>;

using Conf = Handle<rd_kafka_conf_t, rd_kafka_conf_destroy>;
using Topic = Handle<rd_kafka_topic_t, rd_kafka_topic_destroy>;
using PartitionList =
    Handle<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;
using Message = Handle<rd_kafka_message_t, rd_kafka_message_destroy>;
using Headers = Handle<rd_kafka_headers_t, rd_kafka_headers_destroy>;
using ClientError = Handle<rd_kafka_error_t, rd_kafka_error_destroy>;
using Queue = Handle<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using Event = Handle<rd_kafka_event_t, rd_kafka_event_destroy>;

// Shared, since messages that a batch still views must be destroyed before their client is.
using Client = std::shared_ptr<rd_kafka_t>;

// What a role sets: defaults may be overridden by the user's properties, ours may not.
struct RoleProperties {
  Properties defaults;
  Properties ours;
};

// What the library's callbacks find behind their opaque pointer. It lives as long as the client,
// which may be longer than the source or sink: the library's threads log until the end.
struct ClientContext {
  ClientLog log;
  void* self;  // of the callbacks that run inside a poll
};

template <class T>
T& self_of(void* opaque) {
  return *static_cast<T*>(static_cast<ClientContext*>(opaque)->self);
}

// `set_callbacks` adds those of the role. bad_config, naming the property, when one is ours,
// unknown or malformed. Connects in the background.
Result<Client> make_client(rd_kafka_type_t type, const ClientOptions& options,
                           const RoleProperties& role, void* self,
                           void (*set_callbacks)(rd_kafka_conf_t* conf));

}  // namespace lethe::connectors::kafka

#endif  // LETHE_CONNECTORS_KAFKA_HANDLES_H_
