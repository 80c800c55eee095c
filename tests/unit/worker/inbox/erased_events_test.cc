// SPDX-License-Identifier: Apache-2.0
#include "worker/inbox/erased_events.h"

#include "tests/unit/worker/inbox/office.h"

namespace lethe::worker::inbox {
namespace {

using kms::erasure::Stage;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

struct CursorState {
  bool ours = true;
  std::uint64_t position = 0;
  std::vector<std::uint64_t> moves{};
  std::optional<Error> failure{};
};

class FakeCursor final : public connectors::SharedCursor {
 public:
  explicit FakeCursor(CursorState& state) : state_(state) {}
  Result<std::optional<std::uint64_t>> held() override {
    if (!state_.ours) return std::optional<std::uint64_t>();
    return std::optional(state_.position);
  }
  Result<void> move(std::uint64_t position) override {
    if (state_.failure) return *std::exchange(state_.failure, std::nullopt);
    state_.position = position;
    state_.moves.push_back(position);
    return {};
  }
  Result<void> close() override { return {}; }

 private:
  CursorState& state_;
};

class ErasedEventsTest : public testing::Test {
 protected:
  void erase(const std::string& id) {
    ASSERT_TRUE(office_.erasures.request({.name = "ann-" + id, .erasure_id = id, .actor = "cli"}));
  }
  Result<bool> look() {
    office_.clock.advance(milliseconds(1000));
    return step_.advance({});
  }
  std::vector<std::string> events() const {
    std::vector<std::string> all;
    for (const json::Value& event : office_.written("erased"))
      all.push_back(text(event, "erasure_id") + " " + text(event, "stage"));
    return all;
  }

  Office office_;
  CursorState cursor_;
  ErasedEvents step_{"erased",         std::make_unique<FakeCursor>(cursor_),
                     *office_.journal, office_.erasures,
                     office_.outbox,   office_.clock};
};

TEST_F(ErasedEventsTest, TellsOfEveryErasureThatBecameEffectiveAndRemoved) {
  erase("e-1");
  erase("e-2");
  ASSERT_TRUE(look());
  EXPECT_THAT(events(), IsEmpty());
  EXPECT_EQ(cursor_.position, 3U);  // CREATED is the first
  office_.erasures.reach(Stage::kEffective);
  office_.erasures.reach(Stage::kRemoved, "e-1");
  ASSERT_TRUE(look());
  EXPECT_THAT(events(), ElementsAre("e-1 effective", "e-2 effective", "e-1 removed"));
  EXPECT_EQ(cursor_.position, 6U);
  const auto records = office_.sink.written();
  EXPECT_EQ(records[0].key, "e-1");
  const json::Value event = *json::parse(*records[0].value);
  EXPECT_EQ(event.find("v")->integer(), 1);
  EXPECT_EQ(text(event, "subject"), "5ab1ec1");
  EXPECT_EQ(event.find("fence_version")->integer(), 1);
  EXPECT_EQ(event.find("dek_ids")->array()->size(), 1U);
  EXPECT_EQ(event.find("journal_seq")->integer(), 4);
  EXPECT_TRUE(kms::journal::to_time(text(event, "at")));
}

TEST_F(ErasedEventsTest, WhatWasNotWrittenComesAgain) {
  erase("e");
  office_.erasures.reach(Stage::kEffective);
  office_.sink.fail_next_write(transient("broker away"));
  ASSERT_FALSE(look());
  EXPECT_EQ(cursor_.position, 0U);
  ASSERT_TRUE(look());
  EXPECT_THAT(events(), ElementsAre("e effective"));
}

TEST_F(ErasedEventsTest, WhatWasWrittenWithoutMovingThePositionComesAgain) {
  erase("e");
  office_.erasures.reach(Stage::kEffective);
  cursor_.failure = transient("another worker's");
  ASSERT_FALSE(look());
  ASSERT_TRUE(look());
  EXPECT_THAT(events(), SizeIs(2));
}

TEST_F(ErasedEventsTest, WaitsWhileAnotherWorkerTells) {
  erase("e");
  office_.erasures.reach(Stage::kEffective);
  cursor_.ours = false;
  ASSERT_TRUE(look());
  EXPECT_THAT(events(), IsEmpty());
  cursor_.ours = true;
  ASSERT_TRUE(look());
  EXPECT_THAT(events(), SizeIs(1));
}

TEST_F(ErasedEventsTest, ALongJournalIsToldInParts) {
  for (int i = 0; i < 501; ++i) erase("e" + std::to_string(i));
  ASSERT_TRUE(look());
  EXPECT_THAT(cursor_.moves, ElementsAre(500U, 502U));
}

TEST_F(ErasedEventsTest, AStoreThatIsAwayLosesNothing) {
  erase("e");
  office_.erasures.reach(Stage::kEffective);
  office_.erasures.go_away(true);
  ASSERT_FALSE(look());
  EXPECT_EQ(cursor_.position, 0U);
  office_.erasures.go_away(false);
  ASSERT_TRUE(look());
  EXPECT_THAT(events(), ElementsAre("e effective"));
}

}  // namespace
}  // namespace lethe::worker::inbox
