// SPDX-License-Identifier: Apache-2.0
//
// Path syntax: a hand-written parser for the grammar of the specification, section 5, and the codec
// of the bytes that are bound. Complaints carry a position and a remedy, never a piece of the path.

#include "plugins/fields/path.h"

#include <algorithm>
#include <charconv>

#include "lethe/utf8.h"
#include "plugins/fields/json_grammar.h"
#include "plugins/fields/json_string.h"

namespace lethe::fields {
namespace {

constexpr std::string_view kKeySegment("\0key", 4);
constexpr std::string_view kHeaderSegment("\0header", 7);

bool ends_bare(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte <= 0x20 || byte == 0x7F || c == '.' || c == '[' || c == ']' || c == '"' || c == '*';
}

Segment named(std::string_view text) {
  return {Segment::Kind::kName, std::string(text), 0};
}

class PathParser {
 public:
  explicit PathParser(std::string_view text) : text_(text) {}

  Result<Path> parse() {
    if (!is_utf8(text_)) return complain("is not UTF-8; save the file as UTF-8");
    Path path;
    while (at_ < text_.size()) {
      if (path.size() == kMaxSegments) return complain("is too deep; 64 segments are the limit");
      Segment segment = LETHE_TRY(text_[at_] == '[' ? bracket() : bare(path.empty()));
      if (segment.name.size() > kMaxNameSize)
        return complain("has a name above 1024 bytes; select a place above it");
      path.push_back(std::move(segment));
    }
    return path;
  }

 private:
  Error complain(std::string_view what) const {
    return bad_config("field path " + std::string(what) + " (at byte " + std::to_string(at_ + 1) +
                      ")");
  }
  bool take(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string_view rest() const { return text_.substr(at_); }

  // A name after a dot, or the first one.
  Result<Segment> bare(bool first) {
    if (!first && !take('.')) return complain("needs '.' or '[' between two names");
    std::size_t size = 0;
    while (size < rest().size() && !ends_bare(rest()[size])) ++size;
    if (size == 0)
      return complain("misses a name; quote names with special characters, like [\"a.b\"]");
    const std::string_view text = rest().substr(0, size);
    if (first && text.front() == '$') return reserved(text);
    at_ += size;
    return named(text);
  }

  Result<Segment> reserved(std::string_view text) {
    if (text != "$key" && text != "$header")
      return complain(
          "begins with '$', which only $key and $header do; write [\"$name\"] for a field of "
          "that name");
    at_ += text.size();
    return named(text == "$key" ? kKeySegment : kHeaderSegment);
  }

  Result<Segment> bracket() {
    ++at_;
    if (at_ < text_.size() && text_[at_] == '"') return json_quoted();
    if (take('\'')) return single_quoted();
    Segment segment;
    if (take('*')) {
      segment.kind = Segment::Kind::kAnyIndex;
    } else {
      segment.kind = Segment::Kind::kIndex;
      segment.index = LETHE_TRY(number());
    }
    if (!take(']')) return complain("misses ']'");
    return segment;
  }

  Result<std::uint32_t> number() {
    std::uint32_t index = 0;
    const char* begin = rest().data();
    const auto [end, error] = std::from_chars(begin, begin + rest().size(), index);
    const bool leading_zero = end - begin > 1 && *begin == '0';
    if (error != std::errc() || leading_zero)
      return complain("needs [*], [\"name\"] or an index without leading zeros below 2^32");
    at_ += static_cast<std::size_t>(end - begin);
    return index;
  }

  Result<Segment> json_quoted() {
    JsonCursor cursor(rest());
    std::string_view body;
    if (!cursor.read_string(body)) return complain("has a quoted name that is no JSON string");
    Segment segment;
    if (!append_decoded(body, segment.name))
      return complain("has an unpaired surrogate in a quoted name");
    if (segment.name.starts_with('\0'))
      return complain("has a name that begins with U+0000; use $key or $header");
    at_ += body.size() + 2;
    if (!take(']')) return complain("misses ']'");
    return segment;
  }

  Result<Segment> single_quoted() {
    const std::size_t size = rest().find('\'');
    const std::string_view text = rest().substr(0, size);
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
    if (size == rest().npos || std::any_of(text.begin(), text.end(), control))
      return complain("has an unfinished name in single quotes, or a control character in one");
    at_ += size + 1;
    if (!take(']')) return complain("misses ']'");
    return named(text);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

void put_u16(std::size_t number, std::string& out) {
  out.push_back(static_cast<char>(number >> 8));
  out.push_back(static_cast<char>(number & 0xFF));
}

std::uint32_t number(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

// Takes `size` bytes off the front of `rest`.
bool take(std::string_view& rest, std::size_t size, std::string_view& bytes) {
  if (rest.size() < size) return false;
  bytes = rest.substr(0, size);
  rest.remove_prefix(size);
  return true;
}

bool is_name(std::string_view bytes, bool first) {
  const bool reserved = bytes.starts_with('\0');
  const bool known = first && (bytes == kKeySegment || bytes == kHeaderSegment);
  return bytes.size() <= kMaxNameSize && is_utf8(bytes) && (!reserved || known);
}

bool decode_segment(std::string_view& rest, bool first, Segment& segment) {
  std::string_view kind, length, bytes;
  if (!take(rest, 1, kind) || !take(rest, 2, length) || !take(rest, number(length), bytes))
    return false;
  switch (kind[0]) {
    case 0:
      segment.name = bytes;
      return is_name(bytes, first);
    case 1:
      segment.kind = Segment::Kind::kAnyIndex;
      return bytes.empty();
    case 2:
      segment.kind = Segment::Kind::kIndex;
      segment.index = number(bytes);
      return bytes.size() == 4;
    default:
      return false;
  }
}

void format_quoted(std::string_view name, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += "[\"";
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  out += "\"]";
}

void format_name(std::string_view name, bool first, std::string& out) {
  if (first && name == kKeySegment) {
    out += "$key";
  } else if (first && name == kHeaderSegment) {
    out += "$header";
  } else if (name.empty() || std::any_of(name.begin(), name.end(), ends_bare) ||
             (first && name.front() == '$')) {
    format_quoted(name, out);
  } else {
    if (!first) out += '.';
    out += name;
  }
}

}  // namespace

Result<Path> parse_path(std::string_view text) {
  return PathParser(text).parse();
}

std::string encode_path(const Path& path) {
  std::string out;
  put_u16(path.size(), out);
  for (const Segment& segment : path) {
    out.push_back(static_cast<char>(segment.kind));
    if (segment.kind == Segment::Kind::kIndex) {
      put_u16(4, out);
      put_u16(segment.index >> 16, out);
      put_u16(segment.index & 0xFFFF, out);
    } else {
      put_u16(segment.name.size(), out);
      out += segment.name;
    }
  }
  return out;
}

Result<Path> decode_path(std::string_view encoded) {
  const Error malformed = bad_record("encoded field path is malformed");
  std::string_view count;
  if (!take(encoded, 2, count) || number(count) > kMaxSegments) return malformed;
  Path path(number(count));
  for (std::size_t i = 0; i < path.size(); ++i)
    if (!decode_segment(encoded, i == 0, path[i])) return malformed;
  if (!encoded.empty()) return malformed;
  return path;
}

std::string format_path(const Path& path) {
  std::string out;
  for (const Segment& segment : path) {
    switch (segment.kind) {
      case Segment::Kind::kName:
        format_name(segment.name, &segment == &path.front(), out);
        break;
      case Segment::Kind::kAnyIndex:
        out += "[*]";
        break;
      case Segment::Kind::kIndex:
        out += '[' + std::to_string(segment.index) + ']';
        break;
    }
  }
  return out;
}

}  // namespace lethe::fields
