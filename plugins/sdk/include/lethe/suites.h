// SPDX-License-Identifier: Apache-2.0
//
// The suites of the sealed value specification, section 2: numbers, names and lengths. A table of
// public constants, shared by those who spell sealed values and those who do the cryptography.

#ifndef LETHE_SUITES_H_
#define LETHE_SUITES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lethe {

struct Suite {
  std::uint8_t number;
  std::string_view alg;    // in carriers
  std::string_view name;   // in configuration
  std::size_t nonce_size;  // bytes
  std::size_t tag_size;    // bytes
  std::size_t key_size;    // bytes of the suite key
  std::string_view label;  // HKDF label without its final zero byte; empty: the DEK itself
  bool shared_allowed;     // the shared-DEK flag is legal
  bool built;              // this build can seal and open with it
};

inline constexpr std::uint8_t kA256Gcm = 1;
inline constexpr std::uint8_t kA128Gcm = 5;
inline constexpr std::uint8_t kDeterministicSuite = 3;
inline constexpr std::size_t kTagSize = 16;
inline constexpr std::size_t kMaxNonceSize = 24;

inline constexpr std::array<Suite, 10> kSuites = {{
    {1, "A256GCM", "AES256_GCM", 12, 16, 32, "", false, true},
    {2, "XAES-256-GCM", "XAES256_GCM", 24, 16, 32, "", true, false},
    {3, "A256SIV", "AES256_SIV", 0, 16, 64, "EV1 siv", true, false},
    {4, "XC20P", "XCHACHA20_POLY1305", 24, 16, 32, "", true, false},
    {5, "A128GCM", "AES128_GCM", 12, 16, 16, "EV1 a128gcm", false, true},
    {6, "A128EAX", "AES128_EAX", 16, 16, 16, "EV1 a128eax", false, false},
    {7, "A256EAX", "AES256_EAX", 16, 16, 32, "EV1 a256eax", false, false},
    {8, "A128CTR-HS256", "AES128_CTR_HMAC_SHA256", 16, 16, 48, "EV1 a128ctr-hs256", false, false},
    {9, "A256CTR-HS256", "AES256_CTR_HMAC_SHA256", 16, 16, 64, "EV1 a256ctr-hs256", false, false},
    {10, "C20P", "CHACHA20_POLY1305", 12, 16, 32, "EV1 c20p", false, false},
}};

// The suite of that number, or nullptr.
constexpr const Suite* find_suite(std::uint32_t number) noexcept {
  return number >= 1 && number <= kSuites.size() ? &kSuites[number - 1] : nullptr;
}

// By configuration name ("AES256_GCM") or by carrier name ("A256GCM"); nullptr when unknown.
constexpr const Suite* find_suite_by_name(std::string_view name) noexcept {
  for (const Suite& suite : kSuites)
    if (suite.name == name) return &suite;
  return nullptr;
}
constexpr const Suite* find_suite_by_alg(std::string_view alg) noexcept {
  for (const Suite& suite : kSuites)
    if (suite.alg == alg) return &suite;
  return nullptr;
}

}  // namespace lethe

#endif  // LETHE_SUITES_H_
