// SPDX-License-Identifier: Apache-2.0

#include "plugins/sdk/testing/golden.h"

#include <utility>

#include "json/json.h"
#include "plugins/sdk/testing/json_parts.h"

namespace lethe::testing {
namespace {

// Overwrites what the object names.
Result<void> read_content(const json::Value& value, std::string_view what, Content& content) {
  LETHE_TRY(expect_members(value, what, {"topic", "key", "value", "headers", "timestamp"}));
  if (const json::Value* topic = value.find("topic"))
    content.topic = LETHE_TRY(read_string(*topic, "topic"));
  if (const json::Value* key = value.find("key")) content.key = LETHE_TRY(read_text(*key, "key"));
  if (const json::Value* text = value.find("value"))
    content.value = LETHE_TRY(read_text(*text, "value"));
  if (const json::Value* headers = value.find("headers"))
    content.headers = LETHE_TRY(read_headers(*headers));
  if (const json::Value* timestamp = value.find("timestamp")) {
    if (!timestamp->integer() || what == "out")
      return bad_config("timestamp belongs into in, as milliseconds since 1970");
    content.timestamp_ms = *timestamp->integer();
  }
  return {};
}

Result<void> read_failure(const json::Value& value, GoldenRecord& record) {
  LETHE_TRY(expect_members(value, "fail", {"kind", "message"}));
  const json::Value* kind = value.find("kind");
  const json::Value* message = value.find("message");
  if (kind == nullptr || message == nullptr) return bad_config("fail needs kind and message");
  record.outcome = Outcome::kFailed;
  record.fail_kind = LETHE_TRY(read_string(*kind, "kind"));
  record.fail_message = LETHE_TRY(read_string(*message, "message"));
  return {};
}

Result<void> read_outcome(const json::Value& line, GoldenRecord& record) {
  const json::Value* out = line.find("out");
  const json::Value* drop = line.find("drop");
  const json::Value* fail = line.find("fail");
  if ((out != nullptr) + (drop != nullptr) + (fail != nullptr) != 1)
    return bad_config("a golden record says exactly one of out, drop and fail");
  record.out = record.in;
  if (out != nullptr) return read_content(*out, "out", record.out);
  if (fail != nullptr) return read_failure(*fail, record);
  if (drop->boolean() != true) return bad_config("drop can only be true");
  record.outcome = Outcome::kDropped;
  return {};
}

Result<GoldenRecord> read_line(std::string_view text) {
  const json::Value line = LETHE_TRY(json::parse(text));
  LETHE_TRY(expect_members(line, "the line", {"plugin", "options", "in", "out", "drop", "fail"}));
  const json::Value* plugin = line.find("plugin");
  const json::Value* in = line.find("in");
  if (plugin == nullptr || in == nullptr) return bad_config("a golden record needs plugin and in");
  GoldenRecord record;
  record.plugin = LETHE_TRY(read_string(*plugin, "plugin"));
  if (const json::Value* options = line.find("options")) {
    if (options->object() == nullptr) return bad_config("options should be a JSON object");
    record.options = LETHE_TRY(read_options(*options));
  }
  LETHE_TRY(read_content(*in, "in", record.in));
  LETHE_TRY(read_outcome(line, record));
  return record;
}

}  // namespace

Result<std::vector<GoldenRecord>> read_golden(std::string_view text) {
  std::vector<GoldenRecord> records;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = text.find('\n');
    const std::string_view current = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (current.empty() || current.front() == '#') continue;
    Result<GoldenRecord> record = read_line(current);
    if (!record)
      return bad_config("line " + std::to_string(line) + ": " + record.error().message());
    record->line = line;
    records.push_back(*std::move(record));
  }
  if (records.empty()) return bad_config("there are no golden records");
  return records;
}

}  // namespace lethe::testing
