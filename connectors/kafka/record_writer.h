// SPDX-License-Identifier: Apache-2.0
//
// Hands one record to the producer. The value is not copied: its bytes must live until the delivery
// is reported. For this folder only.

#ifndef LETHE_CONNECTORS_KAFKA_RECORD_WRITER_H_
#define LETHE_CONNECTORS_KAFKA_RECORD_WRITER_H_

#include "connectors/kafka/handles.h"
#include "connectors/kafka/target_topics.h"
#include "lethe/abi.h"

namespace lethe::connectors::kafka {

// NO_ERROR, or why the client did not take it (a full queue, too large). `opaque` comes back with
// the delivery report.
rd_kafka_resp_err_t produce(rd_kafka_t* client, const TargetTopic& target,
                            const lethe_record& record, void* opaque);

}  // namespace lethe::connectors::kafka

#endif  // LETHE_CONNECTORS_KAFKA_RECORD_WRITER_H_
