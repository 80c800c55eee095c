// SPDX-License-Identifier: Apache-2.0
//
// A field path: the place of one value in a record, as the specification binds it into the sealed
// value (section 5). Text syntax for people, encoded bytes for cryptography. Selectors, which
// choose values, are in selector.h; what is bound is always a Path.

#ifndef LETHE_FIELDS_PATH_H_
#define LETHE_FIELDS_PATH_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lethe/result.h"

namespace lethe::fields {

struct Segment {
  enum class Kind : std::uint8_t { kName = 0, kAnyIndex = 1, kIndex = 2 };
  Kind kind = Kind::kName;
  std::string name;         // kName: decoded UTF-8; "\0key" and "\0header" for $key and $header
  std::uint32_t index = 0;  // kIndex

  friend bool operator==(const Segment& a, const Segment& b) {
    return a.kind == b.kind && a.name == b.name && a.index == b.index;
  }
};

using Path = std::vector<Segment>;

inline constexpr std::size_t kMaxSegments = 64;
inline constexpr std::size_t kMaxNameSize = 1024;  // bytes

// Parses the text syntax ("a.b", "items[*].sku", "['dotted.name']", "$header.x"). bad_config with
// the byte position and a remedy otherwise.
Result<Path> parse_path(std::string_view text);

// u16 count ‖ (u8 kind ‖ u16 length ‖ bytes)*.
std::string encode_path(const Path& path);

// Bytes written by encode_path; anything else is bad_record.
Result<Path> decode_path(std::string_view encoded);

// The text syntax again: parse_path(format_path(p)) == p. Names that are not bare are quoted.
std::string format_path(const Path& path);

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_PATH_H_
