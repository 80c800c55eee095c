// SPDX-License-Identifier: Apache-2.0

#include "connectors/file/line_format.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "connectors/testing/owned_record.h"

namespace lethe::connectors::file {
namespace {

using connectors::testing::own;

struct Read {
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::string wrong;
};

Read read(const LineFormat& format, std::string_view line) {
  Arena arena;
  Record record{};
  read_line(format, line, arena, record);
  const auto owned = own(record.in);
  EXPECT_EQ(record.failed, !record.error_message.empty());
  EXPECT_EQ(own(record.out), owned);
  return {owned.key, owned.value, std::string(record.error_message)};
}

std::string written(const std::optional<std::string>& value) {
  lethe_record record{};
  record.value = value ? view(*value) : kNullView;
  std::string line = "before";
  if (!write_line(false, record, line)) {
    EXPECT_EQ(line, "before");
    return "refused";
  }
  return line.substr(6);
}

TEST(LineFormat, TakesAPlainLineAsTheValueWhateverItIs) {
  EXPECT_EQ(read({}, "no json at all\r").value, "no json at all\r");
  EXPECT_EQ(read({}, "{\"a\":1}").key, std::nullopt);
}

TEST(LineFormat, TakesNullForATombstoneBothWays) {
  EXPECT_EQ(read({}, "null").value, std::nullopt);
  EXPECT_EQ(read({.key_field = "id"}, "null").wrong, "");
  EXPECT_EQ(written(std::nullopt), "null\n");
}

TEST(LineFormat, TakesTheKeyFromAMemberDecodedOrAsWritten) {
  const LineFormat format{.key_field = "user"};
  EXPECT_EQ(read(format, R"({"a":{"user":1},"user":"p-1"})").key, "p-1");
  EXPECT_EQ(read(format, R"({"us\u0065r":"\u00e9"})").key, "\xC3\xA9");
  EXPECT_EQ(read(format, R"({"user":1.50})").key, "1.50");
  EXPECT_EQ(read(format, R"({"user":true})").key, "true");
  EXPECT_EQ(read(format, R"({"user":""})").key, "");
  EXPECT_EQ(read(format, R"({"user":null})").key, std::nullopt);
  EXPECT_EQ(read(format, R"({"user":null})").wrong, "");
}

TEST(LineFormat, FailsALineThatHasNoUnmistakableKey) {
  const LineFormat format{.key_field = "user"};
  for (const char* line :
       {"text", "[]", "{}", R"({"a":1})", R"({"user":1,"user":2})", R"({"user":1,"us\u0065r":2})",
        R"({"user":{}})", R"({"user":[]})", R"({"user":"x"} y)", R"({"user":"x")",
        R"({"user":"\ud800"})", R"({"user":1,})"}) {
    const Read failed = read(format, line);
    EXPECT_NE(failed.wrong, "") << line;
    EXPECT_EQ(failed.value, line);
    EXPECT_EQ(failed.wrong.find("ud800"), std::string::npos);
  }
}

TEST(LineFormat, WritesAValueAsItIs) {
  EXPECT_EQ(written("{\"a\": 1}"), "{\"a\": 1}\n");
  EXPECT_EQ(written("{}\r"), "{}\r\n");
}

TEST(LineFormat, RefusesAValueThatWouldBeReadAsNoRecordOrAsTwo) {
  EXPECT_EQ(written(""), "refused");
  EXPECT_EQ(written("\r"), "refused");
  EXPECT_EQ(written("{\n}"), "refused");
}

}  // namespace
}  // namespace lethe::connectors::file
