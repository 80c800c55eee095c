// SPDX-License-Identifier: Apache-2.0

#include "connectors/kafka/record_writer.h"

#include <array>
#include <cstddef>

#include "lethe/strided.h"

namespace lethe::connectors::kafka {
namespace {

// Keyed: the partitioner (murmur2, as Java) decides. Keyless: the partition it came from, if any.
std::int32_t partition_for(const lethe_record& record, const TargetTopic& target) {
  if (record.key.data != nullptr || record.partition < 0) return RD_KAFKA_PARTITION_UA;
  return record.partition % target.partitions;
}

Headers headers_of(const lethe_record& record) {
  Headers headers(rd_kafka_headers_new(static_cast<std::size_t>(record.n_headers)));
  const Strided<const lethe_header> list(record.headers, record.header_stride, record.n_headers);
  for (const lethe_header& header : list) {
    rd_kafka_header_add(headers.get(), header.name.data, static_cast<ssize_t>(header.name.size),
                        header.value.data, static_cast<ssize_t>(header.value.size));
  }
  return headers;
}

// The library takes void*; it reads the key and the value and changes neither.
void set_bytes(rd_kafka_vu_t& argument, rd_kafka_vtype_t type, const lethe_view& bytes) {
  argument.vtype = type;
  argument.u.mem.ptr = const_cast<char*>(bytes.data);
  argument.u.mem.size = static_cast<std::size_t>(bytes.size);
}

}  // namespace

rd_kafka_resp_err_t produce(rd_kafka_t* client, const TargetTopic& target,
                            const lethe_record& record, void* opaque) {
  std::array<rd_kafka_vu_t, 8> arguments;
  std::size_t n = 0;
  arguments[n].vtype = RD_KAFKA_VTYPE_RKT;
  arguments[n++].u.rkt = target.handle.get();
  arguments[n].vtype = RD_KAFKA_VTYPE_PARTITION;
  arguments[n++].u.i32 = partition_for(record, target);
  arguments[n].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  arguments[n++].u.i = 0;  // neither copied nor freed
  arguments[n].vtype = RD_KAFKA_VTYPE_OPAQUE;
  arguments[n++].u.ptr = opaque;
  set_bytes(arguments[n++], RD_KAFKA_VTYPE_KEY, record.key);
  set_bytes(arguments[n++], RD_KAFKA_VTYPE_VALUE, record.value);
  if (record.timestamp_ms >= 0) {
    arguments[n].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
    arguments[n++].u.i64 = record.timestamp_ms;
  }
  Headers headers;
  if (record.n_headers != 0) {
    headers = headers_of(record);
    arguments[n].vtype = RD_KAFKA_VTYPE_HEADERS;
    arguments[n++].u.headers = headers.get();
  }
  const ClientError error(rd_kafka_produceva(client, arguments.data(), n));
  if (error != nullptr) return rd_kafka_error_code(error.get());
  static_cast<void>(headers.release());  // the message owns them now
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

}  // namespace lethe::connectors::kafka
