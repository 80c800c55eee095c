// SPDX-License-Identifier: Apache-2.0

#include "worker/cli/selftest_context.h"

#include "kms/crypto/digest.h"
#include "plugins/fields/path.h"
#include "worker/cli/selftest_operations.h"

namespace lethe::worker::cli {

VectorContext::VectorContext(const Arguments& in) {
  const json::Value* value = in.given("context");
  if (value == nullptr) return;  // nothing is given
  const Arguments context(*value);
  read_text(context, "tenant", tenant_);
  read_text(context, "dataset", dataset_);
  read_text(context, "subject", subject_);
  read_path(context);
  read_record_key(context);
}

void VectorContext::read_text(const Arguments& context, std::string_view name, std::string& text) {
  if (context.given(name) == nullptr) return;
  const auto found = context.text(name);
  sound_ = sound_ && found && !found->empty();
  text = found.value_or("");
}

void VectorContext::read_path(const Arguments& context) {
  if (context.given("path") == nullptr) return;
  const auto text = context.text("path");
  const Result<fields::Path> path =
      text ? fields::parse_path(*text) : Result<fields::Path>(bad_config("path is no text"));
  sound_ = sound_ && path.has_value();
  if (path) path_ = fields::encode_path(*path);
}

// Here null has a meaning of its own: a record without key.
void VectorContext::read_record_key(const Arguments& context) {
  if (!context.has("record_key")) return;
  if (context.given("record_key") == nullptr) {
    record_key_ = fields::RecordKey::kAbsent;
    return;
  }
  const auto key = context.bytes("record_key");
  sound_ = sound_ && key.has_value();
  if (!key) return;
  record_key_ = fields::RecordKey::kPresent;
  record_key_sha256_ = kms::crypto::sha256({*key});
}

fields::AadContext VectorContext::aad() const {
  return {tenant_, dataset_, path_, subject_, record_key_, record_key_sha256_};
}

bool VectorContext::binds(const fields::Header& header) const {
  return sound_ && fields::check_context(header, aad()) == fields::SealedError::kNone;
}

Octets VectorContext::aad_bytes(const fields::Header& header) const {
  Octets bytes(fields::aad_size(header, aad()));
  fields::write_aad(header, aad(), bytes.data());
  return bytes;
}

Outcome run_path(const Arguments& in) {
  const auto text = in.text("text");
  if (!text) return Outcome::invalid();
  const Result<fields::Path> path = fields::parse_path(*text);
  if (!path) return Outcome::invalid();
  return Outcome::of(json::Value().set("encoded", hex(bytes_of(fields::encode_path(*path)))));
}

Outcome run_aad(const Arguments& in) {
  const auto bytes = in.array<fields::kHeaderSize>("header");
  if (!bytes || (*bytes)[0] != fields::kVersion1) return Outcome::invalid();
  fields::Header header;
  header.suite = (*bytes)[1];
  header.flags = (*bytes)[2];
  header.profile = (*bytes)[3];
  std::copy_n(bytes->begin() + 4, header.dek_id.size(), header.dek_id.begin());
  const fields::SealedError error = fields::check_header(header);
  if (error != fields::SealedError::kNone) return Outcome::error(fields::name(error));
  const VectorContext context(in);
  if (!context.binds(header)) return Outcome::invalid();
  return Outcome::of(json::Value().set("aad", hex(context.aad_bytes(header))));
}

}  // namespace lethe::worker::cli
