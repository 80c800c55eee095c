// SPDX-License-Identifier: Apache-2.0
//
// NIST SP 800-38D with 12-byte nonces. GHASH is computed as POLYVAL on byte-reversed blocks (RFC
// 8452, appendix A): its product a * b * x^-128 needs no bit reversal, and the hash key is
// multiplied by x once instead.

#include "kms/crypto/gcm_aesni.h"

#include <cstddef>

#if defined(__x86_64__)
// Compiled with the instructions that is_supported() asks for (CMakeLists.txt).
#include <immintrin.h>

#include <cstring>

namespace lethe::kms::crypto {
namespace {

using Vector = __m128i;
using Schedule = AesniGcm::Schedule;
constexpr std::size_t kBlock = 16;
constexpr std::size_t kAtOnce = 4;  // blocks of key stream

Vector load(const void* at) noexcept {
  return _mm_loadu_si128(static_cast<const Vector*>(at));
}
void store(Vector block, void* at) noexcept {
  _mm_storeu_si128(static_cast<Vector*>(at), block);
}
Vector reversed(Vector block) noexcept {
  return _mm_shuffle_epi8(block,
                          _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
}

// ---- pieces of a block: n is 1 to 15 ------------------------------------------------------------

template <class Word>
std::uint64_t load_word(const std::uint8_t* at) noexcept {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word;
}
template <class Word>
void store_word(std::uint64_t word, std::uint8_t* at) noexcept {
  const Word low = static_cast<Word>(word);
  std::memcpy(at, &low, sizeof low);
}

// n bytes and zeros behind them, by words that overlap. Touches no byte that is not among them.
Vector load_piece(const std::uint8_t* at, std::size_t n) noexcept {
  std::uint64_t low = 0, high = 0;
  if (n >= 8) {
    low = load_word<std::uint64_t>(at);
    if (n != 8) high = load_word<std::uint64_t>(at + n - 8) >> (8 * (kBlock - n));
  } else if (n >= 4) {
    low = load_word<std::uint32_t>(at) | load_word<std::uint32_t>(at + n - 4) << (8 * (n - 4));
  } else {
    low = std::uint64_t{at[0]} | std::uint64_t{at[n / 2]} << (8 * (n / 2)) |
          std::uint64_t{at[n - 1]} << (8 * (n - 1));
  }
  return _mm_set_epi64x(static_cast<long long>(high), static_cast<long long>(low));
}

void store_piece(Vector block, std::uint8_t* at, std::size_t n) noexcept {
  const auto low = static_cast<std::uint64_t>(_mm_cvtsi128_si64(block));
  if (n >= 8) {
    const auto high = static_cast<std::uint64_t>(_mm_extract_epi64(block, 1));
    store_word<std::uint64_t>(low, at);
    for (std::size_t i = 8; i < n; ++i) at[i] = static_cast<std::uint8_t>(high >> (8 * (i - 8)));
  } else if (n >= 4) {
    store_word<std::uint32_t>(low, at);
    store_word<std::uint32_t>(low >> (8 * (n - 4)), at + n - 4);
  } else {
    at[0] = static_cast<std::uint8_t>(low);
    at[n / 2] = static_cast<std::uint8_t>(low >> (8 * (n / 2)));
    at[n - 1] = static_cast<std::uint8_t>(low >> (8 * (n - 1)));
  }
}

// The first n bytes of the block, zeros behind them.
Vector first_bytes(Vector block, std::size_t n) noexcept {
  const Vector places = _mm_set_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  return _mm_and_si128(block, _mm_cmplt_epi8(places, _mm_set1_epi8(static_cast<char>(n))));
}

// ---- AES ----------------------------------------------------------------------------------------

// FIPS 197, section 5.2, four words at a time: each word is the sum of those before it and of the
// substituted word, which comes as `added` in all four places.
Vector next_round_key(Vector key, Vector added) noexcept {
  key = _mm_xor_si128(key, _mm_slli_si128(key, 4));
  key = _mm_xor_si128(key, _mm_slli_si128(key, 8));
  return _mm_xor_si128(key, added);
}

// SubWord(RotWord(last word)) ^ constant, in all four places. With four equal columns the row shift
// of the last round moves nothing, and this instruction is faster than the one made for it.
Vector rotated_and_substituted(Vector key, int constant) noexcept {
  const Vector last = _mm_set_epi32(0x0c0f0e0d, 0x0c0f0e0d, 0x0c0f0e0d, 0x0c0f0e0d);
  return _mm_aesenclast_si128(_mm_shuffle_epi8(key, last), _mm_set1_epi32(constant));
}
Vector substituted(Vector key) noexcept {
  return _mm_aesenclast_si128(_mm_shuffle_epi32(key, 0xff), _mm_setzero_si128());
}

constexpr int kConstants[10] = {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x1b, 0x36};

void expand_128(const std::uint8_t* key, Schedule& schedule) noexcept {
  Vector last = load(key);
  store(last, &schedule.round_keys[0]);
  for (int i = 0; i < 10; ++i) {
    last = next_round_key(last, rotated_and_substituted(last, kConstants[i]));
    store(last, &schedule.round_keys[i + 1]);
  }
  schedule.rounds = 10;
}

void expand_256(const std::uint8_t* key, Schedule& schedule) noexcept {
  Vector even = load(key);
  Vector odd = load(key + kBlock);
  store(even, &schedule.round_keys[0]);
  store(odd, &schedule.round_keys[1]);
  for (int i = 0; i < 7; ++i) {
    even = next_round_key(even, rotated_and_substituted(odd, kConstants[i]));
    store(even, &schedule.round_keys[2 * i + 2]);
    if (i == 6) break;
    odd = next_round_key(odd, substituted(even));
    store(odd, &schedule.round_keys[2 * i + 3]);
  }
  schedule.rounds = 14;
}

// Rounds first to last, of a number that the compiler knows: without a loop.
template <int kFirst, int kLast, std::size_t N>
void run_rounds(const Schedule& schedule, Vector (&blocks)[N]) noexcept {
#pragma GCC unroll 16
  for (int round = kFirst; round <= kLast; ++round) {
    const Vector key = load(&schedule.round_keys[round]);
    for (Vector& block : blocks) block = _mm_aesenc_si128(block, key);
  }
}

template <std::size_t N>
void encrypt(const Schedule& schedule, Vector (&blocks)[N]) noexcept {
  const Vector first = load(&schedule.round_keys[0]);
  for (Vector& block : blocks) block = _mm_xor_si128(block, first);
  run_rounds<1, 9>(schedule, blocks);
  if (schedule.rounds == 14) run_rounds<10, 13>(schedule, blocks);
  const Vector last = load(&schedule.round_keys[schedule.rounds]);
  for (Vector& block : blocks) block = _mm_aesenclast_si128(block, last);
}

// ---- GHASH --------------------------------------------------------------------------------------

// A product of polynomials before its reduction: low, middle (to be added across), high.
struct Product {
  Vector low, middle, high;
};

Product multiplied(Vector a, Vector b) noexcept {
  return {_mm_clmulepi64_si128(a, b, 0x00),
          _mm_xor_si128(_mm_clmulepi64_si128(a, b, 0x01), _mm_clmulepi64_si128(a, b, 0x10)),
          _mm_clmulepi64_si128(a, b, 0x11)};
}

// times x^-128 modulo x^128 + x^127 + x^126 + x^121 + 1: two folds from below, 64 bits each.
Vector reduced(Product product) noexcept {
  const Vector polynomial = _mm_set_epi64x(0, static_cast<long long>(0xc200000000000000u));
  const auto fold = [&](Vector from, Vector into) {
    const Vector swapped = _mm_shuffle_epi32(from, 0x4e);
    const Vector folded = _mm_clmulepi64_si128(from, polynomial, 0x00);
    return _mm_xor_si128(into, _mm_xor_si128(swapped, folded));
  };
  return fold(fold(product.low, product.middle), product.high);
}

Vector dot(Vector a, Vector b) noexcept {
  return reduced(multiplied(a, b));
}

// times x, for the hash key: RFC 8452, appendix A.
Vector times_x(Vector key) noexcept {
  const Vector carries = _mm_srli_epi64(key, 63);
  const Vector shifted = _mm_or_si128(_mm_slli_epi64(key, 1), _mm_slli_si128(carries, 8));
  const Vector overflow = _mm_sub_epi64(_mm_setzero_si128(), _mm_srli_si128(carries, 8));
  const Vector all = _mm_unpacklo_epi64(overflow, overflow);
  const Vector polynomial =
      _mm_set_epi64x(static_cast<long long>(0xc200000000000000u), 0x0000000000000001);
  return _mm_xor_si128(shifted, _mm_and_si128(all, polynomial));
}

class Hash {
 public:
  explicit Hash(const Schedule& schedule) noexcept : powers_(schedule.powers) {}

  void add(Vector block) noexcept {
    blocks_[n_++] = reversed(block);
    if (n_ == AesniGcm::kPowers) multiply();
  }
  void add(std::span<const std::uint8_t> bytes) noexcept {
    const std::uint8_t* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= kBlock; at += kBlock, left -= kBlock) add(load(at));
    if (left != 0) add(load_piece(at, left));
  }
  Vector finish(std::size_t aad_size, std::size_t text_size) noexcept {
    blocks_[n_++] =
        _mm_set_epi64x(static_cast<long long>(8 * aad_size), static_cast<long long>(8 * text_size));
    multiply();
    return reversed(sum_);
  }

 private:
  // Horner's rule, n steps at once: each block meets the power of its place.
  __attribute__((noinline)) void multiply() noexcept {
    blocks_[0] = _mm_xor_si128(blocks_[0], sum_);
    Product all = multiplied(blocks_[0], load(&powers_[n_ - 1]));
    for (int i = 1; i < n_; ++i) {
      const Product one = multiplied(blocks_[i], load(&powers_[n_ - 1 - i]));
      all.low = _mm_xor_si128(all.low, one.low);
      all.middle = _mm_xor_si128(all.middle, one.middle);
      all.high = _mm_xor_si128(all.high, one.high);
    }
    sum_ = reduced(all);
    n_ = 0;
  }

  const AesniGcm::Block* powers_;
  Vector sum_ = _mm_setzero_si128();
  Vector blocks_[AesniGcm::kPowers];
  int n_ = 0;
};

// ---- counter mode -------------------------------------------------------------------------------

// The key stream of one message; its first block hides the tag.
class KeyStream {
 public:
  KeyStream(const Schedule& schedule, Nonce12 nonce) noexcept : schedule_(schedule) {
    counter_ = load_piece(nonce.data(), nonce.size());
    refill();
  }

  Vector next() noexcept {
    if (used_ == kAtOnce) refill();
    return blocks_[used_++];
  }

 private:
  void refill() noexcept {
    for (Vector& block : blocks_)
      block = _mm_insert_epi32(counter_, static_cast<int>(__builtin_bswap32(++number_)), 3);
    encrypt(schedule_, blocks_);
    used_ = 0;
  }

  const Schedule& schedule_;
  Vector counter_;  // the nonce; the number goes behind it
  std::uint32_t number_ = 0;
  Vector blocks_[kAtOnce];
  std::size_t used_ = 0;
};

}  // namespace

bool AesniGcm::is_supported() noexcept {
  static const bool supported = __builtin_cpu_supports("aes") && __builtin_cpu_supports("pclmul") &&
                                __builtin_cpu_supports("sse4.1");
  return supported;
}

void AesniGcm::set_key(std::span<const std::uint8_t> key) noexcept {
  key.size() == 32 ? expand_256(key.data(), schedule_) : expand_128(key.data(), schedule_);
  Vector zero[1] = {_mm_setzero_si128()};
  encrypt(schedule_, zero);
  const Vector h = times_x(reversed(zero[0]));
  const Vector h2 = dot(h, h);
  const Vector h3 = dot(h2, h), h4 = dot(h2, h2);
  const Vector powers[kPowers] = {h, h2, h3, h4, dot(h4, h), dot(h4, h2), dot(h4, h3), dot(h4, h4)};
  for (int i = 0; i < kPowers; ++i) store(powers[i], &schedule_.powers[i]);
}

void AesniGcm::seal(Nonce12 nonce, std::span<const std::uint8_t> aad,
                    std::span<const std::uint8_t> plaintext, std::uint8_t* out) const noexcept {
  KeyStream stream(schedule_, nonce);
  const Vector mask = stream.next();
  Hash hash(schedule_);
  hash.add(aad);
  const std::uint8_t* at = plaintext.data();
  std::size_t left = plaintext.size();
  for (; left >= kBlock; at += kBlock, out += kBlock, left -= kBlock) {
    const Vector block = _mm_xor_si128(load(at), stream.next());
    store(block, out);
    hash.add(block);
  }
  if (left != 0) {
    const Vector block = first_bytes(_mm_xor_si128(load_piece(at, left), stream.next()), left);
    store_piece(block, out, left);
    hash.add(block);
    out += left;
  }
  store(_mm_xor_si128(mask, hash.finish(aad.size(), plaintext.size())), out);
}

bool AesniGcm::open(Nonce12 nonce, std::span<const std::uint8_t> aad,
                    std::span<const std::uint8_t> sealed, std::uint8_t* out) const noexcept {
  if (sealed.size() < kGcmTagSize) return false;
  const std::span<const std::uint8_t> ciphertext = sealed.first(sealed.size() - kGcmTagSize);
  KeyStream stream(schedule_, nonce);
  const Vector mask = stream.next();
  Hash hash(schedule_);
  hash.add(aad);
  hash.add(ciphertext);
  const Vector tag = _mm_xor_si128(mask, hash.finish(aad.size(), ciphertext.size()));
  const Vector wrong = _mm_xor_si128(tag, load(ciphertext.data() + ciphertext.size()));
  if (_mm_testz_si128(wrong, wrong) == 0) {
    wipe(out, ciphertext.size());
    return false;
  }
  const std::uint8_t* at = ciphertext.data();
  std::size_t left = ciphertext.size();
  for (; left >= kBlock; at += kBlock, out += kBlock, left -= kBlock)
    store(_mm_xor_si128(load(at), stream.next()), out);
  if (left != 0) store_piece(_mm_xor_si128(load_piece(at, left), stream.next()), out, left);
  return true;
}

}  // namespace lethe::kms::crypto

#else

namespace lethe::kms::crypto {

bool AesniGcm::is_supported() noexcept {
  return false;
}
void AesniGcm::set_key(std::span<const std::uint8_t>) noexcept {}
void AesniGcm::seal(Nonce12, std::span<const std::uint8_t>, std::span<const std::uint8_t>,
                    std::uint8_t*) const noexcept {}
bool AesniGcm::open(Nonce12, std::span<const std::uint8_t>, std::span<const std::uint8_t>,
                    std::uint8_t*) const noexcept {
  return false;
}

}  // namespace lethe::kms::crypto

#endif
