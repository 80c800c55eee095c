// SPDX-License-Identifier: Apache-2.0
//
// What is derived from keys, texts and lengths.

#include "json/canonical.h"
#include "kms/crypto/derive.h"
#include "kms/crypto/digest.h"
#include "lethe/suites.h"
#include "worker/cli/selftest_operations.h"
#include "worker/cli/selftest_value.h"

namespace lethe::worker::cli {
namespace {

namespace crypto = kms::crypto;

constexpr std::size_t kMaxTenant = 255;
constexpr std::size_t kMaxSubject = 1024;

bool is_name(const std::optional<std::string>& text, std::size_t most) {
  return text && !text->empty() && text->size() <= most && text->find('\0') == text->npos;
}

}  // namespace

Outcome run_dek_id(const Arguments& in) {
  const auto dek = in.array<32>("dek");
  const auto tenant = in.text("tenant");
  if (!dek || !is_name(tenant, kMaxTenant)) return Outcome::invalid();
  return Outcome::of(json::Value().set("dek_id", hex(crypto::dek_id(*dek, *tenant))));
}

Outcome run_suite_key(const Arguments& in) {
  const auto dek = in.array<32>("dek");
  const auto number = in.number_as<std::uint32_t>("suite");
  const Suite* suite = number ? find_suite(*number) : nullptr;
  if (!dek || suite == nullptr) return Outcome::invalid();
  if (suite->label.empty()) return Outcome::of(json::Value().set("key", hex(*dek)));
  Octets key(suite->key_size);
  constexpr std::uint8_t kZero[1] = {0};
  crypto::hkdf_expand(*dek, {bytes_of(suite->label), kZero}, key);
  return Outcome::of(json::Value().set("key", hex(key)));
}

Outcome run_subject_hash(const Arguments& in) {
  const auto key = in.array<32>("key");
  const auto tenant = in.text("tenant");
  const auto subject = in.text("subject");
  const auto buckets = in.number_as<std::uint32_t>("buckets");
  if (!key || !is_name(tenant, kMaxTenant) || !is_name(subject, kMaxSubject) || !buckets ||
      *buckets == 0)
    return Outcome::invalid();
  const crypto::Id16 hash = crypto::subject_hash(*key, *tenant, *subject);
  return Outcome::of(json::Value()
                         .set("subject_hash", hex(hash))
                         .set("bucket", crypto::bucket_of(hash, *buckets)));
}

Outcome run_subject_commit(const Arguments& in) {
  const auto salt = in.array<32>("salt");
  const auto tenant = in.text("tenant");
  const auto subject = in.text("subject");
  if (!salt || !is_name(tenant, kMaxTenant) || !is_name(subject, kMaxSubject))
    return Outcome::invalid();
  return Outcome::of(
      json::Value().set("subject_commit", hex(crypto::subject_commit(*salt, *tenant, *subject))));
}

Outcome run_padded_length(const Arguments& in) {
  const auto n = in.number_as<std::uint32_t>("n");
  const auto padding = padding_of(in);
  if (!n || *n < 2 || !padding) return Outcome::invalid();
  return Outcome::of(json::Value().set("length", fields::padded_size(*n, *padding)));
}

Outcome run_jcs(const Arguments& in) {
  const auto input = in.text("input");
  if (!input) return Outcome::invalid();
  const Result<std::string> canonical = json::canonicalize(*input);
  if (!canonical) return Outcome::error("MALFORMED");
  return Outcome::of(json::Value().set("canonical", *canonical));
}

}  // namespace lethe::worker::cli
