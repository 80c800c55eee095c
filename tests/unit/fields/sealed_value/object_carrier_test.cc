// SPDX-License-Identifier: Apache-2.0
//
// The json carrier. Users can type JSON, so its reader meets everything.

#include <gtest/gtest.h>

#include "plugins/fields/sealed_value.h"
#include "tests/support/hex.h"
#include "tests/unit/fields/sealed_value/example.h"

namespace lethe::fields {
namespace {

using test::hex;
using test::Octets;

struct Read {
  SealedError error;
  std::string compact;  // hex
  Hints hints;
};

Read read(std::string_view json, std::string_view marker = kDefaultMarker,
          const Limits& limits = {}) {
  Octets buffer(json.size() + kHeaderSize);
  SealedValue value;
  Read result;
  result.error = read_object(json, marker, limits, buffer.data(), value, &result.hints);
  if (result.error == SealedError::kNone) result.compact = hex(value.compact);
  return result;
}

// The example with `from` replaced by `to`.
std::string changed(std::string_view from, std::string_view to) {
  std::string json(example::kObject);
  const std::size_t at = json.find(from);
  EXPECT_NE(at, json.npos) << from;
  return json.replace(at, from.size(), to);
}

SealedError error_with(std::string_view from, std::string_view to) {
  return read(changed(from, to)).error;
}

TEST(ObjectCarrier, ReadsTheExampleAndWritesItBack) {
  const Read got = read(example::kObject);
  ASSERT_EQ(got.error, SealedError::kNone);
  EXPECT_EQ(got.compact, example::kCompact);
  EXPECT_EQ(got.hints.key_id, "acme/pii");
  EXPECT_EQ(got.hints.key_version, 12);

  const Octets compact = test::unhex(example::kCompact);
  SealedValue value;
  ASSERT_EQ(read_compact(compact, {}, value), SealedError::kNone);
  std::string out(object_size_bound(compact.size(), kDefaultMarker, got.hints), '\0');
  const char* end = write_object(value, kDefaultMarker, got.hints, out.data());
  EXPECT_EQ(std::string_view(out.data(), end), example::kObject);
}

TEST(ObjectCarrier, ReadsAnyMemberOrderSpaceAndEscapes) {
  EXPECT_EQ(read(R"( {"ciphertext" : "4TodQSyoZ_8HHea-dxal8BPDNDI" , "aad":"A\u0041E",
      "t\u0061g":"OtTMGnV35HoIKKh3e22_Yw","iv":"oKGio6Slpqeoqaqr","alg":"A256GC\u004d",
      "dekId":"qxcJOJeLAcGdqcVQqnYUX\u0077","\u0024enc":1} )")
                .compact,
            example::kCompact);
}

TEST(ObjectCarrier, EscapesMarkerAndKeyIdSoThatTheyReadBack) {
  const std::string marker = "a\"b\\\n";
  const Octets compact = test::unhex(example::kCompact);
  SealedValue value;
  ASSERT_EQ(read_compact(compact, {}, value), SealedError::kNone);
  const Hints hints{std::string(kMaxKeyIdSize, '\x01'), 2147483647};
  std::string out(object_size_bound(compact.size(), marker, hints), '\0');
  const char* end = write_object(value, marker, hints, out.data());
  ASSERT_LE(end, out.data() + out.size());
  const Read got = read({out.data(), end}, marker);
  EXPECT_EQ(got.compact, example::kCompact);
  EXPECT_EQ(got.hints.key_id, hints.key_id);
  EXPECT_EQ(got.hints.key_version, hints.key_version);
}

TEST(ObjectCarrier, TellsPlainJsonFromBrokenJson) {
  for (const std::string_view json :
       {"{}", "[1,2]", "\"enc1.x\"", "null", "7", "{\"$ENC\":1}", "{\"a\":{\"$enc\":1}}"})
    EXPECT_EQ(read(json).error, SealedError::kNotEncrypted) << json;
  for (const std::string_view json : {"", "{", "{\"$enc\":1", "{\"$enc\":1,}", "{\"$enc\":1}}",
                                      "{\"$enc\":01}", "nul", "{\"a\":\"\xff\"}"})
    EXPECT_EQ(read(json).error, SealedError::kMalformed) << json;
  EXPECT_EQ(read(example::kObject, "$sealed").error, SealedError::kNotEncrypted);
}

TEST(ObjectCarrier, NeverReadsPastAnyCut) {
  for (std::size_t size = 0; size < example::kObject.size(); ++size)
    EXPECT_EQ(read(std::string(example::kObject.substr(0, size))).error, SealedError::kMalformed);
}

TEST(ObjectCarrier, ChecksTheSizeBeforeTheMarker) {
  const Limits limits{64};
  const std::string pad(limits.json(), ' ');
  EXPECT_EQ(read(R"({"$enc":2})" + pad, kDefaultMarker, limits).error, SealedError::kTooLarge);
  EXPECT_EQ(read("{}" + pad, kDefaultMarker, limits).error, SealedError::kNotEncrypted);
}

TEST(ObjectCarrier, WantsTheTokenOneAsMarker) {
  for (const std::string_view token : {"\"1\"", "null", "true", "1.0", "1e0", "[1]", "{}"})
    EXPECT_EQ(error_with("\"$enc\":1", "\"$enc\":" + std::string(token)), SealedError::kMalformed)
        << token;
  for (const std::string_view token : {"0", "2", "-1", "-0", "11", "123456789012345678901234"})
    EXPECT_EQ(error_with("\"$enc\":1", "\"$enc\":" + std::string(token)), SealedError::kUnsupported)
        << token;
  // A version we do not know may have other members.
  EXPECT_EQ(read(R"({"$enc":2,"x":[]})").error, SealedError::kUnsupported);
}

TEST(ObjectCarrier, WantsEveryMemberOnceAndTyped) {
  for (const std::string_view member : {"alg", "dekId", "iv", "tag", "aad", "ciphertext"}) {
    const std::string key = "\"" + std::string(member) + "\":";
    EXPECT_EQ(error_with(key, "\"x\":"), SealedError::kMalformed) << member;
    EXPECT_EQ(error_with("\"alg\"", key + "\"AA\",\"alg\""), SealedError::kMalformed) << member;
    EXPECT_EQ(error_with("\"alg\"", key + "null,\"alg\""), SealedError::kMalformed) << member;
  }
  EXPECT_EQ(error_with("\"A256GCM\"", "7"), SealedError::kMalformed);
  EXPECT_EQ(error_with("\"A256GCM\"", "\"A256GCM\\ud800\""), SealedError::kMalformed);
  EXPECT_EQ(error_with("\"AAE\"", "null"), SealedError::kMalformed);
  EXPECT_EQ(error_with("\"alg\"", "\"\\ud800\":1,\"alg\""), SealedError::kMalformed);
  EXPECT_EQ(error_with("\"alg\"", "\"$enc\":1,\"alg\""), SealedError::kMalformed);
}

TEST(ObjectCarrier, HoldsHintsToTheirRange) {
  const auto version = [](std::string_view token) {
    return error_with(":12,", ":" + std::string(token) + ",");
  };
  EXPECT_EQ(version("0"), SealedError::kNone);
  EXPECT_EQ(version("2147483647"), SealedError::kNone);
  for (const std::string_view token :
       {"2147483648", "-1", "-0", "1.0", "1e3", "null", "\"1\"", "99999999999999999999"})
    EXPECT_EQ(version(token), SealedError::kMalformed) << token;
  EXPECT_EQ(error_with("acme/pii", std::string(255, 'k')), SealedError::kNone);
  EXPECT_EQ(error_with("acme/pii", std::string(256, 'k')), SealedError::kMalformed);
  EXPECT_EQ(error_with("\"acme/pii\"", "null"), SealedError::kMalformed);
}

TEST(ObjectCarrier, KnowsTheAlgorithmBeforeItDecodes) {
  EXPECT_EQ(error_with("A256GCM", "AES256_GCM"), SealedError::kUnsupported);
  const std::string both = changed("A256GCM", "nobody");
  EXPECT_EQ(read(std::string(both).replace(both.find("AAE"), 3, "A=E")).error,
            SealedError::kUnsupported);
}

TEST(ObjectCarrier, DecodesCanonicalBase64BeforeItLooksAtFlags) {
  EXPECT_EQ(error_with("\"AAE\"", "\"BAE\""), SealedError::kUnsupported);  // flag 4
  EXPECT_EQ(error_with("\"AAE\"", "\"AAU\""), SealedError::kUnsupported);  // profile 5
  EXPECT_EQ(error_with("\"AAE\"", "\"AAF\""), SealedError::kMalformed);    // unused bits
  EXPECT_EQ(error_with("\"AAE\"", "\"AA\""), SealedError::kMalformed);     // one byte
  EXPECT_EQ(error_with("\"AAE\"", "\"AAEA\""), SealedError::kMalformed);   // three
  const std::string flags = changed("\"AAE\"", "\"BAE\"");
  EXPECT_EQ(read(std::string(flags).replace(flags.find("oKGi"), 4, "oKG=")).error,
            SealedError::kMalformed);
  EXPECT_EQ(read(std::string(flags).replace(flags.find("oKGi"), 4, "")).error,
            SealedError::kUnsupported);  // a nonce of 9 bytes comes after the flags
}

TEST(ObjectCarrier, WantsLengthsThatFitTheSuite) {
  EXPECT_EQ(error_with("oKGio6Slpqeoqaqr", "oKGio6Slpqeo"), SealedError::kMalformed);
  EXPECT_EQ(error_with("oKGio6Slpqeoqaqr", ""), SealedError::kMalformed);
  EXPECT_EQ(error_with("OtTMGnV35HoIKKh3e22_Yw", "OtTMGnV35HoIKKh3e22_"), SealedError::kMalformed);
  EXPECT_EQ(error_with("4TodQSyoZ_8HHea-dxal8BPDNDI", ""), SealedError::kMalformed);
  EXPECT_EQ(error_with("qxcJOJeLAcGdqcVQqnYUXw", "AAAAAAAAAAAAAAAAAAAAAA"),
            SealedError::kMalformed);
  EXPECT_EQ(error_with("A256GCM", "A256SIV"), SealedError::kMalformed);  // its nonce is empty
}

}  // namespace
}  // namespace lethe::fields
