// SPDX-License-Identifier: Apache-2.0

#include "connectors/file/envelope.h"

#include <charconv>
#include <cstdint>
#include <cstring>

#include "connectors/batch.h"
#include "connectors/file/base64.h"
#include "connectors/file/json_scanner.h"
#include "lethe/strided.h"

namespace lethe::connectors::file {
namespace {

constexpr std::string_view kNotJson = "the line is no JSON object";
constexpr std::string_view kNotEnvelope = "the line is no record envelope of version 1";
constexpr std::string_view kBadMember = "a member of the record envelope is malformed or unknown";
constexpr std::string_view kNoValue = "the record envelope has no value";

// ---- writing

void append_quoted(std::string_view text, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out.append("\\u00").push_back(kHex[byte >> 4]);
      out += kHex[byte & 0xF];
    } else {
      out += c;
    }
  }
  out += '"';
}

// "name":"text", or "name_b64":"..." for bytes that are no text, or "name":null.
void append_member(std::string_view name, const lethe_view& bytes, std::string& out) {
  const bool plain = bytes.data == nullptr || is_utf8(text(bytes));
  out.append("\"").append(name).append(plain ? "\":" : "_b64\":");
  if (bytes.data == nullptr) {
    out += "null";
  } else if (plain) {
    append_quoted(text(bytes), out);
  } else {
    out += '"';
    append_base64(text(bytes), out);
    out += '"';
  }
}

void append_number(std::string_view name, std::int64_t number, std::string& out) {
  if (number < 0) return;  // the source had none
  out.append(",\"").append(name).append("\":").append(std::to_string(number));
}

void append_headers(const lethe_record& record, std::string& out) {
  if (record.n_headers == 0) return;
  out += ",\"headers\":[";
  const Strided<const lethe_header> headers(record.headers, record.header_stride, record.n_headers);
  for (std::size_t i = 0; i < headers.size(); ++i) {
    out += i == 0 ? "{" : ",{";
    append_member("name", headers[i].name, out);
    out += ',';
    append_member("value", headers[i].value, out);
    out += '}';
  }
  out += ']';
}

// "value": the JSON itself; null is a tombstone, so that the JSON text null goes as base64.
void append_value(const lethe_view& value, std::string& out) {
  if (value.data == nullptr) {
    out += ",\"value\":null";
  } else if (text(value) != "null" && is_bare_json(text(value))) {
    out.append(",\"value\":").append(text(value));
  } else {
    out += ",\"value_b64\":\"";
    append_base64(text(value), out);
    out += '"';
  }
}

// ---- reading

class Reader {
 public:
  Reader(std::string_view line, Arena& arena) : scanner_(line), arena_(arena) {}

  std::string_view read(lethe_record& record) {
    if (!scanner_.take('{')) return kNotJson;
    if (!is_version_1()) return kNotEnvelope;
    while (scanner_.take(',')) {
      std::string_view name;
      if (!scanner_.string(name) || !scanner_.take(':')) return kNotJson;
      if (!member(name, record)) return kBadMember;
    }
    if (!scanner_.take('}') || !scanner_.at_end()) return kNotJson;
    return (seen_ & kValue) == 0 ? kNoValue : std::string_view();
  }

 private:
  enum Seen : unsigned {
    kTopic = 1,
    kPartition = 2,
    kOffset = 4,
    kTime = 8,
    kKey = 16,
    kHeaders = 32,
    kValue = 64
  };

  bool is_version_1() {
    std::string_view name, version;
    return scanner_.string(name) && name == "envelope" && scanner_.take(':') &&
           scanner_.value(version) && version == "1";
  }

  bool member(std::string_view name, lethe_record& record) {
    if (name == "partition") return once(kPartition) && number(record.partition);
    if (name == "offset") return once(kOffset) && number(record.offset);
    if (name == "timestamp") return once(kTime) && number(record.timestamp_ms);
    if (name == "headers") return once(kHeaders) && headers(record);
    if (name == "value") return once(kValue) && json(record.value);
    if (name == "value_b64") return once(kValue) && base64(record.value);
    if (name == "topic") return once(kTopic) && text_or_null(record.topic);
    if (name == "topic_b64") return once(kTopic) && base64(record.topic);
    if (name == "key") return once(kKey) && text_or_null(record.key);
    if (name == "key_b64") return once(kKey) && base64(record.key);
    return false;
  }

  bool once(Seen member) {
    const bool first = (seen_ & member) == 0;
    seen_ |= member;
    return first;
  }

  template <class Integer>
  bool number(Integer& number) {
    std::string_view token;
    if (!scanner_.value(token)) return false;
    const char* end = token.data() + token.size();
    const auto [stop, error] = std::from_chars(token.data(), end, number);
    return error == std::errc() && stop == end && number >= 0;
  }

  bool json(lethe_view& value) {
    std::string_view token;
    if (!scanner_.value(token)) return false;
    value = token == "null" ? kNullView : view(token);
    return true;
  }

  bool text_or_null(lethe_view& bytes) {
    if (scanner_.peek() != '"') return json(bytes) && bytes.data == nullptr;
    std::string_view raw, decoded;
    if (!scanner_.string(raw) || !decode_string(raw, arena_, decoded)) return false;
    bytes = view(decoded);
    return true;
  }

  bool base64(lethe_view& bytes) {
    std::string_view raw, decoded;
    if (!scanner_.string(raw) || !decode_base64(raw, arena_, decoded)) return false;
    bytes = view(decoded);
    return true;
  }

  bool headers(lethe_record& record) {
    // Grows by doubling; what is left behind in the arena goes with the batch.
    lethe_header* list = nullptr;
    std::uint64_t n = 0, room = 0;
    if (!scanner_.take('[')) return false;
    if (!scanner_.take(']')) {
      do {
        if (n == room) {
          room = room == 0 ? 8 : room * 2;
          void* grown = arena_.allocate(room * sizeof(lethe_header), alignof(lethe_header));
          if (grown == nullptr) return false;
          if (n != 0) std::memcpy(grown, list, n * sizeof(lethe_header));
          list = static_cast<lethe_header*>(grown);
        }
        if (!header(list[n++])) return false;
      } while (scanner_.take(','));
      if (!scanner_.take(']')) return false;
    }
    record.headers = list;
    record.n_headers = n;
    record.header_stride = sizeof(lethe_header);
    return true;
  }

  bool header(lethe_header& header) {
    header = {kNullView, kNullView};
    if (!scanner_.take('{')) return false;
    do {
      std::string_view name;
      if (!scanner_.string(name) || !scanner_.take(':')) return false;
      const bool read = name == "name"        ? text_or_null(header.name)
                        : name == "name_b64"  ? base64(header.name)
                        : name == "value"     ? text_or_null(header.value)
                        : name == "value_b64" ? base64(header.value)
                                              : false;
      if (!read) return false;
    } while (scanner_.take(','));
    return scanner_.take('}') && header.name.data != nullptr;
  }

  JsonScanner scanner_;
  Arena& arena_;
  unsigned seen_ = 0;
};

}  // namespace

void write_envelope(const lethe_record& record, std::string& out) {
  out += "{\"envelope\":1,";
  append_member("topic", record.topic, out);
  append_number("partition", record.partition, out);
  append_number("offset", record.offset, out);
  append_number("timestamp", record.timestamp_ms, out);
  out += ',';
  append_member("key", record.key, out);
  append_headers(record, out);
  append_value(record.value, out);
  out += '}';
}

std::string_view read_envelope(std::string_view line, Arena& arena, lethe_record& record) {
  lethe_record read = record;
  read.key = read.value = kNullView;
  const std::string_view wrong = Reader(line, arena).read(read);
  if (wrong.empty()) record = read;
  return wrong;
}

}  // namespace lethe::connectors::file
