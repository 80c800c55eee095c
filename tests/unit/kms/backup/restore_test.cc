// SPDX-License-Identifier: Apache-2.0
//
// Restores into memory stores: what comes back and what does not, and that an interruption at any
// write leads to the same end.
#include "kms/backup/restore.h"

#include <fstream>

#include "gmock/gmock.h"
#include "kms/audit.h"
#include "tests/unit/kms/gateway/gateway_test_bench.h"

namespace lethe::kms::backup {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Restore : public GatewayTestBench {
 protected:
  // Two people erased before the backup is made, one after it.
  Restore() {
    witness_.witness = {folder_.path("data"), folder_.path("copy")};
    const auto gateway = worker(options());
    for (const char* name : {"ann", "bea", "cid", "dee"}) seal(*gateway, name);
    EXPECT_TRUE(gateway->shred("ann", {}));
    EXPECT_TRUE(gateway->shred("ann-unseen", {.unseen = true}));
    EXPECT_TRUE(gateway->backup(backup_));
    EXPECT_TRUE(gateway->shred("bea", {.policy = ErasedPolicy::kRecreate}));
    seal(*gateway, "bea");  // again, under a new key, which no backup has
    EXPECT_TRUE(gateway->erasures().hold("cid", true, "user:dpo"));
    EXPECT_TRUE(gateway->keep_witness());
    at_last_ = controls_->store;
    empty_store();
  }

  GatewayKms::Options options() {
    GatewayKms::Options options = GatewayTestBench::options();
    options.witness = witness_.witness;
    return options;
  }

  void empty_store() { controls_->store = std::make_shared<store::MemoryKeyStore>(); }

  std::int32_t seal(GatewayKms& gateway, std::string_view name) {
    const auto session = gateway.session();
    lethe_sealing_key key = sealing_key(name);
    EXPECT_TRUE(session->for_sealing({&key, 1}, ErasedPolicy::kBlock));
    return key.state;
  }

  Result<RestoreReport> restore(RestoreOptions options = {}) {
    options.tenant = "acme";
    if (options.file.empty()) options.file = backup_;
    options.witness = witness_.witness;
    options.clock = [this] { return now_; };
    store::FakeKeyStore store(controls_);
    return backup::restore(store, *root(), options);
  }

  // What a store says of its subjects, and that it is sound.
  std::vector<std::string> contents() {
    const auto gateway = worker(options());
    std::vector<std::string> lines;
    if (gateway == nullptr) return lines;
    EXPECT_TRUE(gateway->subjects([&](const SubjectStatus& subject) {
      lines.push_back(subject.subject + " " + std::to_string(subject.live_keys) + " " +
                      std::to_string(subject.fence_version) + " " +
                      std::to_string(subject.policy ? static_cast<int>(*subject.policy) : -1));
    }));
    store::FakeKeyStore store(controls_);
    const auto audited = audit(store, *root(), "acme", witness_.witness);
    EXPECT_TRUE(audited);
    if (audited) {
      EXPECT_THAT(audited->findings, IsEmpty());
    }
    return lines;
  }

  const std::string backup_ = folder_.path("backup.jsonl");
  GatewayKms::Options witness_;
  std::shared_ptr<store::KeyStore> at_last_;
};

TEST_F(Restore, BringsBackTheLivingAndNobodyWhoWasErased) {
  const auto report = restore();
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->keys_restored, 2u);
  EXPECT_EQ(report->keys_left_out, 1u);
  EXPECT_EQ(report->erasures_replayed, 1u);
  EXPECT_TRUE(report->journal_end_is_known);
  const std::vector<std::string> restored = contents();
  controls_->store = at_last_;
  std::vector<std::string> wanted = contents();
  for (std::string& line : wanted)  // the key of bea that was born after the backup
    if (const auto at = line.find(" 1 1 "); at != line.npos) line[at + 1] = '0';
  EXPECT_EQ(restored, wanted);
}

TEST_F(Restore, KeepsHoldsThatCameAfterTheBackup) {
  ASSERT_TRUE(restore());
  const auto gateway = worker(options());
  const auto refused = gateway->shred("cid", {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), ErrorKind::kBlocked);
}

TEST_F(Restore, ComesToTheSameEndWhereverItIsInterrupted) {
  ASSERT_TRUE(restore());
  const std::vector<std::string> wanted = contents();
  int interruptions = 0;
  for (int writes = 0;; ++writes) {
    empty_store();
    controls_->writes_left = writes;
    const bool done = restore().has_value();
    controls_->writes_left = -1;
    controls_->away = false;
    if (done) break;
    ++interruptions;
    GatewayKms::Options eager = options();
    eager.create = writes > 0;                  // before the first write it is anybody's
    EXPECT_FALSE(try_worker(eager)) << writes;  // only the last write makes it a store
    ASSERT_TRUE(restore()) << writes;
    EXPECT_EQ(contents(), wanted) << writes;
  }
  EXPECT_GT(interruptions, 10);
}

TEST_F(Restore, RefusesToGoOnWithoutKnowingWhereTheJournalEnded) {
  witness_.witness = {};
  const auto refused = restore();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message(), HasSubstr("--without-journal"));
  EXPECT_TRUE(controls_->store->journal(0, 1).value().empty());
  RestoreOptions risky;
  risky.without_journal = true;
  const auto report = restore(risky);
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->journal_end_is_known);
  EXPECT_EQ(report->keys_restored, 3u);  // bea is back: what could not be ruled out
}

TEST_F(Restore, RefusesAJournalThatEndsBeforeTheKnownCheckpoint) {
  witness_.witness.copy.clear();
  RestoreOptions risky;
  risky.without_journal = true;
  const auto refused = restore(risky);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message(), HasSubstr("does not extend the checkpoint"));
}

TEST_F(Restore, RefusesACopyOfAnotherHistory) {
  std::string lines = journal::read_journal_copy(witness_.witness.copy).value();
  lines[lines.size() / 2] ^= 1;
  std::ofstream(folder_.path("other")) << lines;
  RestoreOptions options;
  options.journal = folder_.path("other");
  EXPECT_FALSE(restore(options));
  EXPECT_TRUE(controls_->store->control().value().empty());
}

TEST_F(Restore, RefusesAStoreThatHoldsOtherKeys) {
  witness_.witness = {};
  worker(options());  // initialises
  const auto refused = restore();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message(), HasSubstr("other keys"));
}

}  // namespace
}  // namespace lethe::kms::backup
