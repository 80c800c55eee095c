// SPDX-License-Identifier: Apache-2.0
//
// Crypto++ asks its parameters for the IV by name; answering from the stack saves the two heap
// allocations of its AlgorithmParameters.

#include "kms/crypto/gcm.h"

#include <array>
#include <cstring>

#include "kms/crypto/digest.h"
#include "kms/crypto/secret.h"

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

}  // namespace

template <class Cipher>
void GcmKeyed<Cipher>::start(std::span<const std::uint8_t> key, Nonce12 nonce) {
  cipher_.SetKey(key.data(), key.size(), NonceParameter(nonce));
}

template <class Cipher>
void GcmKeyed<Cipher>::start(Nonce12 nonce) {
  cipher_.Resynchronize(nonce.data(), static_cast<int>(nonce.size()));
}

template <class Cipher>
void GcmKeyed<Cipher>::forget() {
  constexpr std::array<std::uint8_t, 32> kZeros{};
  start(kZeros, Nonce12(kZeros.data(), kGcmNonceSize));
}

template class GcmKeyed<CryptoPP::GCM<CryptoPP::AES>::Encryption>;
template class GcmKeyed<CryptoPP::GCM<CryptoPP::AES>::Decryption>;

void GcmSealer::seal(std::span<const std::uint8_t> aad, std::span<const std::uint8_t> plaintext,
                     std::uint8_t* out) {
  cipher_.Update(aad.data(), aad.size());
  cipher_.ProcessData(out, plaintext.data(), plaintext.size());
  cipher_.TruncatedFinal(out + plaintext.size(), kGcmTagSize);
}

bool GcmOpener::open(std::span<const std::uint8_t> aad, std::span<const std::uint8_t> sealed,
                     std::uint8_t* out) {
  if (sealed.size() < kGcmTagSize) return false;
  const std::size_t size = sealed.size() - kGcmTagSize;
  cipher_.Update(aad.data(), aad.size());
  cipher_.ProcessData(out, sealed.data(), size);
  // Compared here, since Crypto++'s TruncatedVerify keeps its tag on the heap.
  std::array<std::uint8_t, kGcmTagSize> tag;
  cipher_.TruncatedFinal(tag.data(), tag.size());
  const bool authentic = equal(tag, sealed.subspan(size));
  wipe(tag.data(), tag.size());  // of a forgery, the right tag is worth having
  // ProcessData has already written what it decrypted: an unauthentic plaintext must not stay.
  if (!authentic) wipe(out, size);
  return authentic;
}

}  // namespace lethe::kms::crypto
