// SPDX-License-Identifier: Apache-2.0
//
// From JSON to the parts of a golden record: texts, headers, options. Each answers bad_config that
// names the member. Pure functions.

#ifndef LETHE_PLUGINS_SDK_TESTING_JSON_PARTS_H_
#define LETHE_PLUGINS_SDK_TESTING_JSON_PARTS_H_

#include <initializer_list>
#include <string>
#include <string_view>

#include "json/json.h"
#include "lethe/result.h"
#include "lethe/testing/fakes.h"

namespace lethe::testing {

// An object with no members but these.
Result<void> expect_members(const json::Value& value, std::string_view what,
                            std::initializer_list<std::string_view> allowed);

Result<std::string> read_string(const json::Value& value, std::string_view what);

// A string, null or {"hex": "00ff"}.
Result<Text> read_text(const json::Value& value, std::string_view what);

// [["name", text], ...]
Result<HeaderList> read_headers(const json::Value& value);

// Scalars as a pipeline file would hold them: numbers and booleans become their text.
Result<OptionsTree> read_options(const json::Value& value);

// A text as JSON, bytes that are no UTF-8 as {"hex": ...}: the form read_text() reads.
std::string to_json(const Text& text);

}  // namespace lethe::testing

#endif  // LETHE_PLUGINS_SDK_TESTING_JSON_PARTS_H_
