// SPDX-License-Identifier: Apache-2.0
//
// A whole record on one line of JSON (docs/formats/record-envelope.md): topic, partition, offset,
// timestamp, key, headers and value, so that dead letters and tombstones survive the way through a
// file byte for byte. A value that is JSON stands in it as it is; other bytes go as base64.

#ifndef LETHE_CONNECTORS_FILE_ENVELOPE_H_
#define LETHE_CONNECTORS_FILE_ENVELOPE_H_

#include <string>
#include <string_view>

#include "connectors/arena.h"
#include "lethe/abi.h"

namespace lethe::connectors::file {

// Appends the line, without its newline.
void write_envelope(const lethe_record& record, std::string& out);

// Fills in `record`, whose views lie in line and arena. An empty text, or what is wrong with the
// line; record is then unchanged.
std::string_view read_envelope(std::string_view line, Arena& arena, lethe_record& record);

}  // namespace lethe::connectors::file

#endif  // LETHE_CONNECTORS_FILE_ENVELOPE_H_
