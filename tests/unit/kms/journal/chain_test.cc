// SPDX-License-Identifier: Apache-2.0
#include "kms/journal/chain.h"

#include "gtest/gtest.h"
#include "kms/journal/checkpoint.h"
#include "tests/unit/kms/journal/samples.h"

namespace lethe::kms::journal {
namespace {

class JournalFile : public ::testing::Test {
 protected:
  JournalFile() : journal_(samples::open(store_)) {
    samples::append_all(*journal_, samples::history());
    text_ = samples::text_of(*journal_);
    note_ = journal_->checkpoint().value();
  }

  // As a verifier with the file, a checkpoint and the key.
  Fault check(std::string_view text) const {
    Chain chain;
    Checkpoint checkpoint;
    Fault fault = add_lines(text, chain);
    if (fault == Fault::kNone)
      fault = read_checkpoint(note_, journal_->signer().verifier_key(), checkpoint);
    return fault == Fault::kNone ? check_extends(chain.tree(), checkpoint) : fault;
  }

  store::MemoryKeyStore store_;
  std::unique_ptr<Journal> journal_;
  std::string text_, note_;
};

TEST_F(JournalFile, PassesAsItWasExported) {
  EXPECT_EQ(check(text_), Fault::kNone);
}

TEST_F(JournalFile, BetraysEveryChangedByte) {
  for (std::size_t at = 0; at < text_.size(); ++at)
    for (const int bit : {1, 2, 64}) {
      std::string changed = text_;
      changed[at] = static_cast<char>(changed[at] ^ bit);
      EXPECT_NE(check(changed), Fault::kNone) << at;
    }
}

TEST_F(JournalFile, BetraysALineThatIsGoneAddedOrMoved) {
  const std::size_t first = text_.find('\n') + 1, second = text_.find('\n', first) + 1;
  const std::string head = text_.substr(0, first), next = text_.substr(first, second - first),
                    rest = text_.substr(second);
  EXPECT_EQ(check(head + rest), Fault::kChainBroken);
  EXPECT_EQ(check(next + rest), Fault::kChainBroken);
  EXPECT_EQ(check(head + next + next + rest), Fault::kChainBroken);
  EXPECT_EQ(check(next + head + rest), Fault::kChainBroken);
}

TEST_F(JournalFile, BetraysAHistoryThatWasCutShortAnywhere) {
  for (std::size_t at = 0; at < text_.size(); ++at)
    EXPECT_EQ(check(text_.substr(0, at)),
              at == 0 || text_[at - 1] == '\n' ? Fault::kBadCheckpoint : Fault::kMalformed)
        << at;
}

TEST_F(JournalFile, MayBeLongerThanItsCheckpoint) {
  samples::append_all(*journal_, {samples::fenced("er-2")});
  EXPECT_EQ(check(samples::text_of(*journal_)), Fault::kNone);
}

// A chain that was made anew from some entry on is sound in itself.
TEST_F(JournalFile, BetraysAHistoryThatWasWrittenAnew) {
  store::MemoryKeyStore forged_store;
  const auto forged = samples::open(forged_store);
  auto events = samples::history();
  events.front().actor = "user:mallory";
  samples::append_all(*forged, events);
  EXPECT_EQ(check(samples::text_of(*forged)), Fault::kBadCheckpoint);
}

TEST(Chain, RefusesTimeThatGoesBackAndASecondTenant) {
  const Event event = samples::of_epoch(EventKind::kCreated, 1);
  const std::string first = write_line(samples::entry(1, event)).value();
  Entry next = samples::entry(2, event);
  next.prev = hash_of_line(first);
  const auto outcome = [&](const Entry& second) {
    Chain chain;
    Entry read;
    EXPECT_EQ(chain.add(first, read), Fault::kNone);
    return chain.add(write_line(second).value(), read);
  };
  EXPECT_EQ(outcome(next), Fault::kNone);
  Entry early = next;
  early.time = samples::start();
  EXPECT_EQ(outcome(early), Fault::kChainBroken);
  Entry foreign = next;
  foreign.tenant = "other";
  EXPECT_EQ(outcome(foreign), Fault::kChainBroken);
  Chain of_another("other");
  Entry read;
  EXPECT_EQ(of_another.add(first, read), Fault::kChainBroken);
}

}  // namespace
}  // namespace lethe::kms::journal
