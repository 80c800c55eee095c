// SPDX-License-Identifier: Apache-2.0

#include "plugins/sdk/testing/json_parts.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "lethe/utf8.h"

namespace lethe::testing {
namespace {

Error wrong(std::string_view what, std::string_view should_be) {
  return bad_config(std::string(what).append(" should be ").append(should_be));
}

Result<Text> read_hex(const json::Value& value, std::string_view what) {
  const json::Value* member = value.find("hex");
  const std::string* digits = member == nullptr ? nullptr : member->string();
  if (digits == nullptr || digits->size() % 2 != 0 || value.object()->size() != 1)
    return wrong(what, "a string, null or {\"hex\": \"00ff\"}");
  std::string bytes;
  for (std::size_t i = 0; i < digits->size(); i += 2) {
    unsigned byte = 0;
    const char* first = digits->data() + i;
    const auto [end, error] = std::from_chars(first, first + 2, byte, 16);
    if (error != std::errc() || end != first + 2) return wrong(what, "pairs of hex digits");
    bytes += static_cast<char>(byte);
  }
  return Text(std::move(bytes));
}

Result<OptionsTree> read_list(const json::Array& array) {
  OptionsTree tree = OptionsTree::list({});
  for (const json::Value& element : array) tree.append(LETHE_TRY(read_options(element)));
  return tree;
}

Result<OptionsTree> read_map(const json::Object& object) {
  OptionsTree tree;
  for (const json::Member& member : object)
    tree.set(member.name, LETHE_TRY(read_options(member.value)));
  return tree;
}

}  // namespace

Result<void> expect_members(const json::Value& value, std::string_view what,
                            std::initializer_list<std::string_view> allowed) {
  if (value.object() == nullptr) return wrong(what, "a JSON object");
  for (const json::Member& member : *value.object())
    if (std::find(allowed.begin(), allowed.end(), member.name) == allowed.end())
      return bad_config(
          std::string(what).append(" has an unknown member \"").append(member.name).append("\""));
  return {};
}

Result<std::string> read_string(const json::Value& value, std::string_view what) {
  if (value.string() == nullptr) return wrong(what, "a string");
  return *value.string();
}

Result<Text> read_text(const json::Value& value, std::string_view what) {
  if (value.is_null()) return Text();
  if (value.string() != nullptr) return Text(*value.string());
  if (value.object() != nullptr) return read_hex(value, what);
  return wrong(what, "a string, null or {\"hex\": \"00ff\"}");
}

Result<HeaderList> read_headers(const json::Value& value) {
  constexpr std::string_view kShape = "a list of [name, value]";
  if (value.array() == nullptr) return wrong("headers", kShape);
  HeaderList headers;
  for (const json::Value& pair : *value.array()) {
    if (pair.array() == nullptr || pair.array()->size() != 2) return wrong("headers", kShape);
    std::string name = LETHE_TRY(read_string((*pair.array())[0], "the name of a header"));
    headers.emplace_back(std::move(name), LETHE_TRY(read_text((*pair.array())[1], "a header")));
  }
  return headers;
}

Result<OptionsTree> read_options(const json::Value& value) {
  if (value.string() != nullptr) return OptionsTree(*value.string());
  if (value.array() != nullptr) return read_list(*value.array());
  if (value.object() != nullptr) return read_map(*value.object());
  if (value.is_null()) return wrong("an option", "text, a number, true, false, a list or a map");
  return OptionsTree(value.dump());
}

std::string to_json(const Text& text) {
  if (!text) return "null";
  std::string json;
  if (is_utf8(*text)) {
    json::append_quoted(*text, json);
    return json;
  }
  constexpr char kDigits[] = "0123456789abcdef";
  for (const char c : *text) {
    const auto byte = static_cast<unsigned char>(c);
    json += kDigits[byte >> 4];
    json += kDigits[byte & 15];
  }
  return "{\"hex\": \"" + json + "\"}";
}

}  // namespace lethe::testing
