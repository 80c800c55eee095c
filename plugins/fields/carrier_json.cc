// SPDX-License-Identifier: Apache-2.0
//
// The json carrier: a flat object. One pass collects the members and checks the grammar of
// everything, then the checks come in the order of the specification.

#include <algorithm>
#include <array>
#include <charconv>

#include "lethe/utf8.h"
#include "plugins/fields/base64.h"
#include "plugins/fields/json_grammar.h"
#include "plugins/fields/json_string.h"
#include "plugins/fields/sealed_parts.h"

namespace lethe::fields {
namespace {

enum Member : std::size_t {
  kMarker,
  kAlg,
  kKeyId,
  kKeyVersion,
  kDekId,
  kIv,
  kTag,
  kAad,
  kCiphertext,
  kMembers
};

constexpr std::array<std::string_view, kMembers> kNames = {
    "", "alg", "keyId", "keyVersion", "dekId", "iv", "tag", "aad", "ciphertext"};

bool is_optional(std::size_t member) {
  return member == kKeyId || member == kKeyVersion;
}

// The text of a JSON string token; decoded into `memory` only where it has escapes. False: no
// string, or an unpaired surrogate.
bool text_of(std::string_view token, std::string& memory, std::string_view& text) {
  if (token.empty() || token.front() != '"') return false;
  text = token.substr(1, token.size() - 2);
  if (!has_escape(text)) return true;
  memory.clear();
  if (!append_decoded(text, memory)) return false;
  text = memory;
  return true;
}

bool is_integer(std::string_view token) {
  const bool number = token.front() == '-' || (token.front() >= '0' && token.front() <= '9');
  return number && token.find_first_of(".eE") == token.npos;
}

struct Members {
  std::array<std::string_view, kMembers> tokens;  // empty: missing
  bool stranger = false;
  bool duplicate = false;

  void add(std::string_view name, std::string_view token, std::string_view marker) {
    std::size_t member = kMarker;
    if (name != marker)
      member = static_cast<std::size_t>(std::find(kNames.begin() + 1, kNames.end(), name) -
                                        kNames.begin());
    if (member == kMembers) {
      stranger = true;
    } else if (!tokens[member].empty()) {
      duplicate = true;
    } else {
      tokens[member] = token;
    }
  }

  // The same for a name as it stands between its quotes.
  void add_encoded(std::string_view name, std::string_view token, std::string_view marker) {
    if (!has_escape(name)) return add(name, token, marker);
    std::string decoded;
    if (append_decoded(name, decoded)) return add(decoded, token, marker);
    stranger = true;  // an unpaired surrogate: nobody's name
  }
};

// Step 1: false if `json` is not JSON. An object's members end in `members`.
bool read_members(std::string_view json, std::string_view marker, Members& members) {
  if (!is_utf8(json)) return false;
  JsonCursor cursor(json);
  cursor.skip_space();
  std::string_view name, token;
  if (cursor.peek() != '{') {
    if (!cursor.read_value(token)) return false;
  } else {
    cursor.skip('{');
    cursor.skip_space();
    bool more = !cursor.skip('}');
    while (more) {
      cursor.skip_space();
      if (!cursor.read_string(name)) return false;
      cursor.skip_space();
      if (!cursor.skip(':')) return false;
      cursor.skip_space();
      if (!cursor.read_value(token)) return false;
      members.add_encoded(name, token, marker);
      cursor.skip_space();
      more = cursor.skip(',');
      if (!more && !cursor.skip('}')) return false;
    }
  }
  cursor.skip_space();
  return cursor.at_end();
}

// First part of step 4: complete, unique, typed, hints in range.
bool members_are_sound(const Members& members, Hints& hints) {
  if (members.stranger || members.duplicate) return false;
  for (std::size_t member = 0; member < kMembers; ++member)
    if (members.tokens[member].empty() && !is_optional(member)) return false;
  std::string memory;
  std::string_view text;
  for (const std::size_t member : {kAlg, kDekId, kIv, kTag, kAad, kCiphertext})
    if (!text_of(members.tokens[member], memory, text)) return false;
  if (const std::string_view token = members.tokens[kKeyId]; !token.empty()) {
    if (!text_of(token, memory, text) || text.size() > kMaxKeyIdSize) return false;
    hints.key_id = std::string(text);
  }
  if (const std::string_view token = members.tokens[kKeyVersion]; !token.empty()) {
    std::int32_t version = 0;
    if (!is_integer(token) || token.front() == '-') return false;
    if (std::from_chars(token.data(), token.data() + token.size(), version).ec != std::errc())
      return false;
    hints.key_version = version;
  }
  return true;
}

// Decodes a base64 member to `out` and returns its size, or nothing.
std::optional<std::size_t> decode(std::string_view token, std::uint8_t* out) {
  std::string memory;
  std::string_view text;
  if (!text_of(token, memory, text) || !decode_base64(text, out)) return std::nullopt;
  return base64_decoded_size(text.size());
}

// The same for a member that must have N bytes.
template <std::size_t N>
bool decode(std::string_view token, std::array<std::uint8_t, N>& out) {
  std::string memory;
  std::string_view text;
  return text_of(token, memory, text) && base64_decoded_size(text.size()) == N &&
         decode_base64(text, out.data());
}

// The rest of step 4, and steps 5 and 6. buffer: header ‖ nonce ‖ ciphertext ‖ tag.
SealedError assemble(const Members& members, std::uint8_t* buffer, SealedValue& value) {
  std::string memory;
  std::string_view alg;
  static_cast<void>(text_of(members.tokens[kAlg], memory, alg));  // typed already
  const Suite* suite = find_suite_by_alg(alg);
  if (suite == nullptr) return SealedError::kUnsupported;

  std::array<std::uint8_t, 2> aad{};
  std::uint8_t* const nonce = buffer + kHeaderSize;
  if (!decode(members.tokens[kDekId], value.header.dek_id) || !decode(members.tokens[kAad], aad))
    return SealedError::kMalformed;
  const auto nonce_size = decode(members.tokens[kIv], nonce);
  if (!nonce_size) return SealedError::kMalformed;
  const auto text_size = decode(members.tokens[kCiphertext], nonce + *nonce_size);
  if (!text_size) return SealedError::kMalformed;
  const auto tag_size = decode(members.tokens[kTag], nonce + *nonce_size + *text_size);
  if (!tag_size) return SealedError::kMalformed;

  value.header.suite = suite->number;
  value.header.flags = aad[0];
  value.header.profile = aad[1];
  write_header(value.header, buffer);
  value.compact = ByteView(buffer, kHeaderSize + *nonce_size + *text_size + *tag_size);
  return check_parts(value.header, {*nonce_size, *text_size, *tag_size});
}

char* put(std::string_view text, char* out) {
  return std::copy(text.begin(), text.end(), out);
}

// The inside of a JSON string. Escapes what must be escaped and nothing else.
char* put_escaped(std::string_view text, char* out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      out = put("\\u00", out);
      *out++ = kHex[byte >> 4];
      *out++ = kHex[byte & 15];
    } else {
      if (c == '"' || c == '\\') *out++ = '\\';
      *out++ = c;
    }
  }
  return out;
}

char* put_member(std::string_view name, ByteView bytes, char* out) {
  out = put(",\"", out);
  out = put(name, out);
  out = encode_base64(bytes, put("\":\"", out));
  *out++ = '"';
  return out;
}

}  // namespace

SealedError read_object(std::string_view json, std::string_view marker, const Limits& limits,
                        std::uint8_t* buffer, SealedValue& value, Hints* hints) {
  Members members;
  if (!read_members(json, marker, members)) return SealedError::kMalformed;
  const std::string_view version = members.tokens[kMarker];
  if (version.empty()) return SealedError::kNotEncrypted;
  if (json.size() > limits.json()) return SealedError::kTooLarge;
  if (!is_integer(version)) return SealedError::kMalformed;
  if (version != "1") return SealedError::kUnsupported;
  Hints found;
  if (!members_are_sound(members, found)) return SealedError::kMalformed;
  const SealedError error = assemble(members, buffer, value);
  if (error == SealedError::kNone && hints != nullptr) *hints = std::move(found);
  return error;
}

std::size_t object_size_bound(std::size_t compact_size, std::string_view marker,
                              const Hints& hints) noexcept {
  constexpr std::size_t kFixed = 256;        // names, punctuation, alg, key version, dekId, aad
  constexpr std::size_t kLongestEscape = 6;  // \u001f
  const std::size_t key_id = hints.key_id ? hints.key_id->size() : 0;
  return kFixed + kLongestEscape * (marker.size() + key_id) + base64_size(compact_size) + 4;
}

char* write_object(const SealedValue& value, std::string_view marker, const Hints& hints,
                   char* out) noexcept {
  const Header& header = value.header;
  const std::array<std::uint8_t, 2> aad = {header.flags, header.profile};
  out = put_escaped(marker, put("{\"", out));
  out = put("\":1,\"alg\":\"", out);
  out = put(find_suite(header.suite)->alg, out);
  *out++ = '"';
  if (hints.key_id) {
    out = put_escaped(*hints.key_id, put(",\"keyId\":\"", out));
    *out++ = '"';
  }
  if (hints.key_version) {
    out = put(",\"keyVersion\":", out);
    out = std::to_chars(out, out + 11, *hints.key_version).ptr;
  }
  out = put_member("dekId", header.dek_id, out);
  out = put_member("iv", value.nonce(), out);
  out = put_member("tag", value.tag(), out);
  out = put_member("aad", aad, out);
  out = put_member("ciphertext", value.ciphertext(), out);
  *out++ = '}';
  return out;
}

}  // namespace lethe::fields
