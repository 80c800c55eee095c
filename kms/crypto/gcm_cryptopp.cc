// SPDX-License-Identifier: Apache-2.0
//
// Crypto++ asks its parameters for the IV by name; answering from the stack saves the two heap
// allocations of its AlgorithmParameters.

#include "kms/crypto/gcm_cryptopp.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace lethe::kms::crypto {
namespace {

class NonceParameter final : public CryptoPP::NameValuePairs {
 public:
  explicit NonceParameter(Nonce12 nonce) : nonce_(nonce) {}

  bool GetVoidValue(const char* name, const std::type_info& type, void* value) const override {
    if (std::strcmp(name, CryptoPP::Name::IV()) != 0) return false;
    ThrowIfTypeMismatch(name, typeid(CryptoPP::ConstByteArrayParameter), type);
    static_cast<CryptoPP::ConstByteArrayParameter*>(value)->Assign(nonce_.data(), nonce_.size(),
                                                                   false);
    return true;
  }

 private:
  Nonce12 nonce_;
};

// Crypto++ throws; callers of this folder get false. What it threw may quote nothing of ours.
template <class Call>
bool without_exceptions(Call&& call) noexcept {
  try {
    return call();
  } catch (const CryptoPP::Exception&) {
    return false;
  }
}

}  // namespace

void CryptoppGcm::set_key(std::span<const std::uint8_t> key) noexcept {
  std::copy(key.begin(), key.end(), key_.writable().begin());
  key_size_ = key.size();
  seals_ = opens_ = false;
}

void CryptoppGcm::forget() noexcept {
  constexpr std::array<std::uint8_t, 32> kZeros{};
  set_key(kZeros);
  static_cast<void>(without_exceptions([&] {
    start(sealer_, seals_, Nonce12(kZeros.data(), kGcmNonceSize));
    start(opener_, opens_, Nonce12(kZeros.data(), kGcmNonceSize));
    return true;
  }));
  key_size_ = 0;
}

template <class Cipher>
void CryptoppGcm::start(Cipher& cipher, bool& is_keyed, Nonce12 nonce) {
  if (is_keyed) {
    cipher.Resynchronize(nonce.data(), static_cast<int>(nonce.size()));
    return;
  }
  cipher.SetKey(key_.bytes().data(), key_size_, NonceParameter(nonce));
  is_keyed = true;
}

bool CryptoppGcm::seal(Nonce12 nonce, std::span<const std::uint8_t> aad,
                       std::span<const std::uint8_t> plaintext, std::uint8_t* out) noexcept {
  return key_size_ != 0 && without_exceptions([&] {
           start(sealer_, seals_, nonce);
           sealer_.Update(aad.data(), aad.size());
           sealer_.ProcessData(out, plaintext.data(), plaintext.size());
           sealer_.TruncatedFinal(out + plaintext.size(), kGcmTagSize);
           return true;
         });
}

bool CryptoppGcm::open(Nonce12 nonce, std::span<const std::uint8_t> aad,
                       std::span<const std::uint8_t> sealed, std::uint8_t* out) noexcept {
  if (key_size_ == 0 || sealed.size() < kGcmTagSize) return false;
  const std::size_t size = sealed.size() - kGcmTagSize;
  const bool authentic = without_exceptions([&] {
    start(opener_, opens_, nonce);
    opener_.Update(aad.data(), aad.size());
    opener_.ProcessData(out, sealed.data(), size);
    return opener_.TruncatedVerify(sealed.data() + size, kGcmTagSize);
  });
  // ProcessData has already written what it decrypted: an unauthentic plaintext must not stay.
  if (!authentic) wipe(out, size);
  return authentic;
}

}  // namespace lethe::kms::crypto
