// SPDX-License-Identifier: Apache-2.0

#include "connectors/testing/owned_record.h"

#include <cstdlib>
#include <string_view>

#include "lethe/strided.h"

namespace lethe::connectors::testing {
namespace {

std::optional<std::string> own(const lethe_view& bytes) {
  if (bytes.data == nullptr) return std::nullopt;
  return std::string(text(bytes));
}

lethe_view view_of(const std::optional<std::string>& bytes) {
  return bytes.has_value() ? view(*bytes) : kNullView;
}

lethe_view copy_of(const lethe_view& bytes, Arena& arena) {
  return bytes.data == nullptr ? kNullView : view(arena.copy(text(bytes)));
}

void move_into(Arena& arena, lethe_record& record) {
  record.topic = copy_of(record.topic, arena);
  record.key = copy_of(record.key, arena);
  record.value = copy_of(record.value, arena);
  Strided<lethe_header> headers(const_cast<lethe_header*>(record.headers), record.header_stride,
                                record.n_headers);
  for (lethe_header& header : headers) {
    header = {copy_of(header.name, arena), copy_of(header.value, arena)};
  }
}

// Progress of the partition that `record` belongs to, in the list of the checkpoint.
void advance(Checkpoint& checkpoint, const OwnedRecord& record) {
  for (Position& position : checkpoint.positions) {
    if (position.topic == record.topic && position.partition == record.partition) {
      position.next_offset = record.offset + 1;
      return;
    }
  }
  checkpoint.positions.push_back({record.topic, record.partition, record.offset + 1});
}

}  // namespace

OwnedRecord own(const lethe_record& record) {
  OwnedRecord owned{std::string(text(record.topic)),
                    record.partition,
                    record.offset,
                    record.timestamp_ms,
                    own(record.key),
                    own(record.value),
                    {}};
  const Strided<const lethe_header> headers(record.headers, record.header_stride, record.n_headers);
  for (const lethe_header& header : headers) {
    owned.headers.emplace_back(std::string(text(header.name)), own(header.value));
  }
  return owned;
}

lethe_record view_of(const OwnedRecord& record, Arena& arena) {
  const std::size_t n = record.headers.size();
  auto* headers = static_cast<lethe_header*>(
      n == 0 ? nullptr : arena.allocate(n * sizeof(lethe_header), alignof(lethe_header)));
  if (n != 0 && headers == nullptr) std::abort();  // a test asked for more than its arena holds
  for (std::size_t i = 0; i < n; ++i) {
    headers[i] = {view(record.headers[i].first), view_of(record.headers[i].second)};
  }
  return {sizeof(lethe_record),
          record.partition,
          record.offset,
          record.timestamp_ms,
          view(record.topic),
          view_of(record.key),
          view_of(record.value),
          headers,
          n,
          sizeof(lethe_header)};
}

Batch batch_of(const std::vector<OwnedRecord>& records, std::uint64_t sequence) {
  Batch batch;
  batch.checkpoint.sequence = sequence;
  for (const OwnedRecord& owned : records) {
    lethe_record record = view_of(owned, batch.arena);
    move_into(batch.arena, record);
    Record& added = batch.records.emplace_back();
    added.in = record;
    added.out = record;
    batch.bytes += record.key.size + record.value.size;
    advance(batch.checkpoint, owned);
  }
  return batch;
}

}  // namespace lethe::connectors::testing
