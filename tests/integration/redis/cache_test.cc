// SPDX-License-Identifier: Apache-2.0
//
// What the cache may change: how often the store is asked. What it may not: any answer.
#include <algorithm>

#include "kms/crypto/edek.h"
#include "kms/hierarchy.h"
#include "tests/integration/redis/cache_fixture.h"

namespace lethe::kms {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST_F(RedisCacheTest, WhatOneWorkerReadTheNextOneFindsInTheCache) {
  const SealedText sealed = seal_text(*worker()->session(), "ada", "hello");
  EXPECT_EQ(in_cache(sealed.dek_id), "") << "a birth is not cached";
  EXPECT_EQ(open_afresh(sealed), "hello");
  const int look_ups = controls_->id_look_ups;
  EXPECT_EQ(open_afresh(sealed), "hello");
  EXPECT_EQ(controls_->id_look_ups, look_ups);
  EXPECT_THAT(reports_, IsEmpty());
}

TEST_F(RedisCacheTest, ARowInTheCacheEndsWithItsTime) {
  const SealedText sealed = seal_text(*worker()->session(), "ada", "hello");
  ASSERT_EQ(open_afresh(sealed), "hello");
  const int seconds = std::stoi(command({"TTL", key_of(sealed.dek_id)}).front());
  EXPECT_GT(seconds, 590);
  EXPECT_LE(seconds, 600);
}

TEST_F(RedisCacheTest, AnErasureTakesTheRowOut) {
  const auto kms = worker();
  const SealedText sealed = seal_text(*kms->session(), "ada", "hello");
  ASSERT_EQ(open_afresh(sealed), "hello");
  ASSERT_NE(in_cache(sealed.dek_id), "");
  ASSERT_TRUE(kms->shred("ada", {}));
  EXPECT_EQ(in_cache(sealed.dek_id), "");
}

TEST_F(RedisCacheTest, ARowLeftInTheCacheAfterItsErasureReadsShredded) {
  const auto kms = worker();
  const SealedText sealed = seal_text(*kms->session(), "ada", "hello");
  const auto reader = worker();
  ASSERT_EQ(open_text(*reader->session(), sealed), "hello");
  const std::string row = in_cache(sealed.dek_id);
  ASSERT_TRUE(kms->shred("ada", {}));
  put_by_hand(sealed.dek_id, row);
  EXPECT_EQ(opening_state(*reader->session(), sealed.dek_id), LETHE_KEY_SHREDDED);
  EXPECT_EQ(state_afresh(sealed.dek_id), LETHE_KEY_SHREDDED);
  const SealedText reborn = seal_text(*kms->session(), "ada", "again", ErasedPolicy::kRecreate);
  EXPECT_NE(reborn.dek_id, sealed.dek_id);
}

// docs/guides/redis-cache.md: no erasure, so nothing promises that it cannot be read any more.
TEST_F(RedisCacheTest, ARowDeletedByHandIsReadFromTheCacheUntilItsTimeIsOver) {
  const SealedText sealed = seal_text(*worker()->session(), "ada", "hello");
  ASSERT_EQ(open_afresh(sealed), "hello");
  controls_->is_gone = [&](const store::EdekRow& row) { return row.dek_id == sealed.dek_id; };
  EXPECT_EQ(open_afresh(sealed), "hello");
  command({"DEL", key_of(sealed.dek_id)});  // as if its time were over
  EXPECT_EQ(state_afresh(sealed.dek_id), LETHE_KEY_UNKNOWN);
}

TEST_F(RedisCacheTest, KeepsStoresThatShareARedisApart) {
  const SealedText sealed = seal_text(*worker()->session(), "ada", "hello");
  ASSERT_EQ(open_afresh(sealed), "hello");
  controls_->store = std::make_shared<store::MemoryKeyStore>();
  EXPECT_EQ(state_afresh(sealed.dek_id), LETHE_KEY_UNKNOWN);
}

TEST_F(RedisCacheTest, GarbageInsteadOfARowIsReplacedByTheRow) {
  const SealedText sealed = seal_text(*worker()->session(), "ada", "hello");
  ASSERT_EQ(open_afresh(sealed), "hello");
  const std::string row = in_cache(sealed.dek_id);
  for (const std::string& odd :
       {std::string(), std::string("x"), row + "x", row.substr(1), row.substr(0, row.size() - 1)}) {
    put_by_hand(sealed.dek_id, odd);
    ASSERT_EQ(open_afresh(sealed), "hello") << ::testing::PrintToString(odd);
    ASSERT_EQ(in_cache(sealed.dek_id), row);
  }
  const std::size_t wrapped_key = row.find("default") + 10;
  for (std::size_t i = 0; i < row.size(); ++i) {
    std::string changed = row;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    put_by_hand(sealed.dek_id, changed);
    ASSERT_EQ(open_afresh(sealed), "hello") << "byte " << i;
    const bool proves_itself = i > wrapped_key;  // birth and creator, which open nothing
    ASSERT_TRUE(proves_itself || in_cache(sealed.dek_id) == row) << "byte " << i;
  }
}

// A made-up row below a fence, whose KEK nobody has, would look like one that was erased.
TEST_F(RedisCacheTest, NobodyWhoWritesToTheCacheCanMakeAKeyLookShredded) {
  const auto kms = worker();
  const SealedText dead = seal_text(*kms->session(), "bob", "x");
  ASSERT_EQ(open_afresh(dead), "x");
  const auto dead_row = store::redis::read_row(in_cache(dead.dek_id), dead.dek_id);
  ASSERT_TRUE(dead_row);
  ASSERT_TRUE(kms->shred("bob", {}));
  const SealedText sealed = seal_text(*kms->session(), "ada", "hello");

  crypto::EdekRecord record;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(dead_row->record.data());
  ASSERT_EQ(crypto::parse_edek({bytes, dead_row->record.size()}, record), crypto::EdekError::kNone);
  record.dek_id = sealed.dek_id.bytes;
  record.kek_gen += 1000;
  store::EdekRow invented = *dead_row;
  invented.dek_id = sealed.dek_id;
  invented.record = crypto::encode_edek(record);
  put_by_hand(sealed.dek_id, store::redis::write_row(invented));
  EXPECT_EQ(open_afresh(sealed), "hello");
}

TEST_F(RedisCacheTest, SaysOnCertificatesThatRowsMayLingerInIt) {
  EXPECT_THAT(cached_store()->caveats(), Contains(HasSubstr("Redis cache for up to 600 seconds")));
}

TEST_F(RedisCacheTest, OnlyTheStoreSaysWhetherARowIsGone) {
  const SealedText sealed = seal_text(*worker()->session(), "ada", "hello");
  ASSERT_EQ(open_afresh(sealed), "hello");
  const auto store = cached_store();
  ASSERT_TRUE(store->control());
  EXPECT_FALSE(*store->gone({&sealed.dek_id, 1}));
  controls_->is_gone = [](const store::EdekRow&) { return true; };
  EXPECT_TRUE(*store->gone({&sealed.dek_id, 1}));
}

class RedisSnapshotTest : public RedisCacheTest {
 protected:
  RedisSnapshotTest() { url_ = server_->url(); }

  // The data key itself, as an attacker would like to have it.
  std::string data_key(const store::DekId& id) {
    const auto hierarchy = Hierarchy::make(*controls_->store, *root(), {});
    EXPECT_TRUE(hierarchy) << hierarchy.error().message();
    const auto rows = *controls_->store->look_up_by_id({&id, 1});
    crypto::EdekRecord record;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(rows.at(0).record.data());
    EXPECT_EQ(crypto::parse_edek({bytes, rows[0].record.size()}, record), crypto::EdekError::kNone);
    const crypto::EdekRow found{(*hierarchy)->tenant(), rows[0].subject.bytes, id.bytes, 0};
    crypto::Key dek;
    EXPECT_EQ(
        crypto::unwrap_edek(record, found, (*hierarchy)->kek(record.bucket, record.kek_gen), dek),
        crypto::EdekError::kNone);
    return {reinterpret_cast<const char*>(dek.bytes().data()), dek.bytes().size()};
  }

  std::unique_ptr<lethe::testing::RedisServer> server_ =
      lethe::testing::RedisServer::start(why_not_);
};

TEST_F(RedisSnapshotTest, HoldsNeitherDataKeysNorNames) {
  const SealedText sealed = seal_text(*worker()->session(), "ada-lovelace", "hello");
  ASSERT_EQ(open_afresh(sealed), "hello");
  const std::string snapshot = server_->snapshot();
  ASSERT_THAT(snapshot, HasSubstr(to_hex(sealed.dek_id.bytes))) << "the row is there";
  EXPECT_EQ(snapshot.find(data_key(sealed.dek_id)), std::string::npos);
  EXPECT_EQ(snapshot.find("ada-lovelace"), std::string::npos);
}

TEST_F(RedisSnapshotTest, HoldsNoRowsWithReadableNames) {
  const SealedText sealed =
      seal_text(*worker(KeyNames::kClear)->session(), "ada-lovelace", "hello");
  ASSERT_EQ(open_afresh(sealed), "hello");
  EXPECT_EQ(command({"DBSIZE"}).front(), "0");
}

}  // namespace
}  // namespace lethe::kms
