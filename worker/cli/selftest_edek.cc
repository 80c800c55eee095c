// SPDX-License-Identifier: Apache-2.0
//
// Wrapped keys: records built from their fields, and unwrapped against the row they were found
// under.

#include "kms/crypto/edek.h"
#include "worker/cli/selftest_operations.h"

namespace lethe::worker::cli {
namespace {

namespace crypto = kms::crypto;
using crypto::EdekError;

template <class T>
bool take(const std::optional<T>& value, T& member) {
  if (!value) return false;
  member = *value;
  return true;
}

bool read_record(const Arguments& in, crypto::EdekRecord& record) {
  if (in.given("token") != nullptr) {
    record.token = in.array<16>("token");
    if (!record.token) return false;
  }
  return take(in.text("tenant"), record.tenant) &&
         take(in.array<16>("subject_hash"), record.subject_hash) &&
         take(in.array<16>("dek_id"), record.dek_id) &&
         take(in.number_as<std::uint8_t>("suite"), record.suite) &&
         take(in.number_as<std::uint8_t>("purpose"), record.purpose) &&
         take(in.number_as<std::uint32_t>("bucket"), record.bucket) &&
         take(in.number("kek_gen"), record.kek_gen) &&
         take(in.number("fence_ver"), record.fence_ver) &&
         take(in.number_as<std::uint32_t>("rotation_no"), record.rotation_no) &&
         take(in.number("origin"), record.origin) &&
         take(in.number("created_at"), record.created_at_ms) &&
         take(in.text("created_by"), record.created_by);
}

using Kek = std::array<std::uint8_t, 32>;

// Step 4's table: the KEK of (bucket, generation), if it is at hand. False: the table is no table.
bool find_kek(const Arguments& in, const crypto::EdekRecord& record, std::optional<Kek>& kek) {
  const json::Value* table = in.given("keks");
  if (table == nullptr || table->array() == nullptr) return false;
  for (const json::Value& item : *table->array()) {
    const Arguments row(item);
    if (row.number("bucket") != record.bucket || row.number("kek_gen") != record.kek_gen) continue;
    kek = row.array<32>("kek");
    return kek.has_value();
  }
  return true;
}

json::Value hex_or_null(const std::optional<crypto::Id16>& id) {
  return id ? json::Value(hex(*id)) : json::Value();
}

Outcome error(EdekError error) {
  return Outcome::error(crypto::name(error));
}

}  // namespace

Outcome run_edek_wrap(const Arguments& in) {
  const json::Value* given = in.given("record");
  const auto kek = in.array<32>("kek");
  const auto nonce = in.array<12>("nonce");
  const auto dek = in.array<32>("dek");
  crypto::EdekRecord record;
  if (given == nullptr || !read_record(Arguments(*given), record) || !kek || !nonce || !dek)
    return Outcome::invalid();
  const EdekError wrong = crypto::wrap_edek(record, *kek, *nonce, *dek);
  if (wrong != EdekError::kNone) return error(wrong);
  return Outcome::of(json::Value()
                         .set("aad", hex(bytes_of(crypto::edek_aad(record))))
                         .set("wrapped", hex(record.wrapped))
                         .set("record", hex(bytes_of(crypto::encode_edek(record)))));
}

Outcome run_edek_unwrap(const Arguments& in) {
  const auto bytes = in.bytes("record");
  const json::Value* expect = in.given("expect");
  const auto fence_ver = in.number("fence_ver");
  if (!bytes || expect == nullptr || !fence_ver) return Outcome::invalid();
  const auto tenant = Arguments(*expect).text("tenant");
  const auto subject_hash = Arguments(*expect).array<16>("subject_hash");
  const auto dek_id = Arguments(*expect).array<16>("dek_id");
  if (!tenant || !subject_hash || !dek_id) return Outcome::invalid();

  crypto::EdekRecord record;
  EdekError wrong = crypto::parse_edek(*bytes, record);
  if (wrong != EdekError::kNone) return error(wrong);
  std::optional<Kek> kek;
  if (!find_kek(in, record, kek)) return Outcome::invalid();
  crypto::Key dek;
  wrong = crypto::unwrap_edek(record, {*tenant, *subject_hash, *dek_id, *fence_ver}, kek, dek);
  if (wrong != EdekError::kNone) return error(wrong);
  return Outcome::of(json::Value()
                         .set("dek", hex(dek.bytes()))
                         .set("suite", record.suite)
                         .set("purpose", record.purpose)
                         .set("rotation_no", record.rotation_no)
                         .set("origin", record.origin)
                         .set("token", hex_or_null(record.token))
                         .set("created_at", record.created_at_ms)
                         .set("created_by", record.created_by));
}

}  // namespace lethe::worker::cli
