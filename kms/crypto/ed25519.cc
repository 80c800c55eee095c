// SPDX-License-Identifier: Apache-2.0
#include "kms/crypto/ed25519.h"

#include <crypto++/rng.h>
#include <crypto++/xed25519.h>

#include <algorithm>

namespace lethe::kms::crypto {
namespace {

// L = 2^252 + 27742317777372353535851937790883648493, little-endian as S is.
constexpr std::array<std::uint8_t, 32> kGroupOrder = {
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};

bool is_below_group_order(std::span<const std::uint8_t, 32> scalar) {
  return std::lexicographical_compare(scalar.rbegin(), scalar.rend(), kGroupOrder.rbegin(),
                                      kGroupOrder.rend());
}

}  // namespace

PublicKey ed25519_public_key(std::span<const std::uint8_t, 32> seed) {
  const CryptoPP::ed25519Signer signer(seed.data());
  const auto& key = static_cast<const CryptoPP::ed25519PrivateKey&>(signer.GetPrivateKey());
  PublicKey out;
  std::copy_n(key.GetPublicKeyBytePtr(), out.size(), out.begin());
  return out;
}

Signature ed25519_sign(std::span<const std::uint8_t, 32> seed,
                       std::span<const std::uint8_t> message) {
  const CryptoPP::ed25519Signer signer(seed.data());
  Signature signature;
  // Deterministic: the generator is never asked.
  signer.SignMessage(CryptoPP::NullRNG(), message.data(), message.size(), signature.data());
  return signature;
}

bool ed25519_verify(const PublicKey& key, std::span<const std::uint8_t> message,
                    const Signature& signature) {
  if (!is_below_group_order(std::span(signature).last<32>())) return false;
  const CryptoPP::ed25519Verifier verifier(key.data());
  return verifier.VerifyMessage(message.data(), message.size(), signature.data(), signature.size());
}

}  // namespace lethe::kms::crypto
