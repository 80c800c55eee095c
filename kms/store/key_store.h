// SPDX-License-Identifier: Apache-2.0
//
// KeyStore: where wrapped keys, fences and erased rows rest, and the arbiter of a key's birth. It
// knows no key and judges no row; it keeps three laws (custody protocol, section 2 and 3):
//  - (subject, fence version, purpose, suite, rotation) is unique among EDEK rows;
//  - the erased row of a DEK id is durable before its EDEK row is removed;
//  - fence and erased rows are never removed and never change.
// What a call wrote is durable when it returns. Thread-safe: one store serves all tasks of a
// worker; other processes may write to it at any time. Errors: transient when the store is away or
// busy, bad_config when it is not what it should be. tests/contract/key_store runs on every
// implementation.

#ifndef LETHE_KMS_STORE_KEY_STORE_H_
#define LETHE_KMS_STORE_KEY_STORE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "kms/store/rows.h"
#include "lethe/result.h"

namespace lethe::kms::store {

// What became of one row of create_all.
struct Birth {
  enum class Outcome : std::uint8_t {
    kCreated,     // the row is in the store
    kAdopted,     // another row has this unique key: it is `winner`
    kFenceMoved,  // refused: the row's fence version is not the subject's current one
  };
  Outcome outcome = Outcome::kCreated;
  std::uint64_t current_fence = 0;  // the subject's, 0 without an erasure
  EdekRow winner;                   // only with kAdopted
  bool left_over = false;           // the offered row is there, too: bury() it as lost
};

enum class Fencing : std::uint8_t {
  kAppended,
  kMoved,  // nothing was written: the subject has other rows or another fence than was assumed
};

class KeyStore {
 public:
  virtual ~KeyStore() = default;

  // What and where it is, for messages: "sqlite store /data/keys.db". No secret in it.
  virtual std::string_view name() const = 0;
  // False: no other process can see this store, so nobody can shred in it from outside.
  virtual bool shared() const = 0;

  // The control rows, empty in a store that was never initialised.
  virtual Result<std::vector<ControlRow>> control() = 0;
  // Writes the rows if there are none yet, all or nothing. Returns what the store holds afterwards:
  // of many first starters one wins, and the others adopt its rows.
  virtual Result<std::vector<ControlRow>> adopt_control(std::span<const ControlRow> proposal) = 0;
  // Adds a row to a store that has some, unless one of this key is there. Returns what it holds.
  virtual Result<std::vector<ControlRow>> add_control(const ControlRow& row) = 0;

  // All EDEK rows of the subjects (in order of birth for each), or of the DEK ids. Absent ones are
  // absent from the answer. The order of the ids is not kept.
  virtual Result<std::vector<EdekRow>> look_up(std::span<const SubjectHash> subjects) = 0;
  virtual Result<std::vector<EdekRow>> look_up_by_id(std::span<const DekId> ids) = 0;
  // As look_up_by_id, and never from a cache: only such a row may count against its key. One that
  // opens proves itself, wherever it came from.
  virtual Result<std::vector<EdekRow>> look_again(std::span<const DekId> ids) {
    return look_up_by_id(ids);
  }

  // Put-if-absent for a batch, one answer per row, in one transaction with the check of the fences.
  virtual Result<std::vector<Birth>> create_all(std::span<const EdekRow> rows) = 0;

  // One erasure: fence, then erased rows, then removal of the EDEK rows. It is done only if the
  // fence's version is the subject's current one plus 1 and `erased` names exactly the EDEK rows
  // that the subject has; else look again and repeat. One transaction where the store has them. In
  // a log rows may be born between look and fence: they are dead, too, and are still to be buried.
  virtual Result<Fencing> append_fence(const FenceRow& fence,
                                       std::span<const ErasedRow> erased) = 0;
  // Completes a half-done removal: erased rows that are absent are written, then the EDEK rows of
  // these DEK ids are removed.
  virtual Result<void> bury(std::span<const ErasedRow> erased) = 0;
  // The fences of one subject, lowest version first.
  virtual Result<std::vector<FenceRow>> fences(const SubjectHash& subject) = 0;
  // Replaces the subject's state row.
  virtual Result<void> put_state(const StateRow& state) = 0;

  // A number that differs from the last one if anybody, in any process, has written since (births
  // need not count). Cheap enough for every batch: a store that cannot tell without a round trip
  // answers what its latest watch() or own write saw.
  virtual Result<std::uint64_t> version() = 0;
  // Waits until somebody writes, `at_most` that long. Belongs to one thread at a time.
  virtual Result<void> watch(std::chrono::milliseconds at_most) = 0;
  // Fence, erased and state rows written since `position`, which moves on, and rows removed by
  // hand. The first call, with a fresh position, returns all. bad_config when the store has gone
  // back behind `position`.
  virtual Result<Marks> marks_since(Position& position) = 0;

  // Replaces the worker's beacon, on the primary of the store: when it returns, the beacon is
  // durable, and marks_since() yields whatever was durable before it. `previous` is the value of
  // the worker's last beacon, empty for its first: bad_config if the store holds another one, for
  // then it has been rolled back.
  virtual Result<void> beat(const BeaconRow& beacon, std::string_view previous) = 0;
  // Of all workers that have not taken theirs away.
  virtual Result<std::vector<BeaconRow>> beacons() = 0;
  // Takes a beacon away: the worker has stopped using keys, or is long gone.
  virtual Result<void> drop_beacon(std::string_view worker) = 0;

  // Appends the entry if its number is the next one (1 in an empty journal); false: somebody was
  // faster. Never removed, never changed.
  virtual Result<bool> append_journal(const JournalRow& entry) = 0;
  // At most `limit` entries behind number `after`, in order.
  virtual Result<std::vector<JournalRow>> journal(std::uint64_t after, std::size_t limit) = 0;

  // Whether no copy of these EDEK rows is left that reading the live store from its beginning would
  // show. A log needs time for that.
  virtual Result<bool> gone(std::span<const DekId> ids) {
    return LETHE_TRY(look_up_by_id(ids))
    .empty();
  }
  // What weakens the store's word, in sentences for certificates: "kept on one replica only".
  virtual std::vector<std::string> caveats() { return {}; }

  // A page of at most `limit` EDEK rows behind `after`, ordered by subject and DEK id.
  virtual Result<std::vector<EdekRow>> scan(const std::optional<ScanPosition>& after,
                                            std::size_t limit) = 0;
};

}  // namespace lethe::kms::store

#endif  // LETHE_KMS_STORE_KEY_STORE_H_
