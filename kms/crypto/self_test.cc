// SPDX-License-Identifier: Apache-2.0
//
// Answers: FIPS 180-2 ("abc"), RFC 4231 case 2, RFC 5869 case 1 (expand step), RFC 8032 test 2, and
// the worked examples 1 and 4 of the sealed value specification.

#include "kms/crypto/self_test.h"

#include <crypto++/cpu.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "kms/crypto/aead.h"
#include "kms/crypto/derive.h"
#include "kms/crypto/digest.h"
#include "kms/crypto/ed25519.h"
#include "kms/crypto/random.h"

namespace lethe::kms::crypto {
namespace {

using Octets = std::vector<std::uint8_t>;

Octets unhex(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  Octets out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    out.push_back(static_cast<std::uint8_t>(digit(text[i]) << 4 | digit(text[i + 1])));
  return out;
}

Bytes bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

template <class Computed>
bool is(const Computed& computed, std::string_view hex) {
  const Octets wanted = unhex(hex);
  return std::equal(computed.begin(), computed.end(), wanted.begin(), wanted.end());
}

std::array<std::uint8_t, 32> example_dek() {
  std::array<std::uint8_t, 32> dek;
  for (std::size_t i = 0; i < dek.size(); ++i) dek[i] = static_cast<std::uint8_t>(i);
  return dek;
}

bool digests_are_right() {
  return is(sha256({bytes("abc")}),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") &&
         is(hmac_sha256(bytes("Jefe"), {bytes("what do ya want "), bytes("for nothing?")}),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

bool derivations_are_right() {
  std::array<std::uint8_t, 42> okm;
  hkdf_expand(unhex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"),
              {unhex("f0f1f2f3f4f5f6f7f8f9")}, okm);
  return is(okm,
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
            "34007208d5b887185865") &&
         is(dek_id(example_dek(), "acme"), "ab170938978b01c19da9c550aa76145f");
}

struct SealExample {
  std::uint32_t suite;
  std::string_view aad, nonce, plaintext, sealed;
};

constexpr SealExample kA256GcmExample = {1,
                                         "45563100e1010001ab170938978b01c19da9c550aa76145f010000000"
                                         "461636d65030000001100020000047573657200"
                                         "0005656d61696c",
                                         "a0a1a2a3a4a5a6a7a8a9aaab",
                                         "0722616c696365406578616d706c652e636f6d22",
                                         "a0a1a2a3a4a5a6a7a8a9aaabe13a1d412ca867ff071de6be7716a5f01"
                                         "3c334323ad4cc1a7577e47a0828a8777b6dbf6"
                                         "3"};
constexpr SealExample kA128GcmExample = {
    5,
    "45563100e1050002ab170938978b01c19da9c550aa76145f010000000461636d6502000000066f7264657273030000"
    "0011"
    "000200000475736572000005656d61696c",
    "a0a1a2a3a4a5a6a7a8a9aaab", "03fffffffffffffffe",
    "a0a1a2a3a4a5a6a7a8a9aaab97f1d392556bbf9f54b4798aa6de10a8377a2140d6c0a3f70f"};

// Seals to the known answer, opens it again, and refuses it with one bit of the tag changed.
bool suite_is_right(const SealExample& example) {
  const Octets aad = unhex(example.aad);
  const Octets plaintext = unhex(example.plaintext);
  Octets sealed(unhex(example.sealed).size());
  AeadContext context;
  context.set_dek(example_dek());
  if (!context.seal_with_nonce(example.suite, unhex(example.nonce), aad, plaintext, sealed.data()))
    return false;
  Octets opened(plaintext.size());
  if (!is(sealed, example.sealed) || !context.open(example.suite, aad, sealed, opened.data()) ||
      opened != plaintext)
    return false;
  sealed.back() ^= 1;
  return !context.open(example.suite, aad, sealed, opened.data()) &&
         opened == Octets(plaintext.size());
}

// Signs to the known answer, and refuses it with one bit changed and for another message.
bool signatures_are_right() {
  constexpr std::string_view kKnown =
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
  const Octets seed = unhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
  const std::span<const std::uint8_t, 32> key(seed.data(), 32);
  const PublicKey public_key = ed25519_public_key(key);
  Signature signature = ed25519_sign(key, unhex("72"));
  if (!is(signature, kKnown) || !ed25519_verify(public_key, unhex("72"), signature)) return false;
  if (ed25519_verify(public_key, unhex("73"), signature)) return false;
  signature[0] ^= 1;
  return !ed25519_verify(public_key, unhex("72"), signature);
}

bool randomness_does_not_repeat() {
  std::array<std::uint8_t, 32> first, second;
  random_bytes(first);
  random_bytes(second);
  return first != second;
}

}  // namespace

Result<void> self_test() {
  const auto failed = [](std::string_view what) {
    return internal("cryptographic self test failed: " + std::string(what) +
                    " gave a wrong answer; do not use this build, reinstall it and its Crypto++");
  };
  if (!digests_are_right()) return failed("SHA-256 or HMAC");
  if (!derivations_are_right()) return failed("HKDF");
  if (!suite_is_right(kA256GcmExample)) return failed("AES-256-GCM");
  if (!suite_is_right(kA128GcmExample)) return failed("AES-128-GCM");
  if (!signatures_are_right()) return failed("Ed25519");
  if (!randomness_does_not_repeat()) return failed("the random generator");
  return {};
}

bool hardware_accelerated() noexcept {
  return CryptoPP::HasAESNI() && CryptoPP::HasCLMUL();
}

}  // namespace lethe::kms::crypto
