// SPDX-License-Identifier: Apache-2.0
//
// What one worker leaves half done, another completes; and rows that hands have removed.
#include "kms/hex.h"
#include "tests/unit/kms/erasure/desk_bench.h"

namespace lethe::kms::erasure {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RecoveryTest : public DeskBench {
 protected:
  RecoveryTest() : first_(worker(Leasing::kNone)), session_of_(worker()) {
    session_ = session_of_->session();
    text_ = seal_text(*session_, "ada", "text");
  }

  // The erasure breaks off after so many writes to the store, as by a kill.
  Status ask_and_die_after(int writes) {
    controls_->writes_left = writes;
    const auto outcome = first_->erasures().request(request_of_ada());
    controls_->writes_left = -1;
    return outcome ? *outcome : Status{};
  }
  static Request request_of_ada() {
    Request asked = request("ada");
    asked.erasure_id = "er-1";
    return asked;
  }
  // A store that has lost the row and reports that, as a topic does after a tombstone.
  void remove_by_hand() {
    const std::string holder = "h:" + to_hex(controls_->store->scan({}, 1)->front().subject.bytes);
    auto without = std::make_shared<store::MemoryKeyStore>();
    ASSERT_TRUE(without->adopt_control(*controls_->store->control()));
    controls_->store = without;
    controls_->change_marks = [id = text_.dek_id, holder](store::Marks& marks) {
      marks.removed.push_back({id, holder});
    };
  }
  // A fresh worker, some leases later.
  std::unique_ptr<GatewayKms> successor() {
    auto next = worker();
    for (int leases = 0; leases < 4; ++leases) {
      EXPECT_TRUE(next->renew_lease());
      EXPECT_TRUE(next->erasures().tick());
      pass(seconds(31));
    }
    EXPECT_TRUE(next->renew_lease());
    return next;
  }

  std::unique_ptr<GatewayKms> first_;
  std::unique_ptr<GatewayKms> session_of_;
  std::unique_ptr<KeySession> session_;
  SealedText text_;
  store::Position position_;
};

TEST_F(RecoveryTest, ComesToTheSameEndWhereverARequestBrokeOff) {
  // REQUESTED, fence with its burial, FENCED: after none of them, and after each.
  for (int writes = 1; writes <= 3; ++writes) {
    controls_->store = std::make_shared<store::MemoryKeyStore>();
    first_ = worker(Leasing::kNone);
    session_of_ = worker();
    session_ = session_of_->session();
    text_ = seal_text(*session_, "ada", "text");
    ask_and_die_after(writes);
    const auto next = successor();
    EXPECT_EQ(opening_state(*next->session(), text_.dek_id), LETHE_KEY_SHREDDED) << writes;
    EXPECT_EQ(next->erasures().status("er-1")->stage, Stage::kRemoved) << writes;
    EXPECT_THAT(story(*next, "er-1"),
                ElementsAre("REQUESTED", "FENCED", "EFFECTIVE", "EDEKS_REMOVED"))
        << writes;
    EXPECT_EQ(next->status("ada")->fence_version, 1u) << writes;
  }
}

TEST_F(RecoveryTest, HasErasedNothingIfTheRequestWasNeverNoted) {
  ask_and_die_after(0);
  const auto next = successor();
  EXPECT_EQ(next->erasures().status("er-1").error().kind(), ErrorKind::kUnknownKey);
  EXPECT_EQ(open_text(*next->session(), text_), "text");
}

TEST_F(RecoveryTest, NotesAPendingErasureThatItsRequesterDidNotGetToNote) {
  controls_->writes_left = 1;
  Request undoable = request_of_ada();
  undoable.undo_window = hours(1);
  EXPECT_FALSE(first_->erasures().request(undoable));
  controls_->writes_left = -1;
  pass(seconds(31));
  const auto next = worker();
  ASSERT_TRUE(next->erasures().tick());
  pass(seconds(11));
  ASSERT_TRUE(next->erasures().tick());
  ASSERT_TRUE(next->renew_lease());
  EXPECT_EQ(opening_state(*next->session(), text_.dek_id), LETHE_KEY_BLOCKED);
  pass(hours(1));
  ASSERT_TRUE(next->erasures().tick());
  ASSERT_TRUE(next->renew_lease());
  EXPECT_EQ(opening_state(*next->session(), text_.dek_id), LETHE_KEY_SHREDDED);
}

TEST_F(RecoveryTest, WritesTheEntryOfAFenceThatHasNone) {
  ASSERT_TRUE(first_->erasures().request(request_of_ada()));
  // The same fences in a store without a journal, as an older version has left it.
  const auto marks = controls_->store->marks_since(position_);
  auto older = std::make_shared<store::MemoryKeyStore>();
  ASSERT_TRUE(older->adopt_control(*controls_->store->control()));
  ASSERT_TRUE(older->append_fence(marks->fences.front(), {}));
  ASSERT_TRUE(older->bury(marks->erased));
  controls_->store = older;
  const auto next = successor();
  EXPECT_THAT(story(*next, "er-1"), ElementsAre("FENCED", "EFFECTIVE", "EDEKS_REMOVED"));
}

TEST_F(RecoveryTest, TurnsARowRemovedByHandIntoTheSameErasureOnEveryWorker) {
  remove_by_hand();
  const auto one = worker();
  const auto two = worker();
  EXPECT_EQ(opening_state(*one->session(), text_.dek_id), LETHE_KEY_BLOCKED)
      << "until it is fenced";
  EXPECT_EQ(seal_text(*one->session(), "ada", "x").state, LETHE_KEY_BLOCKED)
      << "and no other key of the subject is born";
  ASSERT_TRUE(one->erasures().tick());
  ASSERT_TRUE(two->erasures().tick());
  const std::string id = "tomb-" + to_hex(text_.dek_id.bytes);
  EXPECT_THAT(story(*two, id), Contains("FENCED"));
  EXPECT_EQ(two->status("ada")->fence_version, 1u);
  EXPECT_EQ(opening_state(*two->session(), text_.dek_id), LETHE_KEY_SHREDDED);
}

TEST_F(RecoveryTest, RaisesAnAlarmForARowRemovedUnderAHoldAndErasesNothing) {
  remove_by_hand();
  const auto next = worker();
  ASSERT_TRUE(next->erasures().hold("ada", true, "user:legal"));
  ASSERT_TRUE(next->erasures().tick());
  ASSERT_TRUE(next->erasures().tick());
  EXPECT_EQ(opening_state(*next->session(), text_.dek_id), LETHE_KEY_BLOCKED);
  EXPECT_EQ(next->status("ada")->fence_version, 0u);
  EXPECT_THAT(alarms_, ElementsAre(HasSubstr("hold"))) << "once";
}

}  // namespace
}  // namespace lethe::kms::erasure
