// SPDX-License-Identifier: Apache-2.0
//
// What keys and values of a key topic say: canonical JSON texts, so that the usual console tools
// read and tombstone them (specification, section 10). Columns of an EDEK row are read from its
// record; they are an index and prove nothing. Pure functions; any thread.

#ifndef LETHE_KMS_STORE_KAFKA_TEXTS_H_
#define LETHE_KMS_STORE_KAFKA_TEXTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kms/store/rows.h"
#include "lethe/result.h"

namespace lethe::kms::store {

enum class TopicRow : std::uint8_t {
  kForeign,  // none of ours
  kEdek,
  kFence,
  kErased,
  kState,
  kControl,
  kBeacon,
  kJournal,
};

struct KeyText {
  TopicRow kind = TopicRow::kForeign;
  SubjectHash subject;       // fence, state
  std::uint64_t number = 0;  // fence: version; journal: sequence
  DekId dek_id;              // EDEK, erased
  std::string holder;        // EDEK: "h:" and the subject hash in hex, or a readable key name
  std::string worker;        // beacon
};

// Forms that are not canonical are foreign, for as keys they would be other rows; but for an EDEK
// row's key with `by_hand`, in which a person may have put blanks.
KeyText read_key(std::string_view key, bool by_hand = false);

// Whose row it is, as EDEK keys spell it.
std::string holder_of(const EdekRow& row);

// bad_record: the key name is not UTF-8.
Result<std::string> edek_key(const EdekRow& row);
std::string edek_value(const EdekRow& row);

struct EdekText {
  EdekRow row;
  std::optional<std::uint64_t> origin;  // the offset of the first version, if this is a copy
  bool damaged = false;  // not a record of this DEK id; the record holds whatever was there
};
EdekText read_edek(const KeyText& key, std::string_view value);

struct JournalText {
  std::uint64_t seq = 0;
  std::string prev;  // hex
};
std::optional<JournalText> read_journal(std::string_view line);
// What the entry behind this line says of it.
std::string journal_hash(std::string_view line);
// What the first entry says.
std::string no_journal_hash();

// The row of the store itself beside the first control rows: {"cluster":ID}.
inline constexpr std::string_view kClusterKey = R"({"control":"cluster"})";
std::string cluster_value(std::string_view cluster_id);
std::optional<std::string> read_cluster(std::string_view value);

}  // namespace lethe::kms::store

#endif  // LETHE_KMS_STORE_KAFKA_TEXTS_H_
