// SPDX-License-Identifier: Apache-2.0
//
// The sealed value of the specification, sections 1, 7 and 8: one encrypted field and its four
// spellings. Whatever the carrier, reading ends in a SealedValue: a view of the compact form
// header ‖ nonce ‖ ciphertext ‖ tag, in the input itself or in a buffer of the caller. Writing goes
// from compact form to carrier. Since nothing but the spelling differs, a carrier is rewritten into
// another without a key.
//
// Readers apply steps 1 to 6 of section 8 in their order. On the way of every record: no allocation
// but for JSON strings with escapes. Functions without state; any thread.

#ifndef LETHE_FIELDS_SEALED_VALUE_H_
#define LETHE_FIELDS_SEALED_VALUE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "lethe/suites.h"
#include "plugins/fields/sealed_error.h"

namespace lethe::fields {

using ByteView = std::span<const std::uint8_t>;

inline constexpr std::size_t kHeaderSize = 20;
inline constexpr std::uint8_t kVersion1 = 0xE1;
inline constexpr std::uint8_t kPaddedFlag = 1;
inline constexpr std::uint8_t kSharedFlag = 2;
inline constexpr std::uint8_t kMaxProfile = 4;
inline constexpr std::string_view kTextPrefix = "enc1.";
inline constexpr std::string_view kDefaultMarker = "$enc";

struct Header {
  std::uint8_t suite = kA256Gcm;
  std::uint8_t flags = 0;
  std::uint8_t profile = 1;
  std::array<std::uint8_t, 16> dek_id{};

  bool padded() const noexcept { return (flags & kPaddedFlag) != 0; }
  bool shared() const noexcept { return (flags & kSharedFlag) != 0; }
  friend bool operator==(const Header&, const Header&) = default;
};

// The 20 bytes that begin the compact form and the AAD.
void write_header(const Header& header, std::uint8_t* out) noexcept;

// Step 5: suite, flags and profile known, shared only where it is allowed (kUnsupported).
SealedError check_header(const Header& header) noexcept;

// A value that has passed step 6. Borrows its bytes.
struct SealedValue {
  Header header;
  ByteView compact;

  std::size_t nonce_size() const noexcept { return find_suite(header.suite)->nonce_size; }
  ByteView sealed() const noexcept { return compact.subspan(kHeaderSize); }  // nonce to tag
  ByteView nonce() const noexcept { return compact.subspan(kHeaderSize, nonce_size()); }
  ByteView ciphertext() const noexcept {
    const std::size_t before = kHeaderSize + nonce_size();
    return compact.subspan(before, compact.size() - before - kTagSize);
  }
  ByteView tag() const noexcept { return compact.last(kTagSize); }
};

// Size of the compact form of a plaintext (type tag and padding included).
constexpr std::size_t compact_size(const Suite& suite, std::size_t plaintext_size) noexcept {
  return kHeaderSize + suite.nonce_size + plaintext_size + suite.tag_size;
}

// Section 9. max_field limits the body before padding; the rest follows from it.
struct Limits {
  std::size_t max_field = 1'048'576;

  std::size_t compact() const noexcept { return max_field + max_field / 8 + 1024; }
  std::size_t avro() const noexcept { return compact() + 1024; }
  std::size_t text() const noexcept { return kTextPrefix.size() + (4 * compact() + 2) / 3; }
  std::size_t json() const noexcept { return text() + 1024; }
};

inline constexpr std::size_t kMaxKeyIdSize = 255;

// Unauthenticated hints of the json and avro carriers, for people who look at values.
struct Hints {
  std::optional<std::string> key_id;  // at most kMaxKeyIdSize bytes
  std::optional<std::int32_t> key_version;
};

// ---- compact and text -------------------------------------------------------------------------

SealedError read_compact(ByteView bytes, const Limits& limits, SealedValue& value) noexcept;

// buffer: as many bytes as the text has characters. `text` is decoded text, without quotes.
SealedError read_text(std::string_view text, const Limits& limits, std::uint8_t* buffer,
                      SealedValue& value) noexcept;

std::size_t text_size(std::size_t compact_size) noexcept;
// Writes text_size(compact.size()) characters and returns the end.
char* write_text(ByteView compact, char* out) noexcept;

// ---- json (configuration: object) -------------------------------------------------------------

// buffer: json.size() + kHeaderSize bytes. `json` is the exact source of one JSON value.
SealedError read_object(std::string_view json, std::string_view marker, const Limits& limits,
                        std::uint8_t* buffer, SealedValue& value, Hints* hints = nullptr);

// Upper bound of what write_object writes: marker and key id may need escapes.
std::size_t object_size_bound(std::size_t compact_size, std::string_view marker,
                              const Hints& hints) noexcept;
// Canonical order, no white space. Returns the end. marker and key id are UTF-8.
char* write_object(const SealedValue& value, std::string_view marker, const Hints& hints,
                   char* out) noexcept;

// ---- avro: the datum of the record EncryptedValue, without a union index ------------------------

// buffer: datum.size() + kHeaderSize bytes.
SealedError read_avro(ByteView datum, const Limits& limits, std::uint8_t* buffer,
                      SealedValue& value, Hints* hints = nullptr);

std::size_t avro_size_bound(std::size_t compact_size, const Hints& hints) noexcept;
std::uint8_t* write_avro(const SealedValue& value, const Hints& hints, std::uint8_t* out) noexcept;

// ---- step 7 ------------------------------------------------------------------------------------

// What a reader accepts; a value never chooses its own policy. Default: everything.
class AcceptList {
 public:
  void only_suites(std::span<const std::uint8_t> suites) noexcept { suites_ = bits(suites); }
  void only_profiles(std::span<const std::uint8_t> profiles) noexcept {
    profiles_ = bits(profiles);
  }
  // kNotAccepted or kNone.
  SealedError check(const Header& header) const noexcept;

 private:
  static std::uint32_t bits(std::span<const std::uint8_t> numbers) noexcept;

  std::uint32_t suites_ = ~0u;
  std::uint32_t profiles_ = ~0u;
};

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_SEALED_VALUE_H_
