// SPDX-License-Identifier: Apache-2.0
//
// HMAC is written out over SHA-256: Crypto++'s own HMAC class keeps its buffers on the heap, and
// suite keys are derived on the way of a record.

#include "kms/crypto/digest.h"

#include <crypto++/misc.h>
#include <crypto++/sha.h>

#include <algorithm>
#include <cstring>

#include "kms/crypto/secret.h"

namespace lethe::kms::crypto {
namespace {

using Parts = std::initializer_list<std::span<const std::uint8_t>>;
using Block = std::array<std::uint8_t, 64>;

void update(CryptoPP::SHA256& hash, std::span<const std::uint8_t> part) {
  if (!part.empty()) hash.Update(part.data(), part.size());
}

// The two states of HMAC after their key blocks.
class Hmac {
 public:
  explicit Hmac(std::span<const std::uint8_t> key) {
    Block block{};
    if (key.size() > block.size()) {
      inner_.CalculateDigest(block.data(), key.data(), key.size());
    } else {
      std::copy(key.begin(), key.end(), block.begin());
    }
    for (std::uint8_t& byte : block) byte ^= 0x36;
    inner_.Update(block.data(), block.size());
    for (std::uint8_t& byte : block) byte ^= 0x36 ^ 0x5c;
    outer_.Update(block.data(), block.size());
    wipe(block.data(), block.size());
  }
  void add(std::span<const std::uint8_t> part) { update(inner_, part); }
  Digest finish() {
    Digest digest;
    inner_.Final(digest.data());
    outer_.Update(digest.data(), digest.size());
    outer_.Final(digest.data());
    return digest;
  }

 private:
  CryptoPP::SHA256 inner_;
  CryptoPP::SHA256 outer_;
};

}  // namespace

Digest sha256(Parts parts) noexcept {
  CryptoPP::SHA256 hash;
  for (const auto& part : parts) update(hash, part);
  Digest digest;
  hash.Final(digest.data());
  return digest;
}

Digest hmac_sha256(std::span<const std::uint8_t> key, Parts parts) noexcept {
  Hmac hmac(key);
  for (const auto& part : parts) hmac.add(part);
  return hmac.finish();
}

void hkdf_expand(std::span<const std::uint8_t> prk, Parts info,
                 std::span<std::uint8_t> out) noexcept {
  Digest block{};
  std::size_t done = 0;
  for (std::uint8_t counter = 1; done < out.size(); ++counter) {
    Hmac hmac(prk);
    if (done != 0) hmac.add(block);
    for (const auto& part : info) hmac.add(part);
    hmac.add({&counter, 1});
    block = hmac.finish();
    const std::size_t size = std::min(block.size(), out.size() - done);
    std::memcpy(out.data() + done, block.data(), size);
    done += size;
  }
  wipe(block.data(), block.size());
}

bool equal(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) noexcept {
  if (a.size() != b.size()) return false;
  return a.empty() || CryptoPP::VerifyBufsEqual(a.data(), b.data(), a.size());
}

}  // namespace lethe::kms::crypto
