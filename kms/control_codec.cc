// SPDX-License-Identifier: Apache-2.0
#include "kms/control_codec.h"

#include <algorithm>
#include <array>

#include "json/canonical.h"
#include "kms/crypto/aead.h"
#include "kms/crypto/random.h"

namespace lethe::kms::control {
namespace {

constexpr std::string_view kLabel("EV1 control\0", 12);
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;
constexpr std::size_t kCountSize = 4;

using Bytes = std::span<const std::uint8_t>;

Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

template <class T>
void put(std::uint8_t* out, T number) {
  for (std::size_t i = sizeof(T); i-- > 0; number = static_cast<T>(number >> 8))
    out[i] = static_cast<std::uint8_t>(number & 0xff);
}

template <class T>
T get(const std::uint8_t* bytes) {
  T number = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) number = static_cast<T>(number << 8 | bytes[i]);
  return number;
}

template <class T>
void append(std::string& text, T number) {
  std::array<std::uint8_t, sizeof(T)> bytes;
  put(bytes.data(), number);
  text.append(bytes.begin(), bytes.end());
}

const std::uint8_t* entry(Bytes table, std::uint32_t at) {
  return table.data() + kCountSize + std::size_t{at} * kKekEntrySize;
}

}  // namespace

std::string aad(std::string_view tenant, std::uint64_t epoch, std::string_view kind) {
  std::string text(kLabel);
  append(text, static_cast<std::uint16_t>(tenant.size()));
  text.append(tenant);
  append(text, epoch);
  text.append(kind);
  return text;
}

std::string seal_with_nonce(const crypto::Key& seal_key, std::span<const std::uint8_t, 12> nonce,
                            std::string_view additional, Bytes plaintext) {
  std::string sealed(nonce.begin(), nonce.end());
  sealed.resize(kNonceSize + plaintext.size() + kTagSize);
  auto* out = reinterpret_cast<std::uint8_t*>(sealed.data()) + kNonceSize;
  if (!crypto::gcm_seal(seal_key.bytes(), nonce, bytes_of(additional), plaintext, out))
    sealed.clear();
  return sealed;
}

std::string seal(const crypto::Key& seal_key, std::string_view additional, Bytes plaintext) {
  std::array<std::uint8_t, kNonceSize> nonce;
  crypto::random_bytes(nonce);
  return seal_with_nonce(seal_key, nonce, additional, plaintext);
}

std::size_t plaintext_size(std::string_view sealed) {
  constexpr std::size_t kOverhead = kNonceSize + kTagSize;
  return sealed.size() > kOverhead ? sealed.size() - kOverhead : 0;
}

bool open(const crypto::Key& seal_key, std::string_view additional, std::string_view sealed,
          std::span<std::uint8_t> plaintext) {
  if (plaintext.empty() || plaintext_size(sealed) != plaintext.size()) return false;
  const Bytes bytes = bytes_of(sealed);
  return crypto::gcm_open(seal_key.bytes(), bytes.first(kNonceSize), bytes_of(additional),
                          bytes.subspan(kNonceSize), plaintext.data());
}

void put_kek(std::span<std::uint8_t, kKekEntrySize> out, KekNumber number,
             std::span<const std::uint8_t, 32> kek) {
  put(out.data(), number.bucket);
  put(out.data() + 4, number.generation);
  std::copy(kek.begin(), kek.end(), out.begin() + 12);
}

std::optional<std::uint32_t> kek_count(Bytes table) {
  if (table.size() < kCountSize) return std::nullopt;
  const auto count = get<std::uint32_t>(table.data());
  if (table.size() - kCountSize != std::size_t{count} * kKekEntrySize) return std::nullopt;
  return count;
}

KekNumber kek_number(Bytes table, std::uint32_t at) {
  return {get<std::uint32_t>(entry(table, at)), get<std::uint64_t>(entry(table, at) + 4)};
}

std::span<const std::uint8_t, 32> kek_bytes(Bytes table, std::uint32_t at) {
  return std::span<const std::uint8_t, 32>(entry(table, at) + 12, 32);
}

std::string store_key() {
  return R"({"control":"store"})";
}

std::string epoch_key(std::string_view kind, std::uint64_t epoch) {
  json::Value key;
  key.set("control", kind).set("epoch", epoch);
  return json::canonical(key).value();
}

}  // namespace lethe::kms::control
