// SPDX-License-Identifier: Apache-2.0

#include "connectors/file/envelope.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "connectors/testing/owned_record.h"

namespace lethe::connectors::file {
namespace {

using connectors::testing::own;
using connectors::testing::OwnedRecord;
using connectors::testing::view_of;
using std::nullopt;

std::string line_of(const OwnedRecord& record) {
  Arena arena;
  std::string line;
  write_envelope(view_of(record, arena), line);
  return line;
}

TEST(Envelope, StandsAsItsDocumentSays) {
  const OwnedRecord record = {"crm",
                              3,
                              41,
                              1'600'000'000'000,
                              "person-1",
                              "{\"a\": 1e3}",
                              {{"trace", "7"}, {"none", nullopt}, {"raw", "\xFF"}}};
  EXPECT_EQ(
      line_of(record),
      R"({"envelope":1,"topic":"crm","partition":3,"offset":41,"timestamp":1600000000000,)"
      R"("key":"person-1","headers":[{"name":"trace","value":"7"},)"
      R"({"name":"none","value":null},{"name":"raw","value_b64":"/w=="}],"value":{"a": 1e3}})");
  EXPECT_EQ(line_of({"t", -1, -1, -1, nullopt, nullopt, {}}),
            R"({"envelope":1,"topic":"t","key":null,"value":null})");
}

TEST(Envelope, GivesEveryRecordBackByteForByte) {
  const std::string binary("\x00\xff\r\n\"\\", 6);
  const std::vector<std::optional<std::string>> texts = {
      nullopt, "",    "null", "text", "{\"a\":1}", " {} ",   "{\n}",
      "\"s\"", "1e3", binary, "[1,",  "true",      "\x1f\t", "\xF0\x9F\x98\x80"};
  for (const auto& key : texts) {
    for (const auto& value : texts) {
      const OwnedRecord record = {"t", 0, 1, 2, key, value, {{"h", value}, {"k", key}}};
      const std::string line = line_of(record);
      EXPECT_EQ(line.find_first_of("\r\n"), std::string::npos);
      Arena arena;
      lethe_record read = {
          sizeof(lethe_record), -1, -1, -1, view("x"), kNullView, kNullView, nullptr, 0,
          sizeof(lethe_header)};
      EXPECT_EQ(read_envelope(line, arena, read), "") << line;
      EXPECT_EQ(own(read), record) << line;
    }
  }
}

TEST(Envelope, ReadsMembersInAnyOrderAndManyHeaders) {
  std::string line = R"({"envelope":1 , "value":1,"headers":[)";
  for (int i = 0; i < 100; ++i) {
    line +=
        (i == 0 ? "" : ",") + std::string(R"({"name":"h","value":")") + std::to_string(i) + "\"}";
  }
  line += R"( ] , "offset":9, "topic":"a\u0062"})";
  Arena arena;
  lethe_record record{};
  ASSERT_EQ(read_envelope(line, arena, record), "");
  const OwnedRecord read = own(record);
  EXPECT_EQ(read.topic, "ab");
  EXPECT_EQ(read.offset, 9);
  ASSERT_EQ(read.headers.size(), 100u);
  EXPECT_EQ(read.headers[99].second, "99");
}

TEST(Envelope, RefusesWhatIsNoneAndLeavesTheRecordAlone) {
  for (const char* line : {"",
                           "{}",
                           "[]",
                           R"({"a":1})",
                           R"({"envelope":2,"value":1})",
                           R"({"envelope":1})",
                           R"({"envelope":1,"value":1} x)",
                           R"({"envelope":1,"value":1,"value":2})",
                           R"({"envelope":1,"value":1,"value_b64":"AA=="})",
                           R"({"envelope":1,"value":1,"extra":2})",
                           R"({"envelope":1,"value_b64":"A"})",
                           R"({"envelope":1,"value_b64":5})",
                           R"({"envelope":1,"key":5,"value":1})",
                           R"({"envelope":1,"partition":"0","value":1})",
                           R"({"envelope":1,"offset":-1,"value":1})",
                           R"({"envelope":1,"offset":1.0,"value":1})",
                           R"({"envelope":1,"partition":99999999999,"value":1})",
                           R"({"envelope":1,"headers":[{"value":"1"}],"value":1})",
                           R"({"envelope":1,"headers":[{"name":null,"value":"1"}],"value":1})",
                           R"({"envelope":1,"headers":{},"value":1})",
                           R"({"envelope":1,"key":"\ud800","value":1})",
                           R"({"envelope":1,"value":)"}) {
    Arena arena;
    lethe_record record{};
    record.value = view(line);
    EXPECT_NE(read_envelope(line, arena, record), "") << line;
    EXPECT_EQ(text(record.value), line);
  }
}

}  // namespace
}  // namespace lethe::connectors::file
