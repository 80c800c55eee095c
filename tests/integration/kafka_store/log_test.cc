// SPDX-License-Identifier: Apache-2.0
//
// What the order of the log decides, and that every reader of it comes to the same state: another
// process, a restart, a compacted topic.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <random>
#include <thread>

#include "gmock/gmock.h"
#include "kms/store/kafka_texts.h"
#include "tests/integration/kafka_store/key_topic.h"

namespace lethe::kms::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Outcome = Birth::Outcome;

std::vector<EdekRow> look_up(KeyStore& store, std::uint32_t n) {
  const SubjectHash hash = subject(n);
  return *store.look_up({&hash, 1});
}

void put_by_hand(KeyTopic& topic, const EdekRow& row) {
  topic.append(*edek_key(row), edek_value(row));
}

TEST(KeyLog, LetsTheLowestOffsetWinAndHidesTheLoserFromEveryReader) {
  KeyTopic topic;
  const auto store = topic.open();
  put_by_hand(topic, edek(1, 11));
  put_by_hand(topic, edek(1, 12));
  const DekId loser = dek(12);
  const auto other = topic.open();
  for (KeyStore* view : {store.get(), other.get()}) {
    EXPECT_THAT(look_up(*view, 1), ElementsAre(edek(1, 11)));
    EXPECT_THAT(*view->look_up_by_id({&loser, 1}), IsEmpty());
  }
  const std::vector<ErasedRow> lost = {erased(12, "lost")};
  ASSERT_TRUE(store->bury(lost));
  EXPECT_THAT(look_up(*topic.open(), 1), ElementsAre(edek(1, 11)));
}

// A copy of the winner that an epoch roll has wrapped anew lies behind everything else.
TEST(KeyLog, CountsACopyAtTheOffsetOfItsFirstVersion) {
  KeyTopic topic(1, {});
  put_by_hand(topic, edek(1, 11));
  put_by_hand(topic, edek(1, 12));
  EdekRow copy = edek(1, 11);
  copy.record[19] = 2;  // the last byte of kek_gen
  copy.record[39] = 1;  // of origin: offset 0, and 1
  put_by_hand(topic, copy);
  EXPECT_THAT(look_up(*topic.open(), 1), ElementsAre(copy));
}

TEST(KeyLog, ShowsARowBornBelowAFenceAsDeadSoThatItIsBuried) {
  KeyTopic topic;
  const auto store = topic.open();
  ASSERT_EQ(*store->append_fence(fence(1, 1), {}), Fencing::kAppended);
  put_by_hand(topic, edek(1, 11, 0));
  EXPECT_THAT(look_up(*store, 1), ElementsAre(edek(1, 11, 0)));
  const EdekRow next = edek(1, 12, 1);
  EXPECT_EQ(store->create_all({&next, 1})->front().outcome, Outcome::kCreated);
}

TEST(KeyLog, KeepsTheFirstOfTwoFencesOfOneVersion) {
  KeyTopic topic;
  const auto store = topic.open();
  ASSERT_EQ(*store->append_fence(fence(1, 1, "first"), {}), Fencing::kAppended);
  topic.append(fence(1, 1, "second").key, fence(1, 1, "second").value);
  const SubjectHash hash = subject(1);
  const auto other = topic.open();
  for (KeyStore* view : {store.get(), other.get()})
    EXPECT_THAT(*view->fences(hash), ElementsAre(fence(1, 1, "first")));
}

TEST(KeyLog, IgnoresJournalEntriesThatLostOrDoNotFollow) {
  KeyTopic topic;
  const auto store = topic.open();
  const JournalRow first = entry("CREATED");
  const JournalRow second = entry("REQUESTED", &first);
  ASSERT_TRUE(*store->append_journal(first));
  const JournalRow late = entry("LATE");  // sequence 1 once more
  topic.append(late.key, late.value);
  const JournalRow stray = entry("STRAY", &late);  // behind the one that lost
  topic.append(stray.key, stray.value);
  EXPECT_FALSE(*store->append_journal(stray));
  ASSERT_TRUE(*store->append_journal(second));
  EXPECT_THAT(*topic.open()->journal(0, 10), ElementsAre(first, second));
}

TEST(KeyLog, ShowsARecordThatSaysNothingRatherThanLettingAnotherKeyBeBorn) {
  KeyTopic topic;
  const auto store = topic.open();
  put_by_hand(topic, edek(1, 11));
  topic.append(*edek_key(edek(1, 11)), R"({"edek":"AAAA"})");
  ASSERT_THAT(look_up(*store, 1), SizeIs(1));
  EXPECT_NE(look_up(*store, 1).front().record, edek(1, 11).record);
  const EdekRow other = edek(1, 12);
  EXPECT_EQ(store->create_all({&other, 1})->front().outcome, Outcome::kAdopted);
}

struct State {
  std::vector<EdekRow> rows;
  Marks marks;
  std::vector<JournalRow> journal;
  std::vector<BeaconRow> beacons;
};

State state_of(KeyStore& store) {
  Position position;
  return {*store.scan(std::nullopt, 1000), *store.marks_since(position), *store.journal(0, 1000),
          *store.beacons()};
}

void expect_same(const State& a, const State& b) {
  EXPECT_EQ(a.rows, b.rows);
  EXPECT_EQ(a.marks.fences, b.marks.fences);
  EXPECT_EQ(a.marks.erased, b.marks.erased);
  EXPECT_EQ(a.marks.states.back(), b.marks.states.back());
  EXPECT_EQ(a.journal, b.journal);
  EXPECT_EQ(a.beacons, b.beacons);
}

// Something of everything.
void write_history(KafkaKeyStore& store) {
  for (std::uint32_t n = 1; n <= 50; ++n) {
    EdekRow row = edek(n, n);
    if (n % 5 == 0) row.name = "person \"" + std::to_string(n) + "\" \xC3\xA9";
    ASSERT_TRUE(store.create_all({&row, 1}));
  }
  for (std::uint32_t n = 1; n <= 10; ++n) {
    const std::vector<ErasedRow> dead = {erased(n)};
    ASSERT_EQ(*store.append_fence(fence(n, 1), dead), Fencing::kAppended);
  }
  const EdekRow again = edek(3, 103, 1);
  ASSERT_TRUE(store.create_all({&again, 1}));
  for (const char* state : {"1", "2"})
    ASSERT_TRUE(store.put_state(
        {subject(20), "{\"state\":\"h:" + holder_of(edek(20, 0)).substr(2) + "\"}", state}));
  const JournalRow first = entry("CREATED");
  ASSERT_TRUE(*store.append_journal(first));
  ASSERT_TRUE(*store.append_journal(entry("FENCED", &first)));
  for (const char* value : {"1", "2", "3"}) ASSERT_TRUE(store.beat(beacon("w", value), ""));
  ASSERT_TRUE(store.beat(beacon("gone", "1"), ""));
  ASSERT_TRUE(store.drop_beacon("gone"));
}

TEST(KeyLog, GivesTheSameStateAfterARestart) {
  KeyTopic topic;
  const auto store = topic.open();
  write_history(*store);
  expect_same(state_of(*store), state_of(*topic.open()));
}

TEST(KeyLog, GivesTheSameStateWhenCompactionHasTakenTheDeadKeys) {
  KeyTopic topic(1, {{"segment.ms", "500"},
                     {"max.compaction.lag.ms", "1000"},
                     {"min.cleanable.dirty.ratio", "0.01"},
                     {"min.compaction.lag.ms", "0"}});
  const auto store = topic.open();
  write_history(*store);
  const State before = state_of(*store);
  const std::string dead = *edek_key(edek(1, 1));
  const auto is_there = [&] {
    const auto records = topic.records();
    return std::any_of(records.begin(), records.end(),
                       [&](const auto& r) { return r.key == dead && r.value.has_value(); });
  };
  EXPECT_TRUE(is_there());
  for (int i = 0; i < 90 && is_there(); ++i) {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    ASSERT_TRUE(store->beat(beacon("w", "3"), ""));  // the later write that compaction waits for
  }
  EXPECT_FALSE(is_there()) << "the wrapped key of an erased person is still in the topic";
  expect_same(before, state_of(*topic.open()));
}

// Eight workers with four tasks each meet the same people for the first time.
TEST(KeyLog, LetsOneKeyOfEachOfTenThousandSubjectsWinUnderARaceOfEightStores) {
  constexpr std::uint32_t kStores = 8;
  constexpr std::uint32_t kThreads = 4;
  constexpr std::uint32_t kSubjects = 10'000;
  constexpr std::size_t kBatch = 500;
  KeyTopic topic;
  std::vector<std::unique_ptr<KafkaKeyStore>> stores;
  for (std::uint32_t i = 0; i < kStores; ++i) stores.push_back(topic.open());
  std::vector<std::map<std::uint32_t, DekId>> used(kStores * kThreads);
  std::atomic<std::uint32_t> left_over{0};
  std::vector<std::thread> threads;
  for (std::uint32_t t = 0; t < kStores * kThreads; ++t)
    threads.emplace_back([&, t] {
      std::vector<std::uint32_t> order(kSubjects);
      for (std::uint32_t i = 0; i < kSubjects; ++i) order[i] = i;
      std::shuffle(order.begin(), order.end(), std::mt19937(t / kThreads));
      for (std::size_t from = 0; from < order.size(); from += kBatch) {
        std::vector<EdekRow> rows;
        for (std::size_t i = from; i < from + kBatch; ++i)
          rows.push_back(edek(order[i], (t + 1) * 100'000 + order[i]));
        const auto births = stores[t % kStores]->create_all(rows);
        ASSERT_TRUE(births) << births.error().message();
        for (std::size_t i = 0; i < rows.size(); ++i) {
          const Birth& birth = (*births)[i];
          ASSERT_NE(birth.outcome, Outcome::kFenceMoved);
          left_over += birth.left_over ? 1 : 0;
          used[t][order[from + i]] =
              birth.outcome == Outcome::kCreated ? rows[i].dek_id : birth.winner.dek_id;
        }
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (const auto& keys : used) EXPECT_EQ(keys, used.front());
  EXPECT_GT(left_over.load(), 0u) << "there was no race";
  EXPECT_THAT(*topic.open()->scan(std::nullopt, 2 * kSubjects), SizeIs(kSubjects));
}

}  // namespace
}  // namespace lethe::kms::store
