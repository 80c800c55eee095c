// SPDX-License-Identifier: Apache-2.0
//
// The rows of a key store, the same content in every store (specification, section 10). An EDEK row
// is a wrapped data key in its one encoding, beside the columns that find it; the columns are an
// index and prove nothing. Fence, erased and state rows are two canonical JSON texts, key and
// value, of which the value holds a MAC: a store keeps and returns them as they are and never
// judges them. Plain values; any thread.

#ifndef LETHE_KMS_STORE_ROWS_H_
#define LETHE_KMS_STORE_ROWS_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "kms/crypto/derive.h"

namespace lethe::kms::store {

// A 16-byte identifier that cannot be taken for another kind of identifier.
template <class Tag>
struct Id {
  crypto::Id16 bytes{};
  friend auto operator<=>(const Id&, const Id&) = default;
};

using SubjectHash = Id<struct SubjectHashTag>;  // pseudonym of (tenant, key name), section 11
using DekId = Id<struct DekIdTag>;              // derived from the key itself, section 3

// Both are outputs of a keyed function, so that their first bytes serve as a hash.
template <class Tag>
std::uint64_t hash_of(const Id<Tag>& id) noexcept {
  std::uint64_t hash;
  std::memcpy(&hash, id.bytes.data(), sizeof hash);
  return hash;
}

struct EdekRow {
  SubjectHash subject;
  DekId dek_id;
  std::uint8_t purpose = 1;
  std::uint8_t suite = 0;
  std::uint64_t fence_version = 0;
  std::uint32_t rotation = 0;
  std::string name;    // the key name, where names are kept readable; else empty
  std::string record;  // the EDEK record, section 10
  friend bool operator==(const EdekRow&, const EdekRow&) = default;
};

struct FenceRow {
  SubjectHash subject;
  std::uint64_t version = 0;
  std::string key;
  std::string value;
  friend bool operator==(const FenceRow&, const FenceRow&) = default;
};

struct ErasedRow {
  DekId dek_id;
  std::string key;
  std::string value;
  friend bool operator==(const ErasedRow&, const ErasedRow&) = default;
};

struct StateRow {
  SubjectHash subject;
  std::string key;
  std::string value;
  friend bool operator==(const StateRow&, const StateRow&) = default;
};

// Key and value as docs/formats/control.md describes them.
struct ControlRow {
  std::string key;
  std::string value;
  friend bool operator==(const ControlRow&, const ControlRow&) = default;
};

// A worker's word that it has read everything before it (custody protocol, section 4).
struct BeaconRow {
  std::string worker;  // of one process: its name and a part drawn at its start
  std::string key;
  std::string value;
  friend bool operator==(const BeaconRow&, const BeaconRow&) = default;
};

// An entry of the journal: value is its canonical line, without LF (specification, section 12).
struct JournalRow {
  std::uint64_t seq = 0;
  std::string key;
  std::string value;
  friend bool operator==(const JournalRow&, const JournalRow&) = default;
};

// An EDEK row that somebody removed by hand, as a request to erase; only stores in which that is
// one (a tombstone in a topic) report it. Nothing in it is authentic.
struct RemovedRow {
  DekId dek_id;
  std::string holder;  // whose it was: "h:" and the subject hash in hex, or a readable key name
  friend bool operator==(const RemovedRow&, const RemovedRow&) = default;
};

// Where a reader of fence, erased and state rows has come to. Only the store reads its members.
struct Position {
  std::uint64_t fences = 0;
  std::uint64_t erased = 0;
  std::uint64_t states = 0;
  std::uint64_t removed = 0;
  std::uint64_t generation = 0;  // of a store that reads itself anew after a loss
};

struct Marks {
  std::vector<FenceRow> fences{};
  std::vector<ErasedRow> erased{};
  std::vector<StateRow> states{};
  std::vector<RemovedRow> removed{};
  bool empty() const noexcept {
    return fences.empty() && erased.empty() && states.empty() && removed.empty();
  }
};

// The last row of a page of a scan; rows are ordered by subject, then DEK id.
struct ScanPosition {
  SubjectHash subject;
  DekId dek_id;
};

}  // namespace lethe::kms::store

#endif  // LETHE_KMS_STORE_ROWS_H_
