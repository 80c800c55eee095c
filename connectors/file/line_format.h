// SPDX-License-Identifier: Apache-2.0
//
// How a record stands on a line. Plain: the line is the value, byte for byte, and `null` a
// tombstone; a key may be taken from a top-level member. Envelope: the whole record (envelope.h).

#ifndef LETHE_CONNECTORS_FILE_LINE_FORMAT_H_
#define LETHE_CONNECTORS_FILE_LINE_FORMAT_H_

#include <string>
#include <string_view>

#include "connectors/batch.h"

namespace lethe::connectors::file {

struct LineFormat {
  bool envelope = false;
  // Plain reading only: the top-level member whose scalar is the record's key (a string decoded, a
  // number or a boolean as written, null no key). Empty: records have no key.
  std::string key_field;
};

// A line that carries no record: empty, or nothing but the carriage return of a CRLF file.
inline bool is_blank(std::string_view line) {
  return line.empty() || line == "\r";
}

// Makes `record` what the line says; record.in has its topic already. A line that cannot be taken
// apart leaves a failed record (bad_record) whose value is the line.
void read_line(const LineFormat& format, std::string_view line, Arena& arena, Record& record);

// Appends the line with its newline. False, and nothing appended: a plain value that is blank or
// has a line break in it, which would be read as no record or as two.
bool write_line(bool envelope, const lethe_record& record, std::string& out);

}  // namespace lethe::connectors::file

#endif  // LETHE_CONNECTORS_FILE_LINE_FORMAT_H_
