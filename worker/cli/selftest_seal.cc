// SPDX-License-Identifier: Apache-2.0
//
// Sealing and opening with given keys, step by step as sections 6 to 8 of the specification say.
// What can be judged without the AEAD is judged; only then does a suite that is not built count.

#include "kms/crypto/aead.h"
#include "kms/crypto/derive.h"
#include "worker/cli/selftest_carrier.h"
#include "worker/cli/selftest_context.h"
#include "worker/cli/selftest_operations.h"
#include "worker/cli/selftest_value.h"

namespace lethe::worker::cli {
namespace {

using fields::SealedError;
using kms::crypto::AeadContext;

Outcome suite_not_built(const Suite& suite) {
  return Outcome::not_built("suite " + std::to_string(suite.number) + " (" +
                            std::string(suite.alg) + ")");
}

Outcome error(SealedError error) {
  return Outcome::error(fields::name(error));
}

// The header that the arguments ask for, or nothing: writers refuse what readers would.
std::optional<fields::Header> header_of(const Arguments& in, const std::string& tenant,
                                        fields::Padding padding,
                                        std::span<const std::uint8_t, 32> dek) {
  const auto suite = in.number_as<std::uint8_t>("suite");
  const auto profile = in.number_as<std::uint8_t>("profile");
  if (!suite || !profile || tenant.empty()) return std::nullopt;
  fields::Header header;
  header.suite = *suite;
  header.profile = *profile;
  if (padding != fields::Padding::kNone) header.flags |= fields::kPaddedFlag;
  if (in.boolean("shared").value_or(false)) header.flags |= fields::kSharedFlag;
  header.dek_id = kms::crypto::dek_id(dek, tenant);
  if (fields::check_header(header) != SealedError::kNone) return std::nullopt;
  return header;
}

struct VectorKey {
  std::array<std::uint8_t, 32> dek;
  std::string tenant;
  std::optional<std::uint8_t> suite;  // of the EDEK record; none: not checked
  std::string state;
};

std::optional<std::vector<VectorKey>> keys_of(const Arguments& in) {
  const json::Value* list = in.given("keys");
  if (list == nullptr || list->array() == nullptr) return std::nullopt;
  std::vector<VectorKey> keys;
  for (const json::Value& item : *list->array()) {
    const Arguments key(item);
    const auto dek = key.array<32>("dek");
    const auto tenant = key.text("tenant");
    if (!dek || !tenant) return std::nullopt;
    keys.push_back({*dek, *tenant, key.number_as<std::uint8_t>("suite"),
                    key.text("state").value_or("active")});
  }
  return keys;
}

// Step 8.
SealedError find_key(const std::vector<VectorKey>& keys, const std::string& tenant,
                     const fields::Header& header, const VectorKey*& found) {
  for (const VectorKey& key : keys) {
    if (key.tenant != tenant || kms::crypto::dek_id(key.dek, key.tenant) != header.dek_id) continue;
    found = &key;
    if (key.state == "active") return SealedError::kNone;
    if (key.state == "shredded") return SealedError::kKeyShredded;
    if (key.state == "restricted") return SealedError::kKeyBlocked;
    return SealedError::kInvalidArgument;
  }
  return SealedError::kKeyUnknown;
}

std::optional<Octets> accepted_numbers(const json::Value& list) {
  if (list.array() == nullptr) return std::nullopt;
  Octets numbers;
  for (const json::Value& number : *list.array()) {
    if (!number.unsigned_integer() || *number.unsigned_integer() > 255) return std::nullopt;
    numbers.push_back(static_cast<std::uint8_t>(*number.unsigned_integer()));
  }
  return numbers;
}

std::optional<fields::AcceptList> accept_list_of(const Arguments& in) {
  fields::AcceptList list;
  if (const json::Value* suites = in.given("accept_suites")) {
    const auto numbers = accepted_numbers(*suites);
    if (!numbers) return std::nullopt;
    list.only_suites(*numbers);
  }
  if (const json::Value* profiles = in.given("accept_profiles")) {
    const auto numbers = accepted_numbers(*profiles);
    if (!numbers) return std::nullopt;
    list.only_profiles(*numbers);
  }
  return list;
}

// Steps 10 to 12.
Outcome open_value(const Arguments& in, const fields::SealedValue& value, const VectorKey& key,
                   const Octets& aad) {
  const std::uint8_t suite = value.header.suite;
  if (suite != kDeterministicSuite && key.suite && suite != *key.suite)
    return error(SealedError::kAuthFailed);
  if (!AeadContext::supports(suite)) return suite_not_built(*find_suite(suite));
  AeadContext context;
  context.set_dek(key.dek);
  Octets bytes(value.ciphertext().size());
  if (!context.open(suite, aad, value.sealed(), bytes.data()))
    return error(SealedError::kAuthFailed);
  fields::Plaintext plaintext;
  const SealedError wrong = fields::read_plaintext(bytes, value.header.padded(), plaintext);
  if (wrong != SealedError::kNone) return error(wrong);
  const auto expected = in.text("expect_type");
  if (expected && *expected != fields::name(plaintext.type))
    return error(SealedError::kTypeMismatch);
  return Outcome::of(
      json::Value().set("type", fields::name(plaintext.type)).set("value", value_of(plaintext)));
}

}  // namespace

Outcome run_seal(const Arguments& in) {
  const auto dek = in.array<32>("dek");
  const auto nonce = in.bytes("nonce");
  const auto typed = body_of(in);
  const auto padding = padding_of(in);
  const auto hints = hints_of(in);
  const auto limits = limits_of(in);
  if (!dek || !nonce || !typed || !padding || !hints || !limits) return Outcome::invalid();
  const VectorContext context(in);
  const auto header = header_of(in, context.tenant(), *padding, *dek);
  if (!header || !context.binds(*header)) return Outcome::invalid();
  const Suite& suite = *find_suite(header->suite);
  if (nonce->size() != suite.nonce_size) return Outcome::invalid();
  if (typed->body.size() > limits->max_field) return error(SealedError::kTooLarge);
  if (!AeadContext::supports(suite.number)) return suite_not_built(suite);

  Octets plaintext(fields::plaintext_size(typed->body.size(), *padding));
  fields::write_plaintext(typed->type, typed->body, *padding, plaintext.data());
  const Octets aad = context.aad_bytes(*header);
  Octets compact(fields::compact_size(suite, plaintext.size()));
  fields::write_header(*header, compact.data());
  AeadContext aead;
  aead.set_dek(*dek);
  if (!aead.seal_with_nonce(suite.number, *nonce, aad, plaintext,
                            compact.data() + fields::kHeaderSize))
    return Outcome::error("INTERNAL");
  const fields::SealedValue value{*header, compact};
  return Outcome::of(json::Value()
                         .set("dek_id", hex(header->dek_id))
                         .set("aad", hex(aad))
                         .set("plaintext", hex(plaintext))
                         .set("compact", *write_carrier("compact", value, *hints))
                         .set("text", *write_carrier("text", value, *hints))
                         .set("json", *write_carrier("json", value, *hints))
                         .set("avro", *write_carrier("avro", value, *hints)));
}

Outcome run_open(const Arguments& in) {
  const auto carrier = in.text("carrier");
  const auto input = in.text("value");
  const auto keys = keys_of(in);
  const auto accepted = accept_list_of(in);
  const auto limits = limits_of(in);
  if (!carrier || !input || !keys || !accepted || !limits) return Outcome::invalid();
  const std::string marker = in.text("marker").value_or(std::string(fields::kDefaultMarker));

  const ReadCarrier read = read_carrier(*carrier, *input, marker, *limits);
  if (read.error != SealedError::kNone) return error(read.error);
  const fields::Header& header = read.value.header;
  if (accepted->check(header) != SealedError::kNone) return error(SealedError::kNotAccepted);
  const VectorContext context(in);
  const VectorKey* key = nullptr;
  const SealedError state = find_key(*keys, context.tenant(), header, key);
  if (state != SealedError::kNone) return error(state);
  if (!context.binds(header)) return Outcome::invalid();
  return open_value(in, read.value, *key, context.aad_bytes(header));
}

}  // namespace lethe::worker::cli
