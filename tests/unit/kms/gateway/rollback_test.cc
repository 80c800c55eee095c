// SPDX-License-Identifier: Apache-2.0
//
// Stores that were put back to an earlier state, as a gateway meets them when it opens.
#include "gmock/gmock.h"
#include "tests/unit/kms/gateway/gateway_test_bench.h"

namespace lethe::kms {
namespace {

using ::testing::HasSubstr;

class Rollback : public GatewayTestBench {
 protected:
  Rollback() { EXPECT_TRUE(worker()->shred("user-1", {.unseen = true})); }

  void expect_refused() {
    const auto opened = try_worker(options());
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind(), ErrorKind::kBadConfig);
    EXPECT_THAT(opened.error().message(), HasSubstr("lethe keys restore"));
  }
};

TEST_F(Rollback, RefusesAStoreWhoseJournalTellsOfAFenceThatItLacks) {
  controls_->change_marks = [](store::Marks& marks) { marks.fences.clear(); };
  expect_refused();
}

TEST_F(Rollback, LeavesAFenceThatFailsItsCheckToWhoeverUsesThatSubject) {
  controls_->change_marks = [](store::Marks& marks) {
    for (store::FenceRow& row : marks.fences) row.value.back() = '!';
  };
  ASSERT_TRUE(try_worker(options()));
  EXPECT_FALSE(alarms_.empty());
}

TEST_F(Rollback, RefusesAStoreThatDoesNotExtendTheCheckpointThatWasKept) {
  GatewayKms::Options with_witness = options();
  with_witness.witness.folder = folder_.path("data");
  ASSERT_TRUE(try_worker(with_witness));
  // The same control rows, before anything else was written.
  const auto older = std::make_shared<store::MemoryKeyStore>();
  ASSERT_TRUE(older->adopt_control(controls_->store->control().value()));
  controls_->store = older;
  const auto opened = try_worker(with_witness);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message(), HasSubstr("lethe keys restore"));
  EXPECT_TRUE(older->journal(0, 1).value().empty());
}

TEST_F(Rollback, KeepsWhatTheJournalHasGotSince) {
  GatewayKms::Options with_witness = options();
  with_witness.witness = {folder_.path("data"), folder_.path("copy")};
  {
    const auto gateway = worker(with_witness);
    ASSERT_TRUE(gateway->shred("user-2", {.unseen = true}));
    ASSERT_TRUE(gateway->keep_witness());
  }
  const std::string copy = journal::read_journal_copy(folder_.path("copy")).value();
  EXPECT_THAT(copy, HasSubstr("\"fence_ver\":1"));
  EXPECT_TRUE(try_worker(with_witness));
}

}  // namespace
}  // namespace lethe::kms
