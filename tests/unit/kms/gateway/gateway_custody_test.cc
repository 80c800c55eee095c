// SPDX-License-Identifier: Apache-2.0
//
// Custody: how a subject is forgotten, by this worker and by others, and what stays refused.
#include <algorithm>
#include <vector>

#include "gmock/gmock.h"
#include "kms/hex.h"
#include "tests/unit/kms/gateway/gateway_test_bench.h"

namespace lethe::kms {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class GatewayCustody : public GatewayTestBench {
 protected:
  std::int32_t sealing_state(std::string_view name, ErasedPolicy policy = ErasedPolicy::kBlock) {
    return seal_text(*session_, name, "x", policy).state;
  }
  Erasure shred(GatewayKms& kms, std::string_view name, const ShredOptions& options = {}) {
    auto erasure = kms.shred(name, options);
    if (!erasure) ADD_FAILURE() << erasure.error().message();
    return erasure ? *erasure : Erasure{};
  }
  std::vector<SubjectStatus> subjects(GatewayKms& kms) {
    std::vector<SubjectStatus> all;
    EXPECT_TRUE(kms.subjects([&](const SubjectStatus& status) { all.push_back(status); }));
    return all;
  }

  std::unique_ptr<GatewayKms> kms_ = worker();
  std::unique_ptr<KeySession> session_ = kms_->session();
};

TEST_F(GatewayCustody, ForgetsASubjectAfterOneShred) {
  const SealedText ada = seal_text(*session_, "ada", "hers");
  const SealedText bob = seal_text(*session_, "bob", "his");
  const Erasure erasure = shred(*kms_, "ada");
  EXPECT_EQ(erasure.fence_version, 1u);
  EXPECT_THAT(erasure.dek_ids, ElementsAre(to_uuid(ada.dek_id)));
  EXPECT_FALSE(erasure.already_done);
  EXPECT_EQ(opening_state(*session_, ada.dek_id), LETHE_KEY_SHREDDED);
  EXPECT_EQ(open_text(*session_, bob), "his");
  EXPECT_EQ(sealing_state("ada"), LETHE_KEY_SHREDDED);
  EXPECT_EQ(sealing_state("bob"), LETHE_KEY_AVAILABLE);
  const std::vector<store::DekId> ids = {ada.dek_id};
  EXPECT_THAT(*controls_->store->look_up_by_id(ids), IsEmpty());
}

TEST_F(GatewayCustody, ForgetsASubjectOnEveryWorkerAtItsNextBatch) {
  const auto other = worker();
  const auto others_session = other->session();
  const SealedText sealed = seal_text(*others_session, "ada", "hers");
  ASSERT_EQ(open_text(*others_session, sealed), "hers");
  shred(*kms_, "ada");
  EXPECT_EQ(opening_state(*others_session, sealed.dek_id), LETHE_KEY_SHREDDED);
  EXPECT_EQ(seal_text(*others_session, "ada", "x").state, LETHE_KEY_SHREDDED);
  EXPECT_EQ(opening_state(*worker()->session(), sealed.dek_id), LETHE_KEY_SHREDDED)
      << "a worker that starts later";
}

TEST_F(GatewayCustody, ForgetsTheKeysOfAllSuites) {
  const SealedText wide = seal_text(*session_, "ada", "x");
  const SealedText narrow = seal_text(*session_, "ada", "x", ErasedPolicy::kBlock, kA128Gcm);
  EXPECT_THAT(shred(*kms_, "ada").dek_ids, SizeIs(2));
  EXPECT_EQ(opening_state(*session_, wide.dek_id), LETHE_KEY_SHREDDED);
  EXPECT_EQ(opening_state(*session_, narrow.dek_id), LETHE_KEY_SHREDDED);
}

TEST_F(GatewayCustody, ReturnsTheFirstErasureWhenAskedTwice) {
  seal_text(*session_, "ada", "x");
  const Erasure first = shred(*kms_, "ada", {.erasure_id = "er-1"});
  for (const char* id : {"er-1", "er-2", ""}) {
    const Erasure again = shred(*worker(), "ada", {.erasure_id = id});
    EXPECT_TRUE(again.already_done);
    EXPECT_EQ(again.erasure_id, "er-1");
    EXPECT_EQ(again.fence_version, 1u);
    EXPECT_EQ(again.dek_ids, first.dek_ids);
  }
}

TEST_F(GatewayCustody, DoesNotFindANameWithoutARowUnlessItMayBeUnseen) {
  const auto missing = kms_->shred("nobody", {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind(), ErrorKind::kUnknownKey);
  EXPECT_THAT(missing.error().message(), Not(HasSubstr("nobody")));
  EXPECT_THAT(shred(*kms_, "nobody", {.unseen = true}).dek_ids, IsEmpty());
  EXPECT_EQ(sealing_state("nobody"), LETHE_KEY_SHREDDED);
  EXPECT_TRUE(shred(*kms_, "nobody").already_done);
}

TEST_F(GatewayCustody, RefusesWhatCannotBeAsked) {
  seal_text(*session_, "ada", "x");
  EXPECT_EQ(kms_->shred("", {}).error().kind(), ErrorKind::kBadConfig);
  EXPECT_EQ(kms_->shred(std::string(1025, 'x'), {}).error().kind(), ErrorKind::kBadConfig);
  for (const char* id : {"with space", "\xC3\xA9", "a/b"})
    EXPECT_EQ(kms_->shred("ada", {.erasure_id = id}).error().kind(), ErrorKind::kBadConfig);
  EXPECT_EQ(kms_->shred("ada", {.erasure_id = std::string(65, 'x')}).error().kind(),
            ErrorKind::kBadConfig);
  EXPECT_EQ(sealing_state("ada"), LETHE_KEY_AVAILABLE);
}

TEST_F(GatewayCustody, FollowsThePipelinesPolicyForAnErasedSubject) {
  const SealedText old = seal_text(*session_, "ada", "x");
  shred(*kms_, "ada");
  EXPECT_EQ(sealing_state("ada", ErasedPolicy::kBlock), LETHE_KEY_SHREDDED);
  EXPECT_EQ(sealing_state("ada", ErasedPolicy::kDrop), LETHE_KEY_DROPPED);
  const SealedText anew = seal_text(*session_, "ada", "new", ErasedPolicy::kRecreate);
  EXPECT_EQ(anew.state, LETHE_KEY_AVAILABLE);
  EXPECT_NE(anew.dek_id, old.dek_id);
  EXPECT_EQ(open_text(*session_, anew), "new");
  EXPECT_EQ(opening_state(*session_, old.dek_id), LETHE_KEY_SHREDDED);
  EXPECT_EQ(sealing_state("ada", ErasedPolicy::kBlock), LETHE_KEY_SHREDDED)
      << "the recreated key is cached, and not for this policy";
  EXPECT_EQ(seal_text(*session_, "ada", "x", ErasedPolicy::kRecreate).dek_id, anew.dek_id);
}

TEST_F(GatewayCustody, LetsTheFencesOwnPolicyWin) {
  for (const char* name : {"ada", "bob", "cy"}) seal_text(*session_, name, "x");
  shred(*kms_, "ada", {.policy = ErasedPolicy::kRecreate});
  shred(*kms_, "bob", {.policy = ErasedPolicy::kDrop});
  shred(*kms_, "cy", {.policy = ErasedPolicy::kBlock});
  for (const auto policy : {ErasedPolicy::kBlock, ErasedPolicy::kRecreate, ErasedPolicy::kDrop})
    for (int again = 0; again < 2; ++again) {
      EXPECT_EQ(sealing_state("ada", policy), LETHE_KEY_AVAILABLE);
      EXPECT_EQ(sealing_state("bob", policy), LETHE_KEY_DROPPED);
      EXPECT_EQ(sealing_state("cy", policy), LETHE_KEY_SHREDDED);
    }
}

TEST_F(GatewayCustody, ErasesARecreatedSubjectAgain) {
  seal_text(*session_, "ada", "x");
  shred(*kms_, "ada", {.erasure_id = "er-1"});
  const SealedText anew = seal_text(*session_, "ada", "x", ErasedPolicy::kRecreate);
  EXPECT_TRUE(shred(*kms_, "ada", {.erasure_id = "er-1"}).already_done) << "that one was done";
  EXPECT_EQ(opening_state(*session_, anew.dek_id), LETHE_KEY_AVAILABLE);
  const Erasure second = shred(*kms_, "ada", {.erasure_id = "er-2"});
  EXPECT_FALSE(second.already_done);
  EXPECT_EQ(second.fence_version, 2u);
  EXPECT_EQ(opening_state(*session_, anew.dek_id), LETHE_KEY_SHREDDED);
}

TEST_F(GatewayCustody, BirthsNoKeyThatAnErasureOvertook) {
  controls_->before_create = [&] { shred(*worker(), "ada", {.unseen = true}); };
  EXPECT_EQ(sealing_state("ada"), LETHE_KEY_SHREDDED);
  controls_->before_create = [&] { shred(*worker(), "bob", {.unseen = true}); };
  const SealedText bob = seal_text(*session_, "bob", "x", ErasedPolicy::kRecreate);
  EXPECT_EQ(open_text(*session_, bob), "x");
  EXPECT_EQ(subjects(*kms_)[0].fence_version, 1u);
}

TEST_F(GatewayCustody, DoesNotCacheAKeyThatWasErasedWhileItWasLookedUp) {
  const SealedText sealed = seal_text(*session_, "ada", "x");
  const auto other = worker();
  const auto others_session = other->session();
  // The row is read, then the subject erased and this worker told, then the key cached: or not.
  controls_->after_id_look_up = [&] {
    shred(*kms_, "ada");
    lethe_opening_key unrelated = opening_key({{9}});
    EXPECT_TRUE(other->session()->for_opening({&unrelated, 1}));
  };
  opening_state(*others_session, sealed.dek_id);
  EXPECT_EQ(opening_state(*others_session, sealed.dek_id), LETHE_KEY_SHREDDED);
}

TEST_F(GatewayCustody, DropsACachedKeyEvenIfTheFenceDoesNotNameIt) {
  const SealedText sealed = seal_text(*session_, "ada", "x");
  // Its row was deleted by hand before the erasure, which therefore does not know the DEK id.
  controls_->is_gone = [](const store::EdekRow&) { return true; };
  auto lone = std::make_shared<store::MemoryKeyStore>();
  ASSERT_TRUE(lone->adopt_control(*controls_->store->control()));
  controls_->store = lone;
  shred(*worker(), "ada", {.unseen = true});
  EXPECT_NE(opening_state(*session_, sealed.dek_id), LETHE_KEY_AVAILABLE);
  EXPECT_EQ(sealing_state("ada"), LETHE_KEY_SHREDDED);
}

TEST_F(GatewayCustody, CallsARowBelowTheFenceShreddedAndBuriesItWhenAskedAgain) {
  // A key of hers that the fence does not name, since it was not there when she was erased.
  const auto main_store = controls_->store;
  controls_->store = std::make_shared<store::MemoryKeyStore>();
  ASSERT_TRUE(controls_->store->adopt_control(*main_store->control()));
  const SealedText sealed = seal_text(*worker()->session(), "ada", "x");
  const std::vector<store::DekId> ids = {sealed.dek_id};
  const store::EdekRow old = controls_->store->look_up_by_id(ids)->front();
  controls_->store = main_store;
  shred(*kms_, "ada", {.unseen = true});
  controls_->put_back = {old};

  EXPECT_EQ(opening_state(*session_, sealed.dek_id), LETHE_KEY_SHREDDED);
  controls_->put_back[0].record[100] ^= 1;
  EXPECT_EQ(opening_state(*session_, sealed.dek_id), LETHE_KEY_TAMPERED)
      << "only an authentic row may say shredded";
  controls_->put_back = {old};
  EXPECT_TRUE(shred(*kms_, "ada").already_done);
  EXPECT_THAT(controls_->put_back, IsEmpty());
  EXPECT_EQ(opening_state(*session_, sealed.dek_id), LETHE_KEY_SHREDDED) << "its erased row stays";
}

TEST_F(GatewayCustody, CallsADamagedFenceTamperedAndRaisesAnAlarm) {
  const SealedText ada = seal_text(*session_, "ada", "x");
  const SealedText bob = seal_text(*session_, "bob", "x");
  shred(*kms_, "bob");
  for (const bool in_key : {true, false}) {
    alarms_.clear();
    controls_->change_marks = [in_key](store::Marks& marks) {
      for (store::FenceRow& row : marks.fences) {
        std::string& text = in_key ? row.key : row.value;
        text[text.size() / 2] = static_cast<char>(text[text.size() / 2] ^ 1);
      }
    };
    const auto fresh = worker();
    EXPECT_EQ(seal_text(*fresh->session(), "bob", "x").state, LETHE_KEY_TAMPERED);
    EXPECT_EQ(opening_state(*fresh->session(), ada.dek_id), LETHE_KEY_AVAILABLE);
    EXPECT_EQ(fresh->describe().tampered_rows, 1u);
    EXPECT_FALSE(fresh->shred("bob", {}));
    ASSERT_THAT(alarms_, SizeIs(1));
    EXPECT_THAT(alarms_[0], Not(HasSubstr("bob")));
  }
}

TEST_F(GatewayCustody, CallsADamagedErasedRowTampered) {
  const SealedText sealed = seal_text(*session_, "ada", "x");
  shred(*kms_, "ada");
  controls_->change_marks = [](store::Marks& marks) {
    for (store::ErasedRow& row : marks.erased) row.value[10] ^= 1;
  };
  EXPECT_EQ(opening_state(*worker()->session(), sealed.dek_id), LETHE_KEY_TAMPERED);
}

TEST_F(GatewayCustody, TakesNoFenceFromSomebodyWithoutTheSecret) {
  const SealedText sealed = seal_text(*session_, "ada", "x");
  const std::array<std::uint8_t, 32> wrong_secret{1};
  const RowTexts forger(wrong_secret);
  Fence forged;
  from_hex(subjects(*kms_)[0].subject, forged.subject.bytes);
  forged.version = 1;
  forged.erasure_id = "forged";
  forged.dek_ids = {sealed.dek_id};
  const std::vector<store::ErasedRow> rows = {
      forger.write(Erased{sealed.dek_id, forged.subject, 1, false})};
  ASSERT_TRUE(controls_->store->append_fence(forger.write(forged), rows));
  EXPECT_EQ(opening_state(*session_, sealed.dek_id), LETHE_KEY_TAMPERED);
  EXPECT_EQ(opening_state(*worker()->session(), sealed.dek_id), LETHE_KEY_TAMPERED);
  EXPECT_EQ(sealing_state("ada", ErasedPolicy::kRecreate), LETHE_KEY_TAMPERED);
}

TEST_F(GatewayCustody, BlocksARestrictedSubjectUntilItIsLifted) {
  const SealedText sealed = seal_text(*session_, "ada", "x");
  const auto other = worker();
  const auto others_session = other->session();
  ASSERT_EQ(open_text(*others_session, sealed), "x");
  ASSERT_TRUE(kms_->restrict("ada", true));
  for (KeySession* session : {session_.get(), others_session.get()}) {
    EXPECT_EQ(opening_state(*session, sealed.dek_id), LETHE_KEY_BLOCKED);
    EXPECT_EQ(seal_text(*session, "ada", "x").state, LETHE_KEY_BLOCKED);
  }
  EXPECT_TRUE(kms_->status("ada")->restricted);
  ASSERT_TRUE(kms_->restrict("ada", false));
  EXPECT_EQ(open_text(*others_session, sealed), "x");
  EXPECT_EQ(kms_->restrict("nobody", true).error().kind(), ErrorKind::kUnknownKey);
}

TEST_F(GatewayCustody, ShredsARestrictedSubject) {
  const SealedText sealed = seal_text(*session_, "ada", "x");
  ASSERT_TRUE(kms_->restrict("ada", true));
  shred(*kms_, "ada");
  EXPECT_EQ(opening_state(*session_, sealed.dek_id), LETHE_KEY_SHREDDED);
}

TEST_F(GatewayCustody, TellsTheStatusOfASubject) {
  seal_text(*session_, "ada", "x");
  EXPECT_EQ(kms_->status("ada")->live_keys, 1u);
  EXPECT_EQ(kms_->status("ada")->fence_version, 0u);
  EXPECT_EQ(kms_->status("nobody").error().kind(), ErrorKind::kUnknownKey);
  shred(*kms_, "ada", {.policy = ErasedPolicy::kDrop});
  const auto erased = kms_->status("ada");
  EXPECT_EQ(erased->live_keys, 0u);
  EXPECT_EQ(erased->fence_version, 1u);
  EXPECT_EQ(erased->policy, ErasedPolicy::kDrop);
}

TEST_F(GatewayCustody, ListsSubjectsAndKeys) {
  for (int i = 0; i < 40; ++i) seal_text(*session_, "name-" + std::to_string(i), "x");
  for (int i = 0; i < 10; ++i) shred(*kms_, "name-" + std::to_string(i));
  shred(*kms_, "unseen", {.unseen = true});
  const auto all = subjects(*kms_);
  EXPECT_THAT(all, SizeIs(41));
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(),
                             [](const auto& a, const auto& b) { return a.subject < b.subject; }));
  EXPECT_EQ(std::count_if(all.begin(), all.end(),
                          [](const SubjectStatus& status) { return status.fence_version == 1; }),
            11);
  EXPECT_EQ(std::count_if(all.begin(), all.end(),
                          [](const SubjectStatus& status) { return status.live_keys == 1; }),
            30);
  std::vector<KeyStatus> keys;
  ASSERT_TRUE(kms_->keys([&](const KeyStatus& key) { keys.push_back(key); }));
  ASSERT_THAT(keys, SizeIs(30));
  EXPECT_EQ(keys[0].suite, kA256Gcm);
  EXPECT_EQ(keys[0].created_at, now_);
  EXPECT_EQ(keys[0].created_by, "lethe");
  EXPECT_EQ(keys[0].kek_generation, 1u);
  EXPECT_TRUE(keys[0].live);
  EXPECT_FALSE(keys[0].tampered);
  EXPECT_EQ(keys[0].name, "") << "names are hashed unless asked otherwise";
}

TEST_F(GatewayCustody, KeepsNamesReadableWhereThatIsAskedFor) {
  controls_->store = std::make_shared<store::MemoryKeyStore>();
  auto clear = options();
  clear.key_names = KeyNames::kClear;
  const auto kms = worker(clear);
  seal_text(*kms->session(), "ada", "x");
  EXPECT_EQ(kms->status("ada")->name, "ada");
  EXPECT_TRUE(worker()->describe().readable_names) << "a store keeps the way it was made";
  shred(*kms, "ada");
  EXPECT_EQ(kms->status("ada")->name, "") << "the name leaves with its key";
}

}  // namespace
}  // namespace lethe::kms
