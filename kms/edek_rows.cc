// SPDX-License-Identifier: Apache-2.0
#include "kms/edek_rows.h"

#include "kms/crypto/derive.h"
#include "kms/crypto/edek.h"
#include "kms/crypto/random.h"

namespace lethe::kms {
namespace {

// Fills in the record; false: it is not one, or its columns say something else.
bool parse_and_compare(const store::EdekRow& row, crypto::EdekRecord& record) {
  const std::span<const std::uint8_t> bytes(
      reinterpret_cast<const std::uint8_t*>(row.record.data()), row.record.size());
  return crypto::parse_edek(bytes, record) == crypto::EdekError::kNone &&
         record.subject_hash == row.subject.bytes && record.dek_id == row.dek_id.bytes &&
         record.purpose == row.purpose && record.suite == row.suite &&
         record.fence_ver == row.fence_version && record.rotation_no == row.rotation;
}

}  // namespace

Result<NewKey> EdekRows::make(const store::SubjectHash& subject, std::string_view name,
                              std::uint8_t suite, std::uint64_t fence,
                              std::chrono::system_clock::time_point now,
                              crypto::SessionSealContext& context) const {
  crypto::EdekRecord record;
  crypto::Key dek;
  do {
    crypto::random_bytes(dek.writable());
    record.dek_id = crypto::dek_id(dek.bytes(), hierarchy_.tenant());
  } while (record.dek_id == crypto::Id16{});
  record.suite = suite;
  record.kek_gen = hierarchy_.generation();
  record.fence_ver = fence;
  record.subject_hash = subject.bytes;
  record.tenant = hierarchy_.tenant();
  record.created_at_ms = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
  record.created_by = worker_id_;

  NewKey made;
  if (crypto::wrap_edek(record, hierarchy_.active_kek(), dek.bytes()) != crypto::EdekError::kNone ||
      !seal_.seal(context, dek.bytes(), made.key.sealed))
    return internal("A new data key could not be wrapped");
  made.row = {subject, {record.dek_id}, record.purpose, suite, fence, record.rotation_no, {}, {}};
  if (hierarchy_.key_names() == KeyNames::kClear) made.row.name = name;
  made.row.record = crypto::encode_edek(record);
  made.key.dek_id = made.row.dek_id;
  made.key.suite = suite;
  return made;
}

bool EdekRows::fits(const store::EdekRow& row) const {
  crypto::EdekRecord record;
  return parse_and_compare(row, record);
}

RowState EdekRows::open(const store::EdekRow& row, std::uint64_t fence,
                        crypto::SessionSealContext& context, HeldKey& key) const {
  crypto::EdekRecord record;
  if (!parse_and_compare(row, record)) return RowState::kTampered;
  const auto kek = hierarchy_.kek(record.bucket, record.kek_gen);
  const crypto::EdekRow found{hierarchy_.tenant(), row.subject.bytes, row.dek_id.bytes, fence};
  crypto::Key dek;
  switch (crypto::unwrap_edek(record, found, kek, dek)) {
    case crypto::EdekError::kNone:
      break;
    case crypto::EdekError::kKeyShredded:
      return RowState::kShredded;
    case crypto::EdekError::kKeyUnknown:
      return record.fence_ver > fence ? RowState::kStale : RowState::kUnknown;
    default:
      return RowState::kTampered;
  }
  if (!seal_.seal(context, dek.bytes(), key.sealed)) return RowState::kUnknown;
  key.dek_id = row.dek_id;
  key.suite = row.suite;
  key.only_if_recreating = false;
  return RowState::kAvailable;
}

}  // namespace lethe::kms
