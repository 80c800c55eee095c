// SPDX-License-Identifier: Apache-2.0
//
// Golden records: what a plugin should make of a record, a JSON object a line.
//
//   {"plugin": "redact", "options": {"words": ["Ada"]},
//    "in": {"value": "Ada left", "headers": [["trace", "a1"]]}, "out": {"value": "*** left"}}
//   {"plugin": "redact", "options": {...}, "in": {...}, "drop": true}
//   {"plugin": "redact", "options": {...}, "in": {...},
//    "fail": {"kind": "bad_record", "message": "the value holds a listed word"}}
//
// Members of in and out: topic, key, value, headers (a list of [name, value]), timestamp (in only).
// A text is a string, null, or {"hex": "00ff"} for bytes. What out does not name stays as it came.
// Empty lines and lines that begin with # are skipped.

#ifndef LETHE_PLUGINS_SDK_TESTING_GOLDEN_H_
#define LETHE_PLUGINS_SDK_TESTING_GOLDEN_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lethe/result.h"
#include "lethe/testing/fakes.h"

namespace lethe::testing {

struct Content {
  std::string topic = "golden";
  Text key;
  Text value;
  HeaderList headers;
  std::int64_t timestamp_ms = -1;
};

enum class Outcome { kGoesOn, kDropped, kFailed };

struct GoldenRecord {
  std::size_t line = 0;  // in its file, from 1
  std::string plugin;
  OptionsTree options;
  Content in;
  Outcome outcome = Outcome::kGoesOn;
  Content out;               // kGoesOn
  std::string fail_kind;     // kFailed
  std::string fail_message;  // kFailed
};

// bad_config with the line: it is no JSON object, a member is unknown or of the wrong type, or it
// does not say exactly one of out, drop and fail.
Result<std::vector<GoldenRecord>> read_golden(std::string_view text);

}  // namespace lethe::testing

#endif  // LETHE_PLUGINS_SDK_TESTING_GOLDEN_H_
