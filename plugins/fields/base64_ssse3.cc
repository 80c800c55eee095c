// SPDX-License-Identifier: Apache-2.0
//
// After Wojciech Mula and Daniel Lemire, "Faster Base64 Encoding and Decoding Using AVX2
// Instructions" (2018), for the URL alphabet.

#include "plugins/fields/base64_ssse3.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <cstring>

#define LETHE_SSSE3 __attribute__((target("ssse3")))

namespace lethe::fields::ssse3 {
namespace {

bool is_supported() noexcept {
  return __builtin_cpu_supports("ssse3") != 0;
}

// 12 bytes, of a register that holds 16, to 16 numbers below 64.
LETHE_SSSE3 __m128i split(__m128i bytes) noexcept {
  const __m128i in =
      _mm_shuffle_epi8(bytes, _mm_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10));
  const __m128i outer =
      _mm_mulhi_epu16(_mm_and_si128(in, _mm_set1_epi32(0x0fc0fc00)), _mm_set1_epi32(0x04000040));
  const __m128i inner =
      _mm_mullo_epi16(_mm_and_si128(in, _mm_set1_epi32(0x003f03f0)), _mm_set1_epi32(0x01000010));
  return _mm_or_si128(outer, inner);
}

// Number to character: what is added depends on the range, which is numbered 0 (lower case), 1 to
// 12 (one for each of the rest) or 13 (upper case).
LETHE_SSSE3 __m128i spelled(__m128i numbers) noexcept {
  const __m128i is_upper = _mm_cmpgt_epi8(_mm_set1_epi8(26), numbers);
  const __m128i range = _mm_or_si128(_mm_subs_epu8(numbers, _mm_set1_epi8(51)),
                                     _mm_and_si128(is_upper, _mm_set1_epi8(13)));
  constexpr char kDigit = '0' - 52;
  const __m128i added =
      _mm_setr_epi8('a' - 26, kDigit, kDigit, kDigit, kDigit, kDigit, kDigit, kDigit, kDigit,
                    kDigit, kDigit, '-' - 62, '_' - 63, 'A', 0, 0);
  return _mm_add_epi8(numbers, _mm_shuffle_epi8(added, range));
}

// Whether all 16 characters are in the alphabet: bit h of the low nibble's entry stands if the
// character of high nibble h is, and the high nibble chooses the bit. None from 0x80 on has one.
LETHE_SSSE3 bool are_valid(__m128i low, __m128i high) noexcept {
  const auto of = [](int bits) { return static_cast<char>(bits); };
  constexpr int kLetters = 1 << 4 | 1 << 6, kUpToZ = 1 << 5 | 1 << 7, kDigit = 1 << 3;
  const char nine = of(kDigit | kLetters | kUpToZ), rest = of(kLetters);
  const __m128i places = _mm_setr_epi8(of(kDigit | kUpToZ), nine, nine, nine, nine, nine, nine,
                                       nine, nine, nine, of(kLetters | kUpToZ), rest, rest,
                                       of(kLetters | 1 << 2), rest, of(kLetters | 1 << 5));
  const __m128i bits = _mm_setr_epi8(1, 2, 4, 8, 16, 32, 64, of(128), 0, 0, 0, 0, 0, 0, 0, 0);
  const __m128i found = _mm_and_si128(_mm_shuffle_epi8(places, low), _mm_shuffle_epi8(bits, high));
  return _mm_movemask_epi8(_mm_cmpeq_epi8(found, _mm_setzero_si128())) == 0;
}

// Valid characters to numbers: what is added depends on the high nibble, but '_' stands among the
// capitals.
LETHE_SSSE3 __m128i numbers_of(__m128i text, __m128i high) noexcept {
  const __m128i added = _mm_setr_epi8(0, 0, 62 - '-', 52 - '0', -'A', -'A', 26 - 'a', 26 - 'a', 0,
                                      0, 0, 0, 0, 0, 0, 0);
  const __m128i is_low_line = _mm_cmpeq_epi8(text, _mm_set1_epi8('_'));
  const __m128i more = _mm_and_si128(is_low_line, _mm_set1_epi8(63 - '_' + 'A'));
  return _mm_add_epi8(_mm_add_epi8(text, _mm_shuffle_epi8(added, high)), more);
}

// 16 numbers below 64 to 12 bytes.
LETHE_SSSE3 __m128i joined(__m128i numbers) noexcept {
  const __m128i pairs = _mm_maddubs_epi16(numbers, _mm_set1_epi32(0x01400140));
  const __m128i fours = _mm_madd_epi16(pairs, _mm_set1_epi32(0x00011000));
  return _mm_shuffle_epi8(fours,
                          _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1));
}

LETHE_SSSE3 std::size_t encode_groups(std::span<const std::uint8_t> bytes, char* out) noexcept {
  std::size_t done = 0;
  const std::uint8_t* in = bytes.data();
  for (std::size_t left = bytes.size(); left >= 16; left -= 12, in += 12, out += 16, ++done)
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out),
                     spelled(split(_mm_loadu_si128(reinterpret_cast<const __m128i*>(in)))));
  return done;
}

LETHE_SSSE3 std::size_t decode_groups(std::string_view text, std::uint8_t* out) noexcept {
  std::size_t done = 0;
  const char* in = text.data();
  for (std::size_t left = text.size(); left >= 16; left -= 16, in += 16, out += 12, ++done) {
    const __m128i characters = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in));
    const __m128i nibble = _mm_set1_epi8(0x0f);
    const __m128i high = _mm_and_si128(_mm_srli_epi32(characters, 4), nibble);
    if (!are_valid(_mm_and_si128(characters, nibble), high)) break;
    const __m128i bytes = joined(numbers_of(characters, high));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out), bytes);
    const int last = _mm_cvtsi128_si32(_mm_srli_si128(bytes, 8));
    std::memcpy(out + 8, &last, sizeof last);
  }
  return done;
}

}  // namespace

std::size_t encode(std::span<const std::uint8_t> bytes, char* out) noexcept {
  return is_supported() ? encode_groups(bytes, out) : 0;
}

std::size_t decode(std::string_view text, std::uint8_t* out) noexcept {
  return is_supported() ? decode_groups(text, out) : 0;
}

}  // namespace lethe::fields::ssse3

#else

namespace lethe::fields::ssse3 {

std::size_t encode(std::span<const std::uint8_t>, char*) noexcept {
  return 0;
}
std::size_t decode(std::string_view, std::uint8_t*) noexcept {
  return 0;
}

}  // namespace lethe::fields::ssse3

#endif
