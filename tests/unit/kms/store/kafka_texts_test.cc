// SPDX-License-Identifier: Apache-2.0
//
// Keys and values of a key topic, with the worked example of the specification (edek-001).
#include "kms/store/kafka_texts.h"

#include "gtest/gtest.h"
#include "kms/base64.h"
#include "kms/hex.h"

namespace lethe::kms::store {
namespace {

constexpr std::string_view kRecord =
    "454b3100010101000000000000000000000000010000000000000000000000000000000000000000"
    "ab170938978b01c19da9c550aa76145f6db230bcb1af128fb73a0b55804768e9000461636d65"
    "a0a1a2a3a4a5a6a7a8a9aaab3779b975faa39608be4ec84eae8125bc4713e9a7f1977fd0b2b63505"
    "544722a8f056f8d26420030cf205808b624ef6ca000001a203fc5c7b0008776f726b65722d31";
constexpr std::string_view kKey =
    R"({"algorithm":"AES256_GCM","keyId":"gateway-kms://h:6db230bcb1af128fb73a0b55804768e9",)"
    R"("uuid":"ab170938-978b-01c1-9da9-c550aa76145f"})";

EdekRow example() {
  std::vector<std::uint8_t> record(kRecord.size() / 2);
  EXPECT_TRUE(from_hex(kRecord, record));
  EdekRow row;
  EXPECT_TRUE(from_hex("6db230bcb1af128fb73a0b55804768e9", row.subject.bytes));
  EXPECT_TRUE(from_hex("ab170938978b01c19da9c550aa76145f", row.dek_id.bytes));
  row.suite = 1;
  row.record.assign(record.begin(), record.end());
  return row;
}

TEST(KafkaTexts, SpellAnEdekRowAsTheSpecificationDoes) {
  EXPECT_EQ(*edek_key(example()), kKey);
  const KeyText key = read_key(kKey);
  EXPECT_EQ(key.kind, TopicRow::kEdek);
  const EdekText text = read_edek(key, edek_value(example()));
  EXPECT_FALSE(text.damaged);
  EXPECT_FALSE(text.origin.has_value());
  EXPECT_EQ(text.row, example());
}

TEST(KafkaTexts, KeepAReadableNameWhateverIsInIt) {
  EdekRow row = example();
  for (const char* name : {"user-4711", "a \"b\" \\ c", "uuid\",\"uuid\":\"", "Zo\xC3\xAB\n\x01"}) {
    row.name = name;
    const KeyText key = read_key(*edek_key(row));
    EXPECT_EQ(key.holder, name);
    EXPECT_EQ(read_edek(key, edek_value(row)).row, row);
  }
}

TEST(KafkaTexts, CallARowDamagedWhoseRecordIsNotOneOfItsId) {
  const KeyText key = read_key(kKey);
  EdekRow other = example();
  other.record[40] ^= 1;
  for (const std::string& value :
       {edek_value(other), std::string("{}"), std::string(R"({"edek":"!"})"), std::string()}) {
    const EdekText text = read_edek(key, value);
    EXPECT_TRUE(text.damaged);
    EXPECT_EQ(text.row.dek_id, example().dek_id);
    EXPECT_EQ(text.row.subject, example().subject) << "the key says whose it was";
  }
}

TEST(KafkaTexts, TellRowsApartByTheirKeys) {
  const auto kind = [](std::string_view key) { return read_key(key).kind; };
  const std::string hash = "h:6db230bcb1af128fb73a0b55804768e9";
  EXPECT_EQ(kind(R"({"fence":")" + hash + R"(","v":12})"), TopicRow::kFence);
  EXPECT_EQ(read_key(R"({"fence":")" + hash + R"(","v":12})").number, 12u);
  EXPECT_EQ(kind(R"({"erased":"ab170938-978b-01c1-9da9-c550aa76145f"})"), TopicRow::kErased);
  EXPECT_EQ(kind(R"({"state":")" + hash + R"("})"), TopicRow::kState);
  EXPECT_EQ(kind(R"({"control":"store"})"), TopicRow::kControl);
  EXPECT_EQ(kind(R"({"beacon":"w-1"})"), TopicRow::kBeacon);
  EXPECT_EQ(kind(R"({"id":"00","journal":3})"), TopicRow::kJournal);
  for (const char* foreign : {"", "order-17", "{}", "[1]", R"({"fence":"h:6d","v":1})",
                              R"({"control": "store"})", R"({"erased":"ab17"})"})
    EXPECT_EQ(kind(foreign), TopicRow::kForeign) << foreign;
  EXPECT_EQ(kind(R"({"fence":")" + hash + R"(","v":0})"), TopicRow::kForeign);
  EXPECT_EQ(kind(R"({"fence":")" + hash + R"(","v":01})"), TopicRow::kForeign);
}

TEST(KafkaTexts, ReadAKeyThatAPersonTyped) {
  const std::string typed = R"({ "uuid": "ab170938-978b-01c1-9da9-c550aa76145f",)"
                            R"( "keyId": "gateway-kms://user-4711" })";
  EXPECT_EQ(read_key(typed).kind, TopicRow::kForeign);
  const KeyText key = read_key(typed, true);
  EXPECT_EQ(key.kind, TopicRow::kEdek);
  EXPECT_EQ(key.holder, "user-4711");
  EXPECT_EQ(key.dek_id, example().dek_id);
}

TEST(Base64, HasOneTextForAllBytes) {
  std::string bytes;
  for (int n = 0; n < 40; ++n) {
    std::string text;
    append_base64(bytes, text);
    std::string back;
    ASSERT_TRUE(from_base64(text, back));
    EXPECT_EQ(back, bytes);
    bytes.push_back(static_cast<char>(n * 37));
  }
  std::string out;
  for (const char* wrong : {"A", "AA", "AAA", "AB==", "AAB=", "A===", "AA=A", "AA-_", "AA\n="})
    EXPECT_FALSE(from_base64(wrong, out)) << wrong;
  EXPECT_TRUE(from_base64("AA==", out));
}

}  // namespace
}  // namespace lethe::kms::store
