// SPDX-License-Identifier: Apache-2.0
//
// What state rows, and rows removed by hand, mean until a fence overtakes them.
#include "kms/fence_view.h"

#include <array>

#include "gmock/gmock.h"

namespace lethe::kms {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class FenceViewTest : public ::testing::Test {
 protected:
  static store::SubjectHash subject(std::uint8_t n) {
    store::SubjectHash hash;
    hash.bytes.fill(n);
    return hash;
  }
  static store::DekId dek(std::uint8_t n) {
    store::DekId id;
    id.bytes.fill(n);
    return id;
  }
  void learn(const State& state) { view_.apply({.states = {texts_.write(state)}}); }
  void learn(const Fence& fence) { view_.apply({.fences = {texts_.write(fence)}}); }
  void lose_by_hand(std::uint8_t dek_no, std::uint8_t subject_no) {
    view_.apply({.removed = {{dek(dek_no), std::string(1, static_cast<char>(subject_no))}}});
  }
  static Pending pending(std::uint64_t fence, bool undo) {
    return {"er-1", fence, std::chrono::milliseconds(1000), undo, {}, {}};
  }

  std::array<std::uint8_t, 32> secret_{};
  RowTexts texts_{secret_};
  FenceView view_{texts_, [](std::string_view holder) {
                    return std::optional(subject(static_cast<std::uint8_t>(holder.front())));
                  }};
};

TEST_F(FenceViewTest, LetsReadingGoOnWhileAnErasureIsOnlyScheduled) {
  learn(State{subject(1), false, false, 0, pending(0, false)});
  EXPECT_FALSE(view_.subject(subject(1)).restricted);
  EXPECT_THAT(view_.pending(), SizeIs(1));
}

TEST_F(FenceViewTest, BlocksReadingWithinAnUndoWindowUntilTheFence) {
  learn(State{subject(1), false, false, 0, pending(0, true)});
  EXPECT_TRUE(view_.subject(subject(1)).restricted);
  learn(Fence{subject(1), 1, {}, "er-1", {}});
  EXPECT_FALSE(view_.subject(subject(1)).restricted) << "it is shredded now, which says more";
  EXPECT_THAT(view_.pending(), IsEmpty()) << "what waited behind version 0 is over";
}

TEST_F(FenceViewTest, DoesNotReviveAPendingErasureThatArrivesAfterItsFence) {
  learn(Fence{subject(1), 1, {}, "er-1", {}});
  learn(State{subject(1), false, false, 0, pending(0, true)});
  EXPECT_FALSE(view_.subject(subject(1)).restricted);
  EXPECT_THAT(view_.pending(), IsEmpty());
}

TEST_F(FenceViewTest, LetsNewKeysBeBornBehindTheFenceThatWasReinstated) {
  learn(Fence{subject(1), 1, {}, "er-1", ErasedPolicy::kBlock});
  learn(State{subject(1), false, false, 1, {}});
  EXPECT_EQ(view_.subject(subject(1)).policy, ErasedPolicy::kRecreate);
  learn(Fence{subject(1), 2, {}, "er-2", ErasedPolicy::kBlock});
  EXPECT_EQ(view_.subject(subject(1)).policy, ErasedPolicy::kBlock)
      << "reinstating is said of one erasure";
}

TEST_F(FenceViewTest, HoldsWithoutBlockingReading) {
  learn(State{subject(1), false, true, 0, {}});
  EXPECT_TRUE(view_.subject(subject(1)).held);
  EXPECT_FALSE(view_.subject(subject(1)).restricted);
}

TEST_F(FenceViewTest, BlocksAKeyRemovedByHandAndItsSubjectUntilAFenceNamesIt) {
  lose_by_hand(11, 1);
  EXPECT_EQ(view_.dek(dek(11)), DekView::kRemoved);
  EXPECT_TRUE(view_.subject(subject(1)).restricted) << "no other key of the subject may win";
  EXPECT_THAT(view_.removed(), SizeIs(1));
  learn(Fence{subject(1), 1, {dek(11)}, "tomb-1", {}});
  EXPECT_EQ(view_.dek(dek(11)), DekView::kErased);
  EXPECT_FALSE(view_.subject(subject(1)).restricted);
  EXPECT_THAT(view_.removed(), IsEmpty());
}

TEST_F(FenceViewTest, TakesNoTombstoneForARequestWhoseKeyHasAnErasedRow) {
  view_.apply({.erased = {texts_.write(Erased{dek(11), subject(1), 1, false})}});
  lose_by_hand(11, 1);
  EXPECT_EQ(view_.dek(dek(11)), DekView::kErased);
  EXPECT_THAT(view_.removed(), IsEmpty());
}

TEST_F(FenceViewTest, NeverTakesALostRaceForAnErasure) {
  view_.apply({.erased = {texts_.write(Erased{dek(11), subject(1), 0, true})}});
  EXPECT_EQ(view_.dek(dek(11)), DekView::kLost);
  EXPECT_EQ(view_.subject(subject(1)).fence, 0u);
}

}  // namespace
}  // namespace lethe::kms
