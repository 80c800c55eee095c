// SPDX-License-Identifier: Apache-2.0
//
// What can be wrong with a sealed value: the names of the specification, section 8, and no others.
// The first check that fails decides, so the name alone tells how far a value got.

#ifndef LETHE_FIELDS_SEALED_ERROR_H_
#define LETHE_FIELDS_SEALED_ERROR_H_

#include <cstdint>
#include <string_view>

namespace lethe::fields {

enum class [[nodiscard]] SealedError : std::uint8_t{
    kNone,         kNotEncrypted, kTooLarge,   kMalformed,        kUnsupported,     kNotAccepted,
    kKeyUnknown,   kKeyShredded,  kKeyBlocked, kStoreUnavailable, kInvalidArgument, kAuthFailed,
    kTypeMismatch,
};

// "NOT_ENCRYPTED", "MALFORMED" ...; "OK" for kNone.
constexpr std::string_view name(SealedError error) noexcept {
  constexpr std::string_view kNames[] = {
      "OK",           "NOT_ENCRYPTED",     "TOO_LARGE",        "MALFORMED",
      "UNSUPPORTED",  "NOT_ACCEPTED",      "KEY_UNKNOWN",      "KEY_SHREDDED",
      "KEY_BLOCKED",  "STORE_UNAVAILABLE", "INVALID_ARGUMENT", "AUTH_FAILED",
      "TYPE_MISMATCH"};
  return kNames[static_cast<std::uint8_t>(error)];
}

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_SEALED_ERROR_H_
