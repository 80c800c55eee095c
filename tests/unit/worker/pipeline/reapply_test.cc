// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/reapply.h"

#include <gmock/gmock.h>

#include "tests/unit/worker/pipeline/world.h"
#include "worker/pipeline/chain.h"

namespace lethe::worker::pipeline {
namespace {

using connectors::Route;
using connectors::testing::own;

TEST(Reapply, MakesABatchAsIfItHadJustBeenRead) {
  auto all = records({"a", "b"});
  all[0].headers = {{"h", "1"}, {"none", std::nullopt}};
  all[1].value.reset();
  auto made = connectors::testing::batch_of(all, 7);
  made.end = true;
  made.records[0].out.value = connectors::view("changed");
  made.records[0].route = Route::kNone;
  made.records[1].failed = true;
  made.records[1].stage = 1;
  made.records[1].disposition = LETHE_STOP;
  const auto bytes = made.bytes;

  auto fresh = restore(std::move(made));
  ASSERT_TRUE(fresh);
  for (std::size_t i = 0; i < 2; ++i) {
    const connectors::Record& one = fresh->records[i];
    EXPECT_EQ(own(one.in), all[i]);
    EXPECT_EQ(own(one.out), all[i]);
    EXPECT_EQ(one.route, Route::kSink);
    EXPECT_FALSE(one.failed);
    EXPECT_EQ(one.disposition, LETHE_BY_POLICY);
  }
  EXPECT_EQ(fresh->checkpoint.sequence, 7u);
  EXPECT_EQ(fresh->checkpoint.positions.size(), 1u);
  EXPECT_EQ(fresh->bytes, bytes);
  EXPECT_TRUE(fresh->end);
}

TEST(Reapply, RemembersWhatTheSourceCouldNotTakeApart) {
  auto made = batch({"no json"});
  made.records[0].failed = true;
  made.records[0].stage = kSourceStage;
  made.records[0].error_kind = ErrorKind::kBadRecord;
  made.records[0].error_message = "not JSON";
  made.records[0].disposition = LETHE_DEAD_LETTER;
  const auto fresh = restore(std::move(made));
  EXPECT_TRUE(fresh->records[0].failed);
  EXPECT_EQ(fresh->records[0].error_kind, ErrorKind::kBadRecord);
  EXPECT_EQ(fresh->records[0].error_message, "not JSON");
  EXPECT_EQ(fresh->records[0].disposition, LETHE_BY_POLICY);
}

TEST(Reapply, DoesNotGrowHoweverOftenItIsRepeated) {
  auto made = batch({"0123456789"});
  std::size_t once = 0;
  for (int i = 0; i < 5; ++i) {
    made = restore(std::move(made)).value();
    if (once == 0) once = made.arena.used();
    EXPECT_EQ(made.arena.used(), once);
    made.arena.copy("what the chain wrote");
  }
}

}  // namespace
}  // namespace lethe::worker::pipeline
