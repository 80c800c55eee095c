// SPDX-License-Identifier: Apache-2.0
//
// NameTag: a 128-bit name of (key name, suite) inside this process, so that the hot path needs no
// HMAC. It is SipHash-2-4-128 under a random key that is drawn at start, lives in a locked page and
// never leaves the process; tags are neither stored nor shown. Safe as an identity: SipHash is a
// pseudo-random function, so somebody who chooses key names but does not know the key cannot look
// for two names of one tag, and among n names two fall together by chance with n² / 2^129, for 2^30
// names 2^-69. What is stored and exported stays the HMAC of the specification. Thread-safe.

#ifndef LETHE_KMS_NAME_TAG_H_
#define LETHE_KMS_NAME_TAG_H_

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "kms/crypto/secret.h"
#include "kms/store/rows.h"

namespace lethe::kms {

using NameTag = store::Id<struct NameTagTag>;

// SipHash-2-4 with 128 bits of output.
NameTag siphash128(std::uint64_t key_low, std::uint64_t key_high, std::string_view text) noexcept;

class NameTagger {
 public:
  NameTagger();  // draws the key

  // The suite is mixed in behind the function: tags of one name differ by it, and tags of two names
  // meet no more likely than before. Never all zero in practice, which the cache reads as "no
  // name".
  NameTag tag(std::string_view name, std::uint32_t suite) const noexcept {
    NameTag tag = siphash128(key_[0], key_[1], name);
    tag.bytes[15] = static_cast<std::uint8_t>(tag.bytes[15] ^ suite);
    return tag;
  }

 private:
  crypto::SecretPage page_;
  std::span<std::uint64_t, 2> key_;
};

}  // namespace lethe::kms

#endif  // LETHE_KMS_NAME_TAG_H_
