// SPDX-License-Identifier: Apache-2.0
//
// Compact, text and avro; the object carrier has a file of its own. The order of checks is the
// point: a value that is wrong in two ways must end in the error of the earlier step.

#include <gtest/gtest.h>

#include "plugins/fields/sealed_value.h"
#include "tests/support/hex.h"
#include "tests/unit/fields/sealed_value/example.h"

namespace lethe::fields {
namespace {

using test::bytes_of;
using test::hex;
using test::Octets;
using test::unhex;

const Limits kLimits;
Limits tiny() {
  return {64};
}

SealedError compact_error(const Octets& bytes, const Limits& limits = kLimits) {
  SealedValue value;
  return read_compact(bytes, limits, value);
}

SealedError text_error(std::string_view text, const Limits& limits = kLimits) {
  Octets buffer(text.size());
  SealedValue value;
  return read_text(text, limits, buffer.data(), value);
}

SealedError avro_error(const Octets& bytes, const Limits& limits = kLimits) {
  Octets buffer(bytes.size() + kHeaderSize);
  SealedValue value;
  return read_avro(bytes, limits, buffer.data(), value);
}

Octets example(std::size_t at, std::uint8_t byte) {
  Octets bytes = unhex(example::kCompact);
  bytes[at] = byte;
  return bytes;
}

std::string as_text(const Octets& compact) {
  std::string text(text_size(compact.size()), '\0');
  EXPECT_EQ(write_text(compact, text.data()), text.data() + text.size());
  return text;
}

TEST(CompactCarrier, GivesViewsOfItsParts) {
  const Octets bytes = unhex(example::kCompact);
  SealedValue value;
  ASSERT_EQ(read_compact(bytes, kLimits, value), SealedError::kNone);
  EXPECT_EQ(value.header.suite, kA256Gcm);
  EXPECT_EQ(value.header.profile, 1);
  EXPECT_EQ(hex(value.header.dek_id), "ab170938978b01c19da9c550aa76145f");
  EXPECT_EQ(hex(value.nonce()), "a0a1a2a3a4a5a6a7a8a9aaab");
  EXPECT_EQ(hex(value.ciphertext()), "e13a1d412ca867ff071de6be7716a5f013c33432");
  EXPECT_EQ(hex(value.tag()), "3ad4cc1a7577e47a0828a8777b6dbf63");
  EXPECT_EQ(value.sealed().data(), bytes.data() + kHeaderSize);
  EXPECT_EQ(bytes.size(), compact_size(*find_suite(1), value.ciphertext().size()));
}

TEST(CompactCarrier, ChecksInTheOrderOfTheSpecification) {
  EXPECT_EQ(compact_error({}), SealedError::kNotEncrypted);
  EXPECT_EQ(compact_error(example(0, 0xD1)), SealedError::kNotEncrypted);
  // Each of these is also too short, and each but the first has an unknown suite.
  EXPECT_EQ(compact_error(Octets(tiny().compact() + 1, 0xE2), tiny()), SealedError::kTooLarge);
  EXPECT_EQ(compact_error(unhex("e2ff")), SealedError::kUnsupported);
  EXPECT_EQ(compact_error(unhex("e1ff")), SealedError::kMalformed);
  EXPECT_EQ(compact_error(unhex("e1ff000100000000000000000000000000000000")),
            SealedError::kUnsupported);
  EXPECT_EQ(compact_error(unhex("e101000100000000000000000000000000000000")),
            SealedError::kMalformed);
}

TEST(CompactCarrier, KnowsSuitesFlagsAndProfiles) {
  EXPECT_EQ(compact_error(example(1, 0)), SealedError::kUnsupported);
  EXPECT_EQ(compact_error(example(1, 11)), SealedError::kUnsupported);
  EXPECT_EQ(compact_error(example(1, 5)), SealedError::kNone);
  EXPECT_EQ(compact_error(example(2, kPaddedFlag)), SealedError::kNone);
  EXPECT_EQ(compact_error(example(2, kSharedFlag)), SealedError::kUnsupported);
  EXPECT_EQ(compact_error(example(2, 4)), SealedError::kUnsupported);
  EXPECT_EQ(compact_error(example(3, 4)), SealedError::kNone);
  EXPECT_EQ(compact_error(example(3, 5)), SealedError::kUnsupported);
  Octets shared = example(2, kSharedFlag);
  for (const std::uint8_t suite : {std::uint8_t{2}, std::uint8_t{3}, std::uint8_t{4}}) {
    shared[1] = suite;
    shared.resize(90);
    EXPECT_EQ(compact_error(shared), SealedError::kNone) << int{suite};
  }
}

TEST(CompactCarrier, NeedsOneByteOfCiphertext) {
  Octets bytes = unhex(example::kCompact);
  bytes.resize(kHeaderSize + 12 + 16 + 1);
  EXPECT_EQ(compact_error(bytes), SealedError::kNone);
  bytes.pop_back();
  EXPECT_EQ(compact_error(bytes), SealedError::kMalformed);
  bytes[1] = 3;  // no nonce: the same bytes are enough
  EXPECT_EQ(compact_error(bytes), SealedError::kNone);
}

TEST(TextCarrier, IsCompactBehindAPrefix) {
  EXPECT_EQ(as_text(unhex(example::kCompact)), example::kText);
  Octets buffer(example::kText.size());
  SealedValue value;
  ASSERT_EQ(read_text(example::kText, kLimits, buffer.data(), value), SealedError::kNone);
  EXPECT_EQ(hex(value.compact), example::kCompact);
}

TEST(TextCarrier, ChecksInTheOrderOfTheSpecification) {
  EXPECT_EQ(text_error(""), SealedError::kNotEncrypted);
  EXPECT_EQ(text_error("enc1"), SealedError::kNotEncrypted);
  EXPECT_EQ(text_error("Enc1.AA"), SealedError::kNotEncrypted);
  EXPECT_EQ(text_error("enc1.===" + std::string(tiny().text(), '='), tiny()),
            SealedError::kTooLarge);
  EXPECT_EQ(text_error("enc1."), SealedError::kMalformed);
  EXPECT_EQ(text_error("enc1.4g=="), SealedError::kMalformed);
  EXPECT_EQ(text_error("enc1.4gA"), SealedError::kUnsupported);   // E2
  EXPECT_EQ(text_error("enc1.4A"), SealedError::kUnsupported);    // E0
  EXPECT_EQ(text_error("enc1.AAAA"), SealedError::kMalformed);    // not E.
  EXPECT_EQ(text_error("enc1.4QEAAQ"), SealedError::kMalformed);  // no whole header
  EXPECT_EQ(text_error(as_text(example(1, 11))), SealedError::kUnsupported);
}

TEST(TextCarrier, AcceptsTheLargestValueAndNoLarger) {
  Octets bytes = unhex(example::kCompact);
  bytes.resize(tiny().compact());
  EXPECT_EQ(compact_error(bytes, tiny()), SealedError::kNone);
  EXPECT_EQ(text_error(as_text(bytes), tiny()), SealedError::kNone);
  bytes.resize(tiny().compact() + 3);
  EXPECT_EQ(text_error(as_text(bytes), tiny()), SealedError::kTooLarge);
}

TEST(AvroCarrier, WritesAndReadsTheDatum) {
  const Octets datum = unhex(example::kAvro);
  Octets buffer(datum.size() + kHeaderSize);
  SealedValue value;
  Hints hints;
  ASSERT_EQ(read_avro(datum, kLimits, buffer.data(), value, &hints), SealedError::kNone);
  EXPECT_EQ(hex(value.compact), example::kCompact);
  EXPECT_EQ(hints.key_id, "acme/pii");
  EXPECT_EQ(hints.key_version, 12);
  Octets out(avro_size_bound(value.compact.size(), hints));
  const std::uint8_t* end = write_avro(value, hints, out.data());
  EXPECT_EQ(hex({out.data(), end}), example::kAvro);
}

TEST(AvroCarrier, HasNoHintsWhereTheWriterKnewNone) {
  const Octets compact = unhex(example::kCompact);
  SealedValue value;
  ASSERT_EQ(read_compact(compact, kLimits, value), SealedError::kNone);
  Octets out(avro_size_bound(compact.size(), {}));
  out.resize(static_cast<std::size_t>(write_avro(value, {}, out.data()) - out.data()));
  Octets buffer(out.size() + kHeaderSize);
  Hints hints{"stale", 3};
  ASSERT_EQ(read_avro(out, kLimits, buffer.data(), value, &hints), SealedError::kNone);
  EXPECT_FALSE(hints.key_id.has_value());
  EXPECT_FALSE(hints.key_version.has_value());
}

TEST(AvroCarrier, ReadsNoDatumThatWasCut) {
  const Octets datum = unhex(example::kAvro);
  for (std::size_t size = 0; size < datum.size(); ++size)
    EXPECT_EQ(avro_error({datum.begin(), datum.begin() + static_cast<std::ptrdiff_t>(size)}),
              SealedError::kMalformed)
        << size;
}

TEST(AvroCarrier, ChecksInTheOrderOfTheSpecification) {
  const std::string tail = "200000000000000000000000000000000004000102ff";  // tag, aad, ciphertext
  const std::string id = "02ab170938978b01c19da9c550aa76145f";
  const std::string alg = "0e4132353647434d", none = "0000";  // A256GCM; no key id, version 0
  const std::string iv = "18000000000000000000000000";
  EXPECT_EQ(avro_error(unhex(alg + none + iv + tail + "02" + id)), SealedError::kNone);
  EXPECT_EQ(avro_error(Octets(tiny().avro() + 1), tiny()), SealedError::kTooLarge);
  EXPECT_EQ(avro_error(unhex(alg + none + iv + tail + "00" + id + "00")), SealedError::kMalformed);
  EXPECT_EQ(avro_error(unhex(alg + none + iv + tail + "00" + "00")), SealedError::kUnsupported);
  EXPECT_EQ(avro_error(unhex(alg + none + iv + tail + "04" + id)), SealedError::kUnsupported);
  EXPECT_EQ(avro_error(unhex("0278" + none + iv + tail + "0200")), SealedError::kMalformed);
  EXPECT_EQ(avro_error(unhex("0278" + none + iv + tail + "02" + id)), SealedError::kUnsupported);
  EXPECT_EQ(avro_error(unhex("02ff" + none + iv + tail + "02" + id)), SealedError::kMalformed);
  EXPECT_EQ(avro_error(unhex(alg + "0001" + iv + tail + "02" + id)), SealedError::kMalformed);
  // Key version 0 again, as a number of more than 64 bits.
  EXPECT_EQ(avro_error(unhex(alg + "00" + "80808080808080808002" + iv + tail + "02" + id)),
            SealedError::kMalformed);
  EXPECT_EQ(avro_error(unhex(alg + none + "00" + tail + "02" + id)), SealedError::kMalformed);
  EXPECT_EQ(avro_error(unhex(alg + none + iv + tail + "02" + "04")), SealedError::kMalformed);
}

TEST(AvroCarrier, BelievesNoClaimedLength) {
  EXPECT_EQ(avro_error(unhex("feffffffffffffffff01")), SealedError::kMalformed);
  EXPECT_EQ(avro_error(unhex("ffffffffffffffffffff7f")), SealedError::kMalformed);
  EXPECT_EQ(avro_error(unhex("01")), SealedError::kMalformed);  // length -1
}

TEST(AcceptList, AcceptsEverythingUntilToldOtherwise) {
  AcceptList list;
  EXPECT_EQ(list.check({10, 0, 4, {}}), SealedError::kNone);
  const Octets suites = {1, 3}, profiles = {0, 1};
  list.only_suites(suites);
  list.only_profiles(profiles);
  EXPECT_EQ(list.check({1, 0, 1, {}}), SealedError::kNone);
  EXPECT_EQ(list.check({3, 0, 0, {}}), SealedError::kNone);
  EXPECT_EQ(list.check({2, 0, 1, {}}), SealedError::kNotAccepted);
  EXPECT_EQ(list.check({1, 0, 2, {}}), SealedError::kNotAccepted);
  list.only_suites({});
  EXPECT_EQ(list.check({1, 0, 1, {}}), SealedError::kNotAccepted);
}

TEST(SealedErrorNames, AreTheSpecificationsOwn) {
  EXPECT_EQ(name(SealedError::kNone), "OK");
  EXPECT_EQ(name(SealedError::kStoreUnavailable), "STORE_UNAVAILABLE");
  EXPECT_EQ(name(SealedError::kTypeMismatch), "TYPE_MISMATCH");
}

}  // namespace
}  // namespace lethe::fields
