// SPDX-License-Identifier: Apache-2.0
//
// Erasures as they are asked for, waited for, taken back and repeated.
#include "kms/erasure/desk.h"

#include "kms/crypto/derive.h"
#include "kms/hex.h"
#include "kms/journal/certificate.h"
#include "tests/unit/kms/erasure/desk_bench.h"

namespace lethe::kms::erasure {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class DeskTest : public DeskBench {
 protected:
  DeskTest() : custody_(worker(Leasing::kNone)), user_(worker()), session_(user_->session()) {}

  Erasures& desk() { return custody_->erasures(); }
  Status asked(const Request& request) {
    auto status = desk().request(request);
    EXPECT_TRUE(status) << status.error().message();
    return status ? *status : Status{};
  }
  ErrorKind refusal(const Result<Status>& outcome) {
    EXPECT_FALSE(outcome);
    return outcome ? ErrorKind::kInternal : outcome.error().kind();
  }
  SealedText sealed(const std::string& name) { return seal_text(*session_, name, "text"); }

  std::unique_ptr<GatewayKms> custody_;
  std::unique_ptr<GatewayKms> user_;
  std::unique_ptr<KeySession> session_;
};

TEST_F(DeskTest, FencesAtOnceAndIsEffectiveOnceEveryWorkerHasAcknowledgedItTwice) {
  const SealedText text = sealed("ada");
  const Status status = asked(request("ada"));
  EXPECT_EQ(status.stage, Stage::kFenced);
  EXPECT_THAT(status.dek_ids, ElementsAre(to_uuid(text.dek_id)));
  ASSERT_TRUE(desk().tick());
  EXPECT_EQ(desk().status(status.erasure_id)->stage, Stage::kFenced);
  ASSERT_TRUE(user_->renew_lease());
  ASSERT_TRUE(desk().tick());
  EXPECT_EQ(desk().status(status.erasure_id)->stage, Stage::kFenced)
      << "the first beacon may have been on its way before the fence";
  ASSERT_TRUE(user_->renew_lease());
  ASSERT_TRUE(desk().tick());
  EXPECT_EQ(desk().status(status.erasure_id)->stage, Stage::kRemoved);
  EXPECT_THAT(story(*custody_, status.erasure_id),
              ElementsAre("REQUESTED", "FENCED", "EFFECTIVE", "EDEKS_REMOVED"));
}

TEST_F(DeskTest, IsEffectiveALeaseLaterWhateverAWorkerSays) {
  sealed("ada");
  const Status status = asked(request("ada"));
  ASSERT_TRUE(desk().tick());
  pass(seconds(30));
  ASSERT_TRUE(desk().tick());
  EXPECT_EQ(desk().status(status.erasure_id)->stage, Stage::kFenced) << "clocks differ a little";
  pass(milliseconds(300));
  ASSERT_TRUE(desk().tick());
  EXPECT_EQ(desk().status(status.erasure_id)->stage, Stage::kRemoved);
}

TEST_F(DeskTest, WaitsForNobodyWhoseLeaseHasRunOutBefore) {
  sealed("ada");
  sealed("bob");
  asked(request("ada"));
  ASSERT_TRUE(desk().tick());
  pass(seconds(31));
  ASSERT_TRUE(desk().tick());
  const Status second = asked(request("bob"));
  ASSERT_TRUE(desk().tick());
  EXPECT_EQ(desk().status(second.erasure_id)->stage, Stage::kRemoved)
      << "that worker was silent for a lease";
}

TEST_F(DeskTest, WaitsForAWorkerThatWasSilentAndIsBack) {
  sealed("ada");
  sealed("bob");
  asked(request("ada"));
  ASSERT_TRUE(desk().tick());
  pass(seconds(31));
  ASSERT_TRUE(desk().tick());
  ASSERT_TRUE(user_->renew_lease());
  const Status second = asked(request("bob"));
  ASSERT_TRUE(desk().tick());
  EXPECT_EQ(desk().status(second.erasure_id)->stage, Stage::kFenced);
}

TEST_F(DeskTest, KeepsNobodyWaitingWhoStopped) {
  sealed("ada");
  {
    const auto keeper = worker(Leasing::kKept);  // takes its beacon away at its end
  }
  ASSERT_TRUE(user_->renew_lease());
  const Status status = asked(request("ada"));
  ASSERT_TRUE(desk().tick());
  ASSERT_TRUE(user_->renew_lease());
  ASSERT_TRUE(user_->renew_lease());
  ASSERT_TRUE(desk().tick());
  EXPECT_EQ(desk().status(status.erasure_id)->stage, Stage::kRemoved);
}

TEST_F(DeskTest, AnswersARepeatedRequestWithTheFirst) {
  sealed("ada");
  Request first = request("ada");
  first.erasure_id = "er-1";
  const Status begun = asked(first);
  EXPECT_FALSE(begun.already_known);
  EXPECT_THAT(begun.salt, SizeIs(64));
  const Status again = asked(first);
  EXPECT_TRUE(again.already_known);
  EXPECT_EQ(again.subject_commit, begun.subject_commit);
  EXPECT_EQ(again.salt, "") << "nobody keeps it but who asked first";
  const Status nameless = asked(request("ada"));
  EXPECT_EQ(nameless.erasure_id, "er-1");
  const auto stolen = [&] {
    Request other = request("bob");
    other.erasure_id = "er-1";
    return desk().request(other);
  };
  EXPECT_EQ(refusal(stolen()), ErrorKind::kBadConfig);
}

TEST_F(DeskTest, CommitsToASubjectThatOnlyTheSaltReveals) {
  sealed("ada");
  const Status status = asked(request("ada"));
  std::array<std::uint8_t, 32> salt;
  ASSERT_TRUE(from_hex(status.salt, salt));
  EXPECT_EQ(to_hex(crypto::subject_commit(salt, "acme", "ada")), status.subject_commit);
}

TEST_F(DeskTest, ErasesNothingUnderAHoldAndReadsOn) {
  const SealedText text = sealed("ada");
  ASSERT_TRUE(desk().hold("ada", true, "user:legal"));
  EXPECT_EQ(refusal(desk().request(request("ada"))), ErrorKind::kBlocked);
  EXPECT_EQ(open_text(*session_, text), "text");
  ASSERT_TRUE(desk().hold("ada", false, "user:legal"));
  EXPECT_EQ(asked(request("ada")).stage, Stage::kFenced);
}

TEST_F(DeskTest, RestrictsWithinAnUndoWindowAndErasesAfterIt) {
  const SealedText text = sealed("ada");
  Request undoable = request("ada");
  undoable.undo_window = hours(72);
  const Status status = asked(undoable);
  EXPECT_EQ(status.stage, Stage::kPending);
  EXPECT_EQ(opening_state(*session_, text.dek_id), LETHE_KEY_BLOCKED);
  pass(hours(71));
  ASSERT_TRUE(user_->renew_lease());
  ASSERT_TRUE(user_->erasures().tick());
  EXPECT_EQ(opening_state(*session_, text.dek_id), LETHE_KEY_BLOCKED);
  pass(hours(1));
  ASSERT_TRUE(user_->renew_lease());
  ASSERT_TRUE(user_->erasures().tick()) << "any worker does what is due";
  EXPECT_EQ(opening_state(*session_, text.dek_id), LETHE_KEY_SHREDDED);
}

TEST_F(DeskTest, TakesBackAnErasureUntilALeaseBeforeItsTime) {
  const SealedText text = sealed("ada");
  Request undoable = request("ada");
  undoable.undo_window = hours(1);
  const std::string first = asked(undoable).erasure_id;
  EXPECT_EQ(desk().cancel(first, "user:dpo")->stage, Stage::kCancelled);
  EXPECT_EQ(open_text(*session_, text), "text");
  EXPECT_EQ(refusal(desk().cancel(first, "user:dpo")), ErrorKind::kBadConfig);

  const std::string second = asked(undoable).erasure_id;
  EXPECT_NE(second, first) << "what was cancelled is over";
  pass(hours(1) - seconds(30));
  EXPECT_EQ(refusal(desk().cancel(second, "user:dpo")), ErrorKind::kBadConfig);
}

TEST_F(DeskTest, SparesWhatCameAfterAnErasureWhenACancelledRequestIsRepeated) {
  sealed("ada");
  Request undoable = request("ada");
  undoable.erasure_id = "er-cancelled";
  undoable.undo_window = hours(1);
  asked(undoable);
  ASSERT_TRUE(desk().cancel("er-cancelled", "user:dpo"));
  asked(request("ada"));
  ASSERT_TRUE(desk().reinstate("ada", "user:dpo"));
  const SealedText anew = sealed("ada");
  EXPECT_EQ(asked(undoable).stage, Stage::kCancelled);
  EXPECT_EQ(open_text(*session_, anew), "text");
}

TEST_F(DeskTest, ReadsOnUntilAScheduledTime) {
  const SealedText text = sealed("ada");
  Request scheduled = request("ada");
  scheduled.execute_at = now_ + hours(24);
  EXPECT_EQ(asked(scheduled).stage, Stage::kPending);
  EXPECT_EQ(open_text(*session_, text), "text");
  pass(hours(24));
  ASSERT_TRUE(user_->renew_lease());
  ASSERT_TRUE(desk().tick());
  EXPECT_EQ(opening_state(*session_, text.dek_id), LETHE_KEY_SHREDDED);
}

TEST_F(DeskTest, TakesFourEyesToApproveAProposal) {
  const SealedText text = sealed("ada");
  Request proposal = request("ada");
  proposal.propose = true;
  const Status status = asked(proposal);
  EXPECT_EQ(status.stage, Stage::kProposed);
  pass(hours(1));
  ASSERT_TRUE(user_->renew_lease());
  ASSERT_TRUE(desk().tick());
  EXPECT_EQ(open_text(*session_, text), "text") << "it waits";
  EXPECT_EQ(refusal(desk().approve(status.erasure_id, "user:dpo")), ErrorKind::kBadConfig);
  EXPECT_EQ(desk().approve(status.erasure_id, "user:legal")->stage, Stage::kFenced);
  const auto fenced = custody_->journal().find(status.erasure_id, journal::EventKind::kFenced);
  EXPECT_EQ(fenced->event.actor, "user:dpo");
  EXPECT_EQ(fenced->event.approver, "user:legal");
}

TEST_F(DeskTest, ReinstatesAnErasedSubjectUnderANewKey) {
  const SealedText old = sealed("ada");
  asked(request("ada"));
  EXPECT_EQ(sealed("ada").state, LETHE_KEY_SHREDDED);
  ASSERT_TRUE(desk().reinstate("ada", "user:dpo"));
  const SealedText anew = sealed("ada");
  EXPECT_EQ(anew.state, LETHE_KEY_AVAILABLE);
  EXPECT_EQ(open_text(*session_, anew), "text");
  EXPECT_EQ(opening_state(*session_, old.dek_id), LETHE_KEY_SHREDDED) << "nothing comes back";
  EXPECT_EQ(desk().reinstate("bob", "user:dpo").error().kind(), ErrorKind::kBadConfig);
}

TEST_F(DeskTest, LetsNoMoreThanTheRateThroughUnlessSomebodyHasCountedThem) {
  for (const char* name : {"a", "b", "c", "d"}) sealed(name);
  for (const char* name : {"a", "b", "c"}) asked(request(name));
  EXPECT_EQ(refusal(desk().request(request("d"))), ErrorKind::kTransient);
  Request confirmed = request("d");
  confirmed.confirmed = true;
  asked(confirmed);
  sealed("e");
  pass(minutes(1) + seconds(1));
  ASSERT_TRUE(user_->renew_lease());
  sealed("f");
  EXPECT_EQ(asked(request("f")).stage, Stage::kFenced);
}

TEST_F(DeskTest, KnowsNoNameThatHasNoKeyUnlessItIsToBeFencedAhead) {
  EXPECT_EQ(refusal(desk().request(request("nobody"))), ErrorKind::kUnknownKey);
  EXPECT_EQ(custody_->journal().size(), 1u) << "only CREATED: nothing was asked for in vain";
  Request ahead = request("nobody");
  ahead.unseen = true;
  EXPECT_THAT(asked(ahead).dek_ids, SizeIs(0));
  EXPECT_EQ(sealed("nobody").state, LETHE_KEY_SHREDDED);
}

TEST_F(DeskTest, IssuesACertificateThatVerifiesOffline) {
  sealed("ursula");
  const Status status = asked(request("ursula"));
  EXPECT_EQ(desk().certificate(status.erasure_id).error().kind(), ErrorKind::kBadConfig)
      << "not effective yet";
  ASSERT_TRUE(user_->renew_lease());
  ASSERT_TRUE(user_->renew_lease());
  const auto text = desk().certificate(status.erasure_id);
  ASSERT_TRUE(text) << text.error().message();
  EXPECT_THAT(*text, HasSubstr("\"level\":\"L1\""));
  EXPECT_THAT(*text, ::testing::Not(HasSubstr("ursula")));
}

TEST_F(DeskTest, RefusesWhatCannotBeAsked) {
  sealed("ada");
  Request anonymous = request("ada");
  anonymous.actor.clear();
  EXPECT_EQ(refusal(desk().request(anonymous)), ErrorKind::kBadConfig);
  Request negative = request("ada");
  negative.undo_window = milliseconds(-1);
  EXPECT_EQ(refusal(desk().request(negative)), ErrorKind::kBadConfig);
  EXPECT_EQ(refusal(desk().status("er-unknown")), ErrorKind::kUnknownKey);
  EXPECT_EQ(open_text(*session_, sealed("ada")), "text");
}

}  // namespace
}  // namespace lethe::kms::erasure
