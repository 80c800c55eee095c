// SPDX-License-Identifier: Apache-2.0
//
// Project Wycheproof: thousands of edge cases that broke real libraries. Read from the folder in
// LETHE_WYCHEPROOF or from ../shared beside the tree; skipped, visibly, where neither exists.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "json/json.h"
#include "kms/crypto/aead.h"
#include "kms/crypto/digest.h"
#include "kms/crypto/gcm_aesni.h"
#include "kms/crypto/gcm_cryptopp.h"
#include "tests/support/hex.h"

namespace lethe::kms::crypto {
namespace {

using test::Octets;

std::filesystem::path folder() {
  if (const char* named = std::getenv("LETHE_WYCHEPROOF")) return named;
  return std::filesystem::path(LETHE_SOURCE_DIR) / "../shared/wycheproof/testvectors_v1";
}

struct Vector {
  const json::Value& group;
  const json::Value& test;

  Octets bytes(std::string_view name) const { return test::unhex(*test.find(name)->string()); }
  std::uint64_t number(std::string_view name) const { return *test.find(name)->unsigned_integer(); }
  std::uint64_t of_group(std::string_view name) const {
    return *group.find(name)->unsigned_integer();
  }
  bool is_valid() const { return *test.find("result")->string() == "valid"; }
};

// Calls `run`, which says whether the vector was in our scope, and requires at least `least` such.
void for_each(const std::string& file, int least, const std::function<bool(const Vector&)>& run) {
  const std::filesystem::path path = folder() / file;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) GTEST_SKIP() << "no " << path << "; set LETHE_WYCHEPROOF to testvectors_v1";
  const Result<json::Value> vectors =
      json::parse(std::string((std::istreambuf_iterator<char>(stream)), {}));
  ASSERT_TRUE(vectors.has_value());
  int ran = 0;
  for (const json::Value& group : *vectors->find("testGroups")->array())
    for (const json::Value& test : *group.find("tests")->array()) {
      SCOPED_TRACE(file + " tcId " + std::to_string(*test.find("tcId")->unsigned_integer()));
      if (run({group, test})) ++ran;
    }
  EXPECT_GE(ran, least);
}

// Both implementations, whatever this processor would choose.
template <class Gcm>
void seals_and_opens() {
  Gcm gcm;
  for_each("aes_gcm_test.json", 100, [&](const Vector& vector) {
    const Octets key = vector.bytes("key"), iv = vector.bytes("iv"), aad = vector.bytes("aad"),
                 message = vector.bytes("msg");
    if (iv.size() != kGcmNonceSize || vector.of_group("tagSize") != 128 || key.size() == 24)
      return false;
    const Nonce12 nonce(iv.data(), kGcmNonceSize);
    Octets expected = vector.bytes("ct");
    const Octets tag = vector.bytes("tag");
    expected.insert(expected.end(), tag.begin(), tag.end());

    Octets sealed(message.size() + kGcmTagSize), opened(message.size());
    gcm.set_key(key);
    gcm.seal(nonce, aad, message, sealed.data());
    EXPECT_EQ(sealed == expected, vector.is_valid());
    EXPECT_EQ(gcm.open(nonce, aad, expected, opened.data()), vector.is_valid());
    EXPECT_EQ(opened, vector.is_valid() ? message : Octets(message.size(), 0));
    return true;
  });
}

TEST(Wycheproof, AesGcmOfCryptoppSealsAndOpens) {
  seals_and_opens<CryptoppGcm>();
}

TEST(Wycheproof, AesGcmOfTheProcessorSealsAndOpens) {
  if (!AesniGcm::is_supported()) GTEST_SKIP() << "this processor lacks AES-NI or PCLMULQDQ";
  seals_and_opens<AesniGcm>();
}

TEST(Wycheproof, AesGcmWrapsUnderAGivenKey) {
  for_each("aes_gcm_test.json", 30, [&](const Vector& vector) {
    const Octets key = vector.bytes("key"), iv = vector.bytes("iv"), aad = vector.bytes("aad"),
                 message = vector.bytes("msg");
    if (key.size() != 32 || vector.of_group("tagSize") != 128) return false;
    const std::span<const std::uint8_t, 32> key32(key.data(), 32);
    Octets expected = vector.bytes("ct");
    const Octets tag = vector.bytes("tag");
    expected.insert(expected.end(), tag.begin(), tag.end());
    Octets sealed(message.size() + kGcmTagSize), opened(message.size());
    // Nonces of other sizes are not ours to judge: they are refused.
    const bool ours = iv.size() == kGcmNonceSize;
    EXPECT_EQ(gcm_seal(key32, iv, aad, message, sealed.data()), ours);
    EXPECT_EQ(gcm_open(key32, iv, aad, expected, opened.data()), ours && vector.is_valid());
    if (!ours) return false;
    EXPECT_EQ(sealed == expected, vector.is_valid());
    return true;
  });
}

TEST(Wycheproof, HkdfSha256Expands) {
  for_each("hkdf_sha256_test.json", 50, [&](const Vector& vector) {
    if (!vector.is_valid()) return false;  // more than 255 blocks: outside our contract
    Octets salt = vector.bytes("salt");
    if (salt.empty()) salt.resize(32);  // RFC 5869: no salt is a string of zeros
    const Octets input = vector.bytes("ikm"), info = vector.bytes("info");
    Octets out(vector.number("size"));
    hkdf_expand(hmac_sha256(salt, {input}), {info}, out);
    EXPECT_EQ(out, vector.bytes("okm"));
    return true;
  });
}

TEST(Wycheproof, HmacSha256AuthenticatesAndRefuses) {
  for_each("hmac_sha256_test.json", 100, [&](const Vector& vector) {
    const Octets message = vector.bytes("msg");
    const Digest digest = hmac_sha256(vector.bytes("key"), {message});
    const auto tag = std::span<const std::uint8_t>(digest).first(vector.of_group("tagSize") / 8);
    EXPECT_EQ(equal(tag, vector.bytes("tag")), vector.is_valid());
    return true;
  });
}

}  // namespace
}  // namespace lethe::kms::crypto
