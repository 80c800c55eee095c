// SPDX-License-Identifier: Apache-2.0

#include "connectors/file/json_scanner.h"

#include <cstdint>
#include <cstring>

namespace lethe::connectors::file {
namespace {

constexpr int kMaxDepth = 512;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Length of the well-formed UTF-8 sequence at `at` (Unicode table 3-7), 0 if there is none.
std::size_t sequence_length(const unsigned char* at, std::size_t left) {
  const auto in = [&](std::size_t i, unsigned low, unsigned high) {
    return i < left && at[i] >= low && at[i] <= high;
  };
  const unsigned lead = at[0];
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return in(1, 0x80, 0xBF) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : 0xBF;
    return in(1, low, high) && in(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
    return in(1, low, high) && in(2, 0x80, 0xBF) && in(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

char* put_utf8(std::uint32_t code, char* out) {
  const auto put = [&](std::uint32_t byte) { *out++ = static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | (code >> 6));
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3F));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  }
  return out;
}

// The four hex digits after \u, which the scanner has checked.
std::uint32_t hex4(const char* at) {
  std::uint32_t code = 0;
  for (int i = 0; i < 4; ++i) code = code << 4 | static_cast<std::uint32_t>(hex_value(at[i]));
  return code;
}

// The code point of the \u escape at `at` (behind "\u"); moves at behind it. False: a lone
// surrogate.
bool code_point(const char*& at, const char* end, std::uint32_t& code) {
  code = hex4(at);
  at += 4;
  if (code >= 0xDC00 && code <= 0xDFFF) return false;
  if (code < 0xD800 || code > 0xDBFF) return true;
  if (end - at < 6 || at[0] != '\\' || at[1] != 'u') return false;
  const std::uint32_t low = hex4(at + 2);
  if (low < 0xDC00 || low > 0xDFFF) return false;
  at += 6;
  code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  return true;
}

char unescaped(char c) {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return c;  // quote, backslash, slash
  }
}

}  // namespace

void JsonScanner::skip_space() {
  while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')) ++at_;
}

char JsonScanner::peek() {
  skip_space();
  return at_ == end_ ? '\0' : *at_;
}

bool JsonScanner::take(char c) {
  if (peek() != c || at_ == end_) return false;
  ++at_;
  return true;
}

bool JsonScanner::at_end() {
  skip_space();
  return at_ == end_;
}

bool JsonScanner::string(std::string_view& raw) {
  if (!take('"')) return false;
  const char* first = at_;
  while (at_ != end_) {
    const auto byte = static_cast<unsigned char>(*at_);
    if (byte == '"') {
      raw = {first, static_cast<std::size_t>(at_ - first)};
      ++at_;
      return true;
    }
    if (byte < 0x20) return false;
    if (byte == '\\') {
      if (!escape()) return false;
      continue;
    }
    const std::size_t n = sequence_length(reinterpret_cast<const unsigned char*>(at_),
                                          static_cast<std::size_t>(end_ - at_));
    if (n == 0) return false;
    at_ += n;
  }
  return false;
}

bool JsonScanner::escape() {
  ++at_;
  if (at_ == end_ || std::memchr("\"\\/bfnrtu", *at_, 9) == nullptr) return false;
  if (*at_++ != 'u') return true;
  if (end_ - at_ < 4) return false;
  for (int i = 0; i < 4; ++i) {
    if (hex_value(*at_++) < 0) return false;
  }
  return true;
}

bool JsonScanner::value(std::string_view& token) {
  skip_space();
  const char* first = at_;
  if (!any(0)) return false;
  token = {first, static_cast<std::size_t>(at_ - first)};
  return true;
}

bool JsonScanner::any(int depth) {
  if (depth > kMaxDepth) return false;
  std::string_view ignored;
  switch (peek()) {
    case '{':
      return members(depth);
    case '[':
      return elements(depth);
    case '"':
      return string(ignored);
    case 't':
      return word("true");
    case 'f':
      return word("false");
    case 'n':
      return word("null");
    default:
      return number();
  }
}

bool JsonScanner::members(int depth) {
  if (!take('{')) return false;
  if (take('}')) return true;
  do {
    std::string_view name;
    if (!string(name) || !take(':') || !any(depth + 1)) return false;
  } while (take(','));
  return take('}');
}

bool JsonScanner::elements(int depth) {
  if (!take('[')) return false;
  if (take(']')) return true;
  do {
    if (!any(depth + 1)) return false;
  } while (take(','));
  return take(']');
}

bool JsonScanner::digits() {
  const char* first = at_;
  while (at_ != end_ && is_digit(*at_)) ++at_;
  return at_ != first;
}

bool JsonScanner::number() {
  if (at_ != end_ && *at_ == '-') ++at_;
  if (at_ != end_ && *at_ == '0') {
    ++at_;
  } else if (!digits()) {
    return false;
  }
  if (at_ != end_ && *at_ == '.') {
    ++at_;
    if (!digits()) return false;
  }
  if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
    ++at_;
    if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
    return digits();
  }
  return true;
}

bool JsonScanner::word(std::string_view word) {
  if (static_cast<std::size_t>(end_ - at_) < word.size()) return false;
  if (std::string_view(at_, word.size()) != word) return false;
  at_ += word.size();
  return true;
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t n =
        sequence_length(reinterpret_cast<const unsigned char*>(text.data()) + i, text.size() - i);
    if (n == 0) return false;
    i += n;
  }
  return true;
}

bool is_bare_json(std::string_view text) {
  JsonScanner scanner(text);
  std::string_view token;
  return scanner.value(token) && token.size() == text.size() &&
         text.find_first_of("\r\n") == std::string_view::npos;
}

bool decode_string(std::string_view raw, Arena& arena, std::string_view& decoded) {
  if (raw.find('\\') == std::string_view::npos) {
    decoded = raw;
    return true;
  }
  char* const first = static_cast<char*>(arena.allocate(raw.size()));  // never grows by decoding
  if (first == nullptr) return false;
  char* out = first;
  const char* at = raw.data();
  const char* const end = at + raw.size();
  while (at != end) {
    if (*at != '\\') {
      *out++ = *at++;
    } else if (at[1] != 'u') {
      *out++ = unescaped(at[1]);
      at += 2;
    } else {
      at += 2;
      std::uint32_t code = 0;
      if (!code_point(at, end, code)) return false;
      out = put_utf8(code, out);
    }
  }
  decoded = {first, static_cast<std::size_t>(out - first)};
  return true;
}

}  // namespace lethe::connectors::file
