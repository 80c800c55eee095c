// SPDX-License-Identifier: Apache-2.0
//
// Use of keys: birth, look-up, handles, the states on read.
#include <algorithm>
#include <set>
#include <thread>

#include "gmock/gmock.h"
#include "kms/hex.h"
#include "tests/unit/kms/gateway/gateway_test_bench.h"

namespace lethe::kms {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class GatewayUse : public GatewayTestBench {
 protected:
  std::unique_ptr<GatewayKms> kms_ = worker();
  std::unique_ptr<KeySession> session_ = kms_->session();
};

TEST_F(GatewayUse, SealsAndOpensUnderTheKeyOfAName) {
  const SealedText sealed = seal_text(*session_, "ada", "secret text");
  ASSERT_EQ(sealed.state, LETHE_KEY_AVAILABLE);
  ASSERT_EQ(sealed.crypto, LETHE_CRYPTO_OK);
  EXPECT_EQ(open_text(*session_, sealed), "secret text");
  EXPECT_EQ(kms_->tenant(), "acme");
}

TEST_F(GatewayUse, GivesOneNameOneKeyAndTwoNamesTwo) {
  const auto first = seal_text(*session_, "ada", "x");
  EXPECT_EQ(seal_text(*session_, "ada", "y").dek_id, first.dek_id);
  EXPECT_EQ(seal_text(*kms_->session(), "ada", "y").dek_id, first.dek_id);
  EXPECT_EQ(seal_text(*worker()->session(), "ada", "y").dek_id, first.dek_id);
  EXPECT_NE(seal_text(*session_, "bob", "x").dek_id, first.dek_id);
  EXPECT_EQ(controls_->creations, 2);
}

TEST_F(GatewayUse, GivesEachSuiteItsOwnKey) {
  const auto wide = seal_text(*session_, "ada", "x", ErasedPolicy::kBlock, kA256Gcm);
  const auto narrow = seal_text(*session_, "ada", "x", ErasedPolicy::kBlock, kA128Gcm);
  EXPECT_NE(wide.dek_id, narrow.dek_id);
  EXPECT_EQ(open_text(*session_, wide), "x");
  EXPECT_EQ(open_text(*session_, narrow), "x");
}

TEST_F(GatewayUse, RefusesAValueWhoseSuiteIsNotTheKeysOwn) {
  SealedText sealed = seal_text(*session_, "ada", "x");
  sealed.suite = kA128Gcm;
  lethe_opening_key key = opening_key(sealed.dek_id);
  ASSERT_TRUE(session_->for_opening({&key, 1}));
  std::string out;
  EXPECT_EQ(open_with(*session_, key.handle, kA128Gcm, sealed.bytes, out),
            LETHE_CRYPTO_AUTH_FAILED);
  EXPECT_EQ(open_with(*session_, key.handle, 99, sealed.bytes, out), LETHE_CRYPTO_UNSUPPORTED);
  std::string sealed_otherwise;
  EXPECT_NE(seal_with(*session_, key.handle, kA128Gcm, "x", sealed_otherwise), LETHE_CRYPTO_OK);
}

TEST_F(GatewayUse, WipesTheOutputOfAValueThatDoesNotOpen) {
  SealedText sealed = seal_text(*session_, "ada", "canary text");
  lethe_opening_key key = opening_key(sealed.dek_id);
  ASSERT_TRUE(session_->for_opening({&key, 1}));
  sealed.bytes.back() = static_cast<char>(sealed.bytes.back() ^ 1);
  std::string out;
  EXPECT_EQ(open_with(*session_, key.handle, kA256Gcm, sealed.bytes, out),
            LETHE_CRYPTO_AUTH_FAILED);
  EXPECT_EQ(out.substr(0, 11), std::string(11, '\0'));
  EXPECT_EQ(open_with(*session_, key.handle, kA256Gcm, "short", out), LETHE_CRYPTO_AUTH_FAILED);
}

TEST_F(GatewayUse, AnswersAWholeBatchWithRepeatedNames) {
  std::vector<lethe_sealing_key> keys;
  for (const char* name : {"ada", "bob", "ada", "", "cy", "bob"}) keys.push_back(sealing_key(name));
  ASSERT_TRUE(session_->for_sealing({keys.data(), keys.size()}, ErasedPolicy::kBlock));
  EXPECT_EQ(id_of(keys[0]), id_of(keys[2]));
  EXPECT_EQ(id_of(keys[1]), id_of(keys[5]));
  EXPECT_EQ(keys[3].state, LETHE_KEY_INVALID);
  EXPECT_EQ(keys[3].handle, 0u);
  EXPECT_EQ(controls_->creations, 3) << "one birth per name";
  EXPECT_EQ(controls_->look_ups, 1) << "one look-up per batch";
  for (const std::size_t i : {0, 1, 2, 4, 5}) {
    std::string sealed, opened;
    ASSERT_EQ(seal_with(*session_, keys[i].handle, kA256Gcm, "x", sealed), LETHE_CRYPTO_OK);
    EXPECT_EQ(open_with(*session_, keys[i].handle, kA256Gcm, sealed, opened), LETHE_CRYPTO_OK);
  }
}

TEST_F(GatewayUse, RefusesNamesThatCannotBe) {
  const std::string longest(1024, 'x');
  EXPECT_EQ(seal_text(*session_, longest, "x").state, LETHE_KEY_AVAILABLE);
  EXPECT_EQ(seal_text(*session_, longest + "x", "x").state, LETHE_KEY_INVALID);
  EXPECT_EQ(seal_text(*session_, std::string_view("a\0b", 3), "x").state, LETHE_KEY_INVALID);
  EXPECT_EQ(seal_text(*session_, "ada", "x", ErasedPolicy::kBlock, 11).state, LETHE_KEY_INVALID);
  EXPECT_EQ(seal_text(*session_, "ada", "x", ErasedPolicy::kBlock, 3).state, LETHE_KEY_INVALID);
  seal_text(*session_, "ada", "x");
  EXPECT_EQ(seal_text(*session_, "ada", "x", ErasedPolicy::kBlock, 257).state, LETHE_KEY_INVALID);
}

TEST_F(GatewayUse, KeepsTheWorkersOwnNamesFromPlugins) {
  EXPECT_EQ(seal_text(*session_, kDeadLetterKeyName, "x").state, LETHE_KEY_INVALID);
  const auto internal = kms_->internal_session();
  const SealedText sealed = seal_text(*internal, kDeadLetterKeyName, "dead letter");
  EXPECT_EQ(open_text(*internal, sealed), "dead letter");
  EXPECT_EQ(seal_text(*session_, kDeadLetterKeyName, "x").state, LETHE_KEY_INVALID)
      << "cached by now, and still not theirs";
  EXPECT_FALSE(kms_->shred(kDeadLetterKeyName, {}));
}

TEST_F(GatewayUse, OpensNothingWithTheHandleOfAnotherBatch) {
  lethe_sealing_key key = sealing_key("ada");
  ASSERT_TRUE(session_->for_sealing({&key, 1}, ErasedPolicy::kBlock));
  const std::uint64_t stale = key.handle;
  std::string sealed, out;
  ASSERT_EQ(seal_with(*session_, stale, kA256Gcm, "x", sealed), LETHE_CRYPTO_OK);
  ASSERT_TRUE(session_->for_sealing({&key, 1}, ErasedPolicy::kBlock));
  EXPECT_EQ(open_with(*session_, stale, kA256Gcm, sealed, out), LETHE_CRYPTO_AUTH_FAILED);
  EXPECT_NE(seal_with(*session_, stale, kA256Gcm, "x", sealed), LETHE_CRYPTO_OK);
  for (const std::uint64_t wild : {std::uint64_t{0}, ~std::uint64_t{0}, key.handle + 1})
    EXPECT_NE(seal_with(*session_, wild, kA256Gcm, "x", sealed), LETHE_CRYPTO_OK);
  EXPECT_EQ(seal_with(*session_, key.handle, kA256Gcm, "x", sealed), LETHE_CRYPTO_OK);
}

TEST_F(GatewayUse, GivesNoHandleToAPlaceThatHeldAKeyInTheLastBatch) {
  lethe_sealing_key key = sealing_key("ada");
  ASSERT_TRUE(session_->for_sealing({&key, 1}, ErasedPolicy::kBlock));
  lethe_opening_key unknown = opening_key({{1, 2, 3}});
  ASSERT_TRUE(session_->for_opening({&unknown, 1}));
  std::string out;
  const std::uint64_t forged = ((key.handle >> 32) + 1) << 32;
  EXPECT_NE(seal_with(*session_, forged, kA256Gcm, "x", out), LETHE_CRYPTO_OK);
}

TEST_F(GatewayUse, FailsAsAWholeWhileTheStoreIsAway) {
  const SealedText sealed = seal_text(*session_, "ada", "x");
  controls_->away = true;
  lethe_sealing_key key = sealing_key("ada");
  const auto refused = session_->for_sealing({&key, 1}, ErasedPolicy::kBlock);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), ErrorKind::kTransient);
  lethe_opening_key opening = opening_key(sealed.dek_id);
  EXPECT_EQ(session_->for_opening({&opening, 1}).error().kind(), ErrorKind::kTransient);
  controls_->away = false;
  EXPECT_EQ(open_text(*session_, sealed), "x");
}

TEST_F(GatewayUse, RemembersUnknownIdsForAWhile) {
  const store::DekId invented{{7, 7, 7}};
  EXPECT_EQ(opening_state(*session_, invented), LETHE_KEY_UNKNOWN);
  const int asked = controls_->id_look_ups;
  EXPECT_EQ(asked, 2) << "once, and once more after a refresh";
  for (int i = 0; i < 100; ++i) EXPECT_EQ(opening_state(*session_, invented), LETHE_KEY_UNKNOWN);
  EXPECT_EQ(controls_->id_look_ups, asked);
  now_ += std::chrono::seconds(31);
  EXPECT_EQ(opening_state(*session_, invented), LETHE_KEY_UNKNOWN);
  EXPECT_EQ(controls_->id_look_ups, asked + 2);
}

TEST_F(GatewayUse, CallsARowThatWasDeletedByHandUnknown) {
  const SealedText sealed = seal_text(*session_, "ada", "x");
  controls_->is_gone = [](const store::EdekRow&) { return true; };
  EXPECT_EQ(opening_state(*worker()->session(), sealed.dek_id), LETHE_KEY_UNKNOWN);
}

TEST_F(GatewayUse, CallsAFlippedBitTamperedAndNeverShredded) {
  const SealedText sealed = seal_text(*session_, "ada", "x");
  const auto size = [&] {
    std::size_t found = 0;
    controls_->change_edek = [&](store::EdekRow& row) { found = row.record.size(); };
    opening_state(*worker()->session(), sealed.dek_id);
    return found;
  }();
  ASSERT_GT(size, 140u);
  const std::size_t authenticated = 4 + 68 + 2 + 4 + 60;  // magic to wrapped, tenant "acme"
  for (std::size_t i = 0; i < authenticated; ++i) {
    controls_->change_edek = [i](store::EdekRow& row) {
      row.record[i] = static_cast<char>(row.record[i] ^ 1);
    };
    const auto fresh = worker();
    // A KEK number that does not exist is not at hand: unknown. Everything else is damage.
    const bool kek_number = i >= 8 && i < 20;
    EXPECT_EQ(opening_state(*fresh->session(), sealed.dek_id),
              kek_number ? LETHE_KEY_UNKNOWN : LETHE_KEY_TAMPERED)
        << "byte " << i;
    EXPECT_NE(seal_text(*fresh->session(), "ada", "x").state, LETHE_KEY_AVAILABLE) << "byte " << i;
  }
  controls_->change_edek = [](store::EdekRow& row) { row.fence_version += 1; };
  EXPECT_EQ(opening_state(*worker()->session(), sealed.dek_id), LETHE_KEY_TAMPERED);
  controls_->change_edek = [](store::EdekRow& row) { row.record.resize(row.record.size() / 2); };
  EXPECT_EQ(opening_state(*worker()->session(), sealed.dek_id), LETHE_KEY_TAMPERED);
  EXPECT_EQ(controls_->creations, 1) << "no key is born beside a damaged one";
}

TEST_F(GatewayUse, BirthsNoKeyBesideARowThatIsMisfiled) {
  seal_text(*session_, "ada", "x");
  controls_->change_edek = [](store::EdekRow& row) { row.suite = kA128Gcm; };
  EXPECT_EQ(seal_text(*worker()->session(), "ada", "x").state, LETHE_KEY_TAMPERED);
  controls_->change_edek = [](store::EdekRow& row) { row.rotation = 7; };
  EXPECT_EQ(seal_text(*worker()->session(), "ada", "x").state, LETHE_KEY_TAMPERED);
  EXPECT_EQ(controls_->creations, 1);
}

TEST_F(GatewayUse, RefusesARowThatWasCopiedFromAnotherSubject) {
  const SealedText ada = seal_text(*session_, "ada", "x");
  const SealedText bob = seal_text(*session_, "bob", "x");
  const std::vector<store::DekId> ids = {ada.dek_id};
  const store::EdekRow adas = controls_->store->look_up_by_id(ids)->front();
  controls_->change_edek = [adas](store::EdekRow& row) { row.record = adas.record; };
  EXPECT_EQ(opening_state(*worker()->session(), bob.dek_id), LETHE_KEY_TAMPERED);
  controls_->change_edek = [adas](store::EdekRow& row) {
    const store::SubjectHash own = row.subject;
    row = adas;
    row.subject = own;
  };
  EXPECT_EQ(seal_text(*worker()->session(), "bob", "x").state, LETHE_KEY_TAMPERED);
}

TEST_F(GatewayUse, GivesTheThreadsOfAWorkerOneKeyPerName) {
  constexpr int kThreads = 4;
  constexpr int kNames = 300;
  std::vector<std::vector<SealedText>> sealed(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      const auto session = kms_->session();
      for (int i = 0; i < kNames; ++i)
        sealed[static_cast<std::size_t>(t)].push_back(
            seal_text(*session, "name-" + std::to_string(i), "x"));
    });
  for (std::thread& thread : threads) thread.join();
  std::set<store::DekId> ids;
  for (const auto& of_thread : sealed)
    for (const SealedText& text : of_thread) {
      ids.insert(text.dek_id);
      EXPECT_EQ(open_text(*session_, text), "x");
    }
  EXPECT_THAT(ids, SizeIs(kNames));
}

TEST_F(GatewayUse, KeepsTheCacheInItsBoundsAndFindsEvictedKeysAgain) {
  auto small_options = options();
  small_options.max_cached_keys = 8;
  const auto small = worker(small_options);
  const auto session = small->session();
  std::vector<SealedText> sealed;
  for (int i = 0; i < 50; ++i)
    sealed.push_back(seal_text(*session, "name-" + std::to_string(i), std::to_string(i)));
  EXPECT_EQ(small->counts().cached, 8u);
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(open_text(*session, sealed[static_cast<std::size_t>(i)]), std::to_string(i));
  EXPECT_EQ(small->counts().cached, 8u);
  EXPECT_EQ(small->counts().keys_created, 50u);
}

TEST_F(GatewayUse, AnswersFromTheCacheWithoutAskingTheStore) {
  seal_text(*session_, "ada", "x");
  const int asked = controls_->look_ups;
  for (int i = 0; i < 10; ++i) seal_text(*session_, "ada", "x");
  EXPECT_EQ(controls_->look_ups, asked);
  EXPECT_EQ(kms_->counts().cache_hits, 10u);
  EXPECT_EQ(kms_->counts().cache_misses, 1u);
}

TEST_F(GatewayUse, HashesBytesForPlugins) {
  std::array<std::uint8_t, 32> digest;
  session_->sha256(view_of("abc"), digest.data());
  EXPECT_EQ(to_hex(digest), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace lethe::kms
