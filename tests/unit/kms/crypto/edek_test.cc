// SPDX-License-Identifier: Apache-2.0
//
// The published answers run in the worker's selftest; here are the laws that no single answer
// shows.

#include "kms/crypto/edek.h"

#include <gtest/gtest.h>

#include "kms/crypto/digest.h"
#include "tests/support/hex.h"

namespace lethe::kms::crypto {
namespace {

using test::bytes_of;

constexpr std::array<std::uint8_t, 32> kDek = {1, 2, 3};
constexpr std::array<std::uint8_t, 32> kKek = {9, 8, 7};
constexpr std::size_t kUnauthenticatedTail = 8 + 2 + 8;  // created_at, created_by "worker-1"

EdekRecord wrapped(std::uint64_t fence_ver = 3) {
  EdekRecord record;
  record.suite = 5;
  record.bucket = 17;
  record.kek_gen = 4;
  record.fence_ver = fence_ver;
  record.rotation_no = 2;
  record.origin = 1043;
  record.dek_id = dek_id(kDek, "acme");
  record.subject_hash.fill(0x55);
  record.tenant = "acme";
  record.token.emplace().fill(0x77);
  record.created_at_ms = 1795363200123;
  record.created_by = "worker-1";
  EXPECT_EQ(wrap_edek(record, kKek, kDek), EdekError::kNone);
  return record;
}

EdekRow row_of(const EdekRecord& record) {
  return {record.tenant, record.subject_hash, record.dek_id, record.fence_ver};
}

TEST(Edek, ReturnsTheKeyAndTheRecordThatWentIn) {
  const EdekRecord record = wrapped();
  EdekRecord parsed;
  ASSERT_EQ(parse_edek(bytes_of(encode_edek(record)), parsed), EdekError::kNone);
  EXPECT_EQ(parsed, record);
  Key dek;
  ASSERT_EQ(unwrap_edek(parsed, row_of(parsed), kKek, dek), EdekError::kNone);
  EXPECT_TRUE(equal(dek.bytes(), kDek));
}

TEST(Edek, ParsesNoRecordThatWasCut) {
  const std::string bytes = encode_edek(wrapped());
  EdekRecord parsed;
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_EQ(parse_edek(bytes_of(bytes).first(size), parsed), EdekError::kMalformed) << size;
}

TEST(Edek, NeverGivesAKeyFromARecordWithAnyChangedBitOfItsAuthenticatedPart) {
  const std::string bytes = encode_edek(wrapped());
  for (std::size_t bit = 0; bit < (bytes.size() - kUnauthenticatedTail) * 8; ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    EdekRecord parsed;
    if (parse_edek(bytes_of(changed), parsed) != EdekError::kNone) continue;
    // Even if the row were changed to fit.
    Key dek(kDek);
    EXPECT_NE(unwrap_edek(parsed, row_of(parsed), kKek, dek), EdekError::kNone) << bit;
    EXPECT_TRUE(equal(dek.bytes(), Key().bytes())) << bit;
  }
}

TEST(Edek, SaysShreddedOnlyOfARecordThatItsKekConfirms) {
  EdekRecord record = wrapped(3);
  EdekRow row = row_of(record);
  row.fence_ver = 4;
  Key dek;
  EXPECT_EQ(unwrap_edek(record, row, kKek, dek), EdekError::kKeyShredded);
  EXPECT_TRUE(equal(dek.bytes(), Key().bytes()));
  EXPECT_EQ(unwrap_edek(record, row, std::nullopt, dek), EdekError::kKeyShredded);
  record.fence_ver = 2;  // flipped by someone who can write
  EXPECT_EQ(unwrap_edek(record, row, kKek, dek), EdekError::kAuthFailed);
}

TEST(Edek, SaysUnknownForARecordAheadOfTheFenceOrWithoutItsKek) {
  const EdekRecord record = wrapped(3);
  EdekRow row = row_of(record);
  Key dek;
  EXPECT_EQ(unwrap_edek(record, row, std::nullopt, dek), EdekError::kKeyUnknown);
  row.fence_ver = 2;
  EXPECT_EQ(unwrap_edek(record, row, kKek, dek), EdekError::kKeyUnknown);
}

TEST(Edek, RefusesARecordFiledUnderAnotherRow) {
  const EdekRecord record = wrapped();
  Key dek;
  EdekRow row = row_of(record);
  row.subject_hash[0] ^= 1;
  EXPECT_EQ(unwrap_edek(record, row, kKek, dek), EdekError::kKeyMismatch);
  row = row_of(record);
  row.dek_id[15] ^= 1;
  EXPECT_EQ(unwrap_edek(record, row, kKek, dek), EdekError::kKeyMismatch);
  row = row_of(record);
  row.tenant = "globex";
  EXPECT_EQ(unwrap_edek(record, row, kKek, dek), EdekError::kKeyMismatch);
}

TEST(Edek, WrapsOnlyWhatItCouldUnwrap) {
  const auto refused = [](auto change) {
    EdekRecord record = wrapped();
    change(record);
    return wrap_edek(record, kKek, kDek) == EdekError::kInvalidArgument;
  };
  EXPECT_TRUE(refused([](EdekRecord& r) { r.dek_id[0] ^= 1; }));
  EXPECT_TRUE(refused([](EdekRecord& r) { r.tenant = ""; }));
  EXPECT_TRUE(refused([](EdekRecord& r) { r.tenant = std::string("ac\0me", 5); }));
  EXPECT_TRUE(refused([](EdekRecord& r) { r.created_by = std::string(256, 'x'); }));
  EXPECT_TRUE(refused([](EdekRecord& r) { r.suite = 3; }));
  EXPECT_TRUE(refused([](EdekRecord& r) { r.purpose = kIndexKey; }));
  EXPECT_FALSE(refused([](EdekRecord& r) {
    r.purpose = kIndexKey;
    r.suite = 0;
  }));
}

TEST(Edek, TellsVersionsAlgorithmsAndFlagsItDoesNotKnowFromDamage) {
  const std::string bytes = encode_edek(wrapped());
  const auto with = [&](std::size_t at, char value) {
    std::string changed = bytes;
    changed[at] = value;
    EdekRecord parsed;
    return parse_edek(bytes_of(changed), parsed);
  };
  EXPECT_EQ(with(0, 'X'), EdekError::kMalformed);
  EXPECT_EQ(with(2, '2'), EdekError::kUnsupported);
  EXPECT_EQ(with(4, 2), EdekError::kUnsupported);
  EXPECT_EQ(with(5, 3), EdekError::kUnsupported);
  EXPECT_EQ(with(6, 11), EdekError::kUnsupported);
  EXPECT_EQ(with(7, 3), EdekError::kUnsupported);
}

TEST(Edek, DrawsAFreshNonceForEachWrap) {
  EXPECT_NE(wrapped().nonce, wrapped().nonce);
}

}  // namespace
}  // namespace lethe::kms::crypto
