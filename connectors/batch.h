// SPDX-License-Identifier: Apache-2.0
//
// What flows from source to sink: a batch of records, the bytes they view, and the checkpoint that
// may be committed once all of them are durable. A record keeps its original (`in`) until the batch
// is settled, beside what leaves (`out`), so that it can be applied again or dead-lettered.
// Move-only; one thread at a time.

#ifndef LETHE_CONNECTORS_BATCH_H_
#define LETHE_CONNECTORS_BATCH_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/arena.h"
#include "lethe/abi.h"
#include "lethe/result.h"

namespace lethe::connectors {

// Where a record goes after the chain and the error policy.
enum class Route : std::uint8_t { kSink, kDeadLetter, kNone };

struct Record {
  lethe_record in;   // as the source read it; views into the batch's owner or arena
  lethe_record out;  // as it leaves; starts as a copy of `in`
  Route route = Route::kSink;

  // Set when a stage failed the record. Views: declared texts, live as long as the plugin.
  ErrorKind error_kind = ErrorKind::kInternal;
  bool failed = false;
  std::int32_t disposition = LETHE_BY_POLICY;
  std::uint16_t stage = 0;  // index of the transform that failed it
  std::string_view error_message;
  std::string_view error_path;  // in the batch's arena, or empty
};

// One partition's progress: everything below next_offset has been handed on.
struct Position {
  std::string topic;
  std::int32_t partition = -1;
  std::int64_t next_offset = 0;
};

// What a source needs to commit. Positions are cumulative per partition. `generation` tells batches
// read before a rewind or a rebalance from those read after.
struct Checkpoint {
  std::uint64_t generation = 0;
  std::uint64_t sequence = 0;
  std::vector<Position> positions;
  bool empty() const noexcept { return positions.empty(); }
};

// Owner of the bytes that `in` views (client messages, a read buffer). Destroyed with the batch, or
// recycled by the source that made it.
class BatchOwner {
 public:
  virtual ~BatchOwner() = default;
};

class Batch {
 public:
  Batch() = default;
  Batch(Batch&&) noexcept = default;
  Batch& operator=(Batch&&) noexcept = default;
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  bool empty() const noexcept { return records.empty(); }

  std::vector<Record> records;
  Checkpoint checkpoint;
  Arena arena;
  std::unique_ptr<BatchOwner> owner;
  std::size_t bytes = 0;  // of the originals, keys and values
  bool end = false;       // the source is exhausted: nothing comes after this batch
};

// A view of the ABI as text; empty for null.
inline std::string_view text(const lethe_view& view) noexcept {
  return view.data == nullptr ? std::string_view() : std::string_view(view.data, view.size);
}
inline lethe_view view(std::string_view text) noexcept {
  return {text.data() == nullptr ? "" : text.data(), text.size()};
}
inline constexpr lethe_view kNullView = {nullptr, 0};

}  // namespace lethe::connectors

#endif  // LETHE_CONNECTORS_BATCH_H_
