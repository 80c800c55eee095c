// SPDX-License-Identifier: Apache-2.0
#include "kms/journal/signer.h"

#include <algorithm>
#include <vector>

#include "kms/base64.h"
#include "kms/crypto/digest.h"
#include "kms/hex.h"
#include "lethe/utf8.h"

namespace lethe::kms::journal {
namespace {

constexpr std::uint8_t kEd25519 = 1;  // the signature type of signed notes
constexpr std::size_t kStoreDigits = 8;

// The spaces of Unicode beyond ASCII.
constexpr std::string_view kSpaces[] = {
    "\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81",
    "\xE2\x80\x82", "\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86",
    "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\xA8",
    "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"};

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

bool is_plain(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         std::string_view("._~-").find(c) != std::string_view::npos;
}

std::string escaped(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_plain(c)) {
      out += c;
    } else {
      out.append(1, '%').append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 15]);
    }
  }
  return out;
}

}  // namespace

KeyHash VerifierKey::hash() const {
  constexpr std::uint8_t kInfix[] = {'\n', kEd25519};
  const crypto::Digest digest = crypto::sha256({bytes_of(name), kInfix, key});
  KeyHash hash;
  std::copy_n(digest.begin(), hash.size(), hash.begin());
  return hash;
}

std::string VerifierKey::text() const {
  std::vector<std::uint8_t> bytes{kEd25519};
  bytes.insert(bytes.end(), key.begin(), key.end());
  return name + "+" + to_hex(hash()) + "+" + to_base64(bytes);
}

std::optional<VerifierKey> VerifierKey::parse(std::string_view text) {
  const std::size_t first = text.find('+');
  const std::size_t second = first == text.npos ? text.npos : text.find('+', first + 1);
  if (second == text.npos) return std::nullopt;
  VerifierKey parsed;
  KeyHash claimed;
  parsed.name = text.substr(0, first);
  const auto bytes = from_base64(text.substr(second + 1));
  if (!is_key_name(parsed.name) || !from_hex(text.substr(first + 1, second - first - 1), claimed) ||
      !bytes || bytes->size() != 1 + parsed.key.size() || bytes->front() != kEd25519)
    return std::nullopt;
  std::copy(bytes->begin() + 1, bytes->end(), parsed.key.begin());
  if (parsed.hash() != claimed) return std::nullopt;
  return parsed;
}

bool is_key_name(std::string_view text) {
  return !text.empty() && is_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '\x7f' || c == '+';
  }) && std::none_of(std::begin(kSpaces), std::end(kSpaces), [&](std::string_view space) {
    return text.find(space) != text.npos;
  });
}

std::string key_name(std::string_view tenant, std::string_view store_id) {
  return "lethe/" + escaped(tenant) + "/" + std::string(store_id.substr(0, kStoreDigits));
}

Signer::Signer(std::string name, std::span<const std::uint8_t, 32> seed)
    : seed_(seed), key_{std::move(name), crypto::ed25519_public_key(seed)} {}

crypto::Signature Signer::sign(std::string_view text) const {
  return crypto::ed25519_sign(seed_, bytes_of(text));
}

bool verify(const VerifierKey& key, std::string_view text, const crypto::Signature& signature) {
  return crypto::ed25519_verify(key.key, bytes_of(text), signature);
}

}  // namespace lethe::kms::journal
