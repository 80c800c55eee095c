// SPDX-License-Identifier: Apache-2.0
#include "kms/journal/journal.h"

#include <atomic>
#include <set>
#include <thread>

#include "gmock/gmock.h"
#include "kms/store/sqlite_key_store.h"
#include "tests/support/kms/fake_key_store.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/kms/journal/samples.h"

namespace lethe::kms::journal {
namespace {

using ::testing::HasSubstr;

class JournalTest : public ::testing::Test {
 protected:
  JournalTest() { controls_->store = std::make_shared<store::MemoryKeyStore>(); }

  // Copies the first `count` entries to a fresh store in place of the old one; changes their rows.
  void replace_store(std::size_t count,
                     const std::function<void(store::JournalRow&)>& change = {}) {
    auto rows = controls_->store->journal(0, count).value();
    controls_->store = std::make_shared<store::MemoryKeyStore>();
    for (store::JournalRow& row : rows) {
      if (change) change(row);
      ASSERT_TRUE(controls_->store->append_journal(row).value());
    }
  }

  std::shared_ptr<store::FakeStoreControls> controls_ =
      std::make_shared<store::FakeStoreControls>();
  store::FakeKeyStore store_{controls_};
};

TEST_F(JournalTest, BeginsWithTheCreationOfTheStoreWhoeverOpensIt) {
  const auto first = samples::open(store_), second = samples::open(store_);
  EXPECT_EQ(second->size(), 1u);
  const Entry entry = second->after(0).front();
  EXPECT_EQ(entry.event.kind, EventKind::kCreated);
  EXPECT_EQ(entry.event.epoch, 1u);
  EXPECT_EQ(entry.tenant, "acme");
}

TEST_F(JournalTest, IndexesWhatItHasReadByErasure) {
  const auto writer = samples::open(store_);
  samples::append_all(*writer, samples::history());
  const auto reader = samples::open(store_);
  EXPECT_EQ(reader->of_erasure("er-1").size(), 5u);
  EXPECT_EQ(reader->of_erasure("er-2").size(), 1u);
  EXPECT_TRUE(reader->of_erasure("er-3").empty());
  EXPECT_EQ(reader->find("er-1", EventKind::kFenced)->event.dek_ids,
            samples::fenced("er-1").dek_ids);
  EXPECT_FALSE(reader->find("er-2", EventKind::kFenced));
  EXPECT_EQ(reader->of_epochs().size(), 4u);
  EXPECT_EQ(reader->after(8).size(), 2u);
  EXPECT_TRUE(reader->after(100).empty());
}

TEST_F(JournalTest, LetsTheFirstEntryOfAnEventStand) {
  const auto first = samples::open(store_), second = samples::open(store_);
  Event event = samples::fenced("er-1");
  ASSERT_TRUE(first->append(event)->ours);
  event.actor = "svc:another";
  const auto late = second->append(event);
  ASSERT_TRUE(late);
  EXPECT_FALSE(late->ours);
  EXPECT_EQ(late->entry.event.actor, "svc:test");
  EXPECT_EQ(late->entry.seq, 2u);
  ASSERT_TRUE(first->append(samples::of_epoch(EventKind::kRewrapped, 2))->ours);
  EXPECT_FALSE(second->append(samples::of_epoch(EventKind::kRewrapped, 2))->ours);
  EXPECT_TRUE(second->append(samples::of_epoch(EventKind::kRewrapped, 3))->ours);
  ASSERT_TRUE(first->catch_up());
  EXPECT_EQ(first->size(), 4u);
}

TEST_F(JournalTest, DoesNotGoBackInTime) {
  Time now = samples::start();
  const auto journal =
      Journal::open(store_, samples::signer(), {"acme", "svc:test", [&] { return now; }}).value();
  now -= std::chrono::hours(1);
  EXPECT_EQ(journal->append(samples::fenced("er-1"))->entry.time, samples::start());
  now += std::chrono::hours(2);
  EXPECT_EQ(journal->append(samples::fenced("er-2"))->entry.time, now);
}

TEST_F(JournalTest, TellsThatTheStoreIsAway) {
  const auto journal = samples::open(store_);
  controls_->away = true;
  EXPECT_EQ(journal->append(samples::fenced("er-1")).error().kind(), ErrorKind::kTransient);
  EXPECT_EQ(journal->checkpoint().error().kind(), ErrorKind::kTransient);
  controls_->away = false;
  EXPECT_TRUE(journal->append(samples::fenced("er-1"))->ours);
}

TEST_F(JournalTest, SignsNothingThatItHasNotReadBack) {
  const auto journal = samples::open(store_), other = samples::open(store_);
  samples::append_all(*other, {samples::fenced("er-1")});
  const std::string note = journal->checkpoint().value();
  Checkpoint checkpoint;
  ASSERT_EQ(read_checkpoint(note, samples::signer().verifier_key(), checkpoint), Fault::kNone);
  EXPECT_EQ(checkpoint.size, 2u);
  EXPECT_EQ(journal->check_extends(note), Fault::kNone);
  EXPECT_EQ(samples::open(store_, samples::kOtherSeed)->check_extends(note), Fault::kBadSignature);
}

TEST_F(JournalTest, NoticesAStoreThatLostEntriesWhileItRan) {
  const auto journal = samples::open(store_);
  samples::append_all(*journal, samples::history());
  replace_store(4);
  for (const Result<void>& outcome : {journal->catch_up(), [&]() -> Result<void> {
                                        LETHE_TRY(journal->append(samples::fenced("er-9")));
                                        return {};
                                      }()}) {
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind(), ErrorKind::kBadConfig);
    EXPECT_THAT(outcome.error().message(), HasSubstr("rolled back"));
  }
}

TEST_F(JournalTest, RefusesAStoreWhoseRowsWereChanged) {
  samples::append_all(*samples::open(store_), samples::history());
  const auto whole = controls_->store;
  const std::function<void(store::JournalRow&)> changes[] = {
      [](store::JournalRow& row) {
        if (row.seq == 5) row.value.replace(row.value.find("svc:test"), 8, "svc:x");
      },
      [](store::JournalRow& row) {
        if (row.seq == 10) row.key.replace(row.key.find(":\"") + 2, 2, "zz");
      },
      [](store::JournalRow& row) {
        if (row.seq == 1) row.value.replace(row.value.find("acme"), 4, "acne");
      }};
  for (const auto& change : changes) {
    controls_->store = whole;
    replace_store(100, change);
    const auto opened = Journal::open(store_, samples::signer(), {"acme", "svc:test"});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind(), ErrorKind::kBadConfig);
    EXPECT_THAT(opened.error().message(), HasSubstr("is broken at entry"));
  }
}

TEST_F(JournalTest, AuditsFromTheFirstEntry) {
  const auto journal = samples::open(store_);
  samples::append_all(*journal, samples::history());
  const auto sound = journal->audit();
  ASSERT_TRUE(sound);
  EXPECT_EQ(sound->fault, Fault::kNone);
  EXPECT_EQ(sound->entries, 10u);
  EXPECT_EQ(sound->counts[static_cast<std::size_t>(EventKind::kRootDestroyed)], 2u);
  // An entry in the middle, which catching up does not look at again.
  replace_store(100, [](store::JournalRow& row) {
    if (row.seq == 5) row.value.replace(row.value.find("svc:test"), 8, "svc:x");
  });
  ASSERT_TRUE(journal->catch_up());
  const auto broken = journal->audit();
  ASSERT_TRUE(broken);
  EXPECT_NE(broken->fault, Fault::kNone);
  EXPECT_EQ(broken->entries, 4u);
  EXPECT_FALSE(journal->export_lines([](std::string_view) { return Result<void>(); }));
}

// Many threads, each with two journals over the same store, write the same erasures.
void race(const std::function<std::unique_ptr<store::KeyStore>()>& open_store, int erasures) {
  constexpr int kThreads = 4;
  std::atomic<int> written{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&] {
      const auto store = open_store();
      const auto first = samples::open(*store), second = samples::open(*store);
      for (int e = 0; e < erasures; ++e)
        for (const EventKind kind : {EventKind::kRequested, EventKind::kEffective}) {
          const auto& journal = e % 2 == 0 ? first : second;
          const auto appended =
              journal->append(samples::of_subject(kind, "er-" + std::to_string(e)));
          ASSERT_TRUE(appended) << appended.error().message();
          if (appended->ours) ++written;
          EXPECT_EQ(appended->entry.event.kind, kind);
        }
    });
  for (std::thread& thread : threads) thread.join();

  const auto store = open_store();
  const auto journal = samples::open(*store);
  EXPECT_EQ(written, 2 * erasures);
  EXPECT_EQ(journal->size(), static_cast<std::uint64_t>(2 * erasures + 1));
  std::set<std::pair<std::string, EventKind>> distinct;
  for (const Entry& entry : journal->after(0))
    EXPECT_TRUE(distinct.insert({entry.event.erasure_id, entry.event.kind}).second);
}

TEST(JournalRace, EndsInOneChainWithoutDoublesInMemory) {
  const auto controls = std::make_shared<store::FakeStoreControls>();
  controls->store = std::make_shared<store::MemoryKeyStore>();
  race([&] { return std::make_unique<store::FakeKeyStore>(controls); }, 100);
}

TEST(JournalRace, EndsInOneChainWithoutDoublesInSqlite) {
  const lethe::testing::TempDir folder;
  race([&] { return store::SqliteKeyStore::make(folder.path("keys.db"), {true}).value(); }, 10);
}

TEST(JournalRace, OfThreadsOverOneJournalEndsInOneChain) {
  store::MemoryKeyStore store;
  const auto journal = samples::open(store);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int e = 0; e < 50; ++e)
        ASSERT_TRUE(journal->append(samples::fenced("er-" + std::to_string(e))));
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(journal->size(), 51u);
  EXPECT_EQ(journal->audit()->fault, Fault::kNone);
}

}  // namespace
}  // namespace lethe::kms::journal
