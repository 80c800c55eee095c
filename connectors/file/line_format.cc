// SPDX-License-Identifier: Apache-2.0

#include "connectors/file/line_format.h"

#include "connectors/file/envelope.h"
#include "connectors/file/json_scanner.h"

namespace lethe::connectors::file {
namespace {

constexpr std::string_view kTombstone = "null";

// Takes the key from `line`; an empty text, or what is wrong. The whole line is walked, so that a
// second member of the same name, which a reader might prefer, is noticed.
std::string_view read_key(const std::string& field, std::string_view line, Arena& arena,
                          lethe_view& key) {
  constexpr std::string_view kNotObject = "the line is no JSON object, so it has no key field";
  JsonScanner scanner(line);
  bool found = false;
  if (!scanner.take('{')) return kNotObject;
  if (!scanner.take('}')) {
    do {
      std::string_view raw_name, name, token;
      if (!scanner.string(raw_name) || !scanner.take(':') || !scanner.value(token)) {
        return kNotObject;
      }
      if (!decode_string(raw_name, arena, name)) return "a member name is no valid Unicode";
      if (name != field) continue;
      if (found) return "the key field occurs twice";
      found = true;
      if (token.front() == '{' || token.front() == '[') return "the key field is no scalar";
      if (token == "null") continue;
      std::string_view decoded = token;
      if (token.front() == '"' &&
          !decode_string(token.substr(1, token.size() - 2), arena, decoded)) {
        return "the key field is no valid Unicode";
      }
      key = view(decoded);
    } while (scanner.take(','));
    if (!scanner.take('}')) return kNotObject;
  }
  if (!scanner.at_end()) return kNotObject;
  return found ? std::string_view() : "the key field is missing";
}

}  // namespace

void read_line(const LineFormat& format, std::string_view line, Arena& arena, Record& record) {
  lethe_record& in = record.in;
  std::string_view wrong;
  in.value = view(line);
  if (format.envelope) {
    wrong = read_envelope(line, arena, in);
  } else if (line == kTombstone) {
    in.value = kNullView;
  } else if (!format.key_field.empty()) {
    wrong = read_key(format.key_field, line, arena, in.key);
  }
  record.out = in;
  if (wrong.empty()) return;
  record.failed = true;
  record.error_kind = ErrorKind::kBadRecord;
  record.error_message = wrong;
}

bool write_line(bool envelope, const lethe_record& record, std::string& out) {
  if (envelope) {
    write_envelope(record, out);
  } else if (record.value.data == nullptr) {
    out += kTombstone;
  } else if (is_blank(text(record.value)) ||
             text(record.value).find('\n') != std::string_view::npos) {
    return false;
  } else {
    out += text(record.value);
  }
  out += '\n';
  return true;
}

}  // namespace lethe::connectors::file
