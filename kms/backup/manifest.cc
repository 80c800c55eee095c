// SPDX-License-Identifier: Apache-2.0
#include "kms/backup/manifest.h"

#include <algorithm>
#include <iterator>

#include "json/canonical.h"
#include "json/json.h"
#include "kms/base64.h"
#include "kms/hex.h"

namespace lethe::kms::backup {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::string_view kLabel("EV1 backup\0", 11);
constexpr std::uint8_t kLineFeed[] = {'\n'};

std::string text_of(const json::Value& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value == nullptr || value->string() == nullptr ? std::string() : *value->string();
}

Result<json::Value> members_of(const Manifest& manifest) {
  json::Value rows;
  for (std::size_t i = 0; i < manifest.counts.size(); ++i)
    rows.set(kRowNames[i], manifest.counts[i]);
  json::Value value;
  value.set("manifest", kVersion).set("rows", std::move(rows));
  return value.set("hash", to_hex(manifest.hash)).set("signer", manifest.signer);
}

}  // namespace

void LineHash::add(std::string_view line) {
  value_ = crypto::sha256(
      {value_, {reinterpret_cast<const std::uint8_t*>(line.data()), line.size()}, kLineFeed});
}

Result<std::string> write_manifest(const Manifest& manifest, const journal::Signer& signer) {
  json::Value value = LETHE_TRY(members_of(manifest));
  const std::string part = std::string(kLabel) + LETHE_TRY(json::canonical(value));
  value.set("sig", to_base64(signer.sign(part)));
  return json::canonical(value);
}

std::optional<SignedManifest> read_manifest(std::string_view line) {
  const auto value = json::parse(line);
  const json::Value* rows = value ? value->find("rows") : nullptr;
  const json::Value* version = value ? value->find("manifest") : nullptr;
  if (rows == nullptr || version == nullptr || version->integer() != kVersion) return std::nullopt;
  SignedManifest read;
  for (std::size_t i = 0; i < read.manifest.counts.size(); ++i) {
    const json::Value* count = rows->find(kRowNames[i]);
    const auto number = count == nullptr ? std::nullopt : count->unsigned_integer();
    if (!number) return std::nullopt;
    read.manifest.counts[i] = *number;
  }
  read.manifest.signer = text_of(*value, "signer");
  const auto signature = from_base64(text_of(*value, "sig"));
  if (!from_hex(text_of(*value, "hash"), read.manifest.hash) || !signature ||
      signature->size() != read.signature.size())
    return std::nullopt;
  std::copy(signature->begin(), signature->end(), read.signature.begin());
  const auto part = json::canonical(members_of(read.manifest).value());
  if (!part) return std::nullopt;
  read.signed_part = std::string(kLabel) + *part;
  return read;
}

}  // namespace lethe::kms::backup
