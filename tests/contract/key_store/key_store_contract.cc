// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/key_store/key_store_contract.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "gmock/gmock.h"

namespace lethe::kms::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using Outcome = Birth::Outcome;

SubjectHash subject(std::uint8_t n) {
  SubjectHash id;
  id.bytes.fill(n);
  return id;
}

DekId dek(std::uint8_t n) {
  DekId id;
  id.bytes.fill(n);
  id.bytes[15] = 0xDE;
  return id;
}

// Records hold bytes of every kind, zeros too.
EdekRow row(std::uint8_t subject_no, std::uint8_t dek_no, std::uint64_t fence = 0,
            std::uint8_t suite = 1) {
  EdekRow edek;
  edek.subject = subject(subject_no);
  edek.dek_id = dek(dek_no);
  edek.suite = suite;
  edek.fence_version = fence;
  edek.record = std::string("EK1\0\xFF", 5) + static_cast<char>(dek_no);
  return edek;
}

FenceRow fence(std::uint8_t subject_no, std::uint64_t version) {
  return {subject(subject_no), version, "{\"v\":" + std::to_string(version) + "}", "{}"};
}

ErasedRow erased(std::uint8_t dek_no, std::string value = "{}") {
  return {dek(dek_no), "{\"erased\":" + std::to_string(dek_no) + "}", std::move(value)};
}

std::vector<Birth> create(KeyStore& store, const std::vector<EdekRow>& rows) {
  auto births = store.create_all(rows);
  EXPECT_TRUE(births) << births.error().message();
  return births ? *births : std::vector<Birth>(rows.size());
}

Fencing append(KeyStore& store, const FenceRow& fence, const std::vector<ErasedRow>& rows) {
  auto fencing = store.append_fence(fence, rows);
  EXPECT_TRUE(fencing) << fencing.error().message();
  return fencing ? *fencing : Fencing::kMoved;
}

std::vector<EdekRow> look_up(KeyStore& store, const std::vector<SubjectHash>& subjects) {
  return *store.look_up(subjects);
}

std::vector<EdekRow> look_up_by_id(KeyStore& store, const std::vector<DekId>& ids) {
  return *store.look_up_by_id(ids);
}

TEST_P(KeyStoreContract, HasNoControlRowsUntilSomebodyProposesSome) {
  EXPECT_THAT(*store().control(), IsEmpty());
  const std::vector<ControlRow> rows = {{"b", "2"}, {"a", "1"}};
  EXPECT_EQ(*store().adopt_control(rows), rows);
  EXPECT_EQ(*another_view().control(), rows);
}

TEST_P(KeyStoreContract, GivesTheFirstControlRowsToAllWhoComeLater) {
  const std::vector<ControlRow> first = {{"store", "first"}};
  const std::vector<ControlRow> second = {{"store", "second"}, {"more", "x"}};
  ASSERT_TRUE(store().adopt_control(first));
  EXPECT_EQ(*another_view().adopt_control(second), first);
  EXPECT_EQ(*store().control(), first);
}

TEST_P(KeyStoreContract, FindsRowsBySubjectInOrderOfBirthAndByDekId) {
  EdekRow named = row(1, 12, 0, 2);
  named.name = "Zo\xC3\xAB O'Neil";
  create(store(), {row(1, 13, 0, 4), named});
  create(store(), {row(2, 20), row(1, 11)});
  EXPECT_THAT(look_up(store(), {subject(1)}), ElementsAre(row(1, 13, 0, 4), named, row(1, 11)));
  EXPECT_THAT(look_up(another_view(), {subject(2), subject(3)}), ElementsAre(row(2, 20)));
  EXPECT_THAT(look_up_by_id(another_view(), {dek(20), dek(99), dek(12)}),
              UnorderedElementsAre(row(2, 20), named));
}

TEST_P(KeyStoreContract, CreatesWhatIsAbsentAndReturnsTheWinnerOfTheRest) {
  create(store(), {row(1, 11)});
  const auto births = create(another_view(), {row(2, 20), row(1, 12), row(2, 21)});
  ASSERT_THAT(births, SizeIs(3));
  EXPECT_EQ(births[0].outcome, Outcome::kCreated);
  EXPECT_EQ(births[1].outcome, Outcome::kAdopted);
  EXPECT_EQ(births[1].winner, row(1, 11));
  EXPECT_EQ(births[2].outcome, Outcome::kAdopted) << "the batch itself holds the winner";
  EXPECT_EQ(births[2].winner, row(2, 20));
  EXPECT_THAT(look_up_by_id(store(), {dek(12), dek(21)}), IsEmpty());
}

TEST_P(KeyStoreContract, TellsRowsApartBySuitePurposeAndRotation) {
  EdekRow rotated = row(1, 12);
  rotated.rotation = 1;
  EdekRow index = row(1, 13);
  index.purpose = 2;
  for (const Birth& birth : create(store(), {row(1, 11), rotated, index, row(1, 14, 0, 5)}))
    EXPECT_EQ(birth.outcome, Outcome::kCreated);
  EXPECT_THAT(look_up(store(), {subject(1)}), SizeIs(4));
}

TEST_P(KeyStoreContract, RefusesARowThatIsNotOfTheCurrentFence) {
  ASSERT_EQ(append(another_view(), fence(1, 1), {}), Fencing::kAppended);
  const auto births = create(store(), {row(1, 10, 0), row(1, 12, 2), row(2, 20, 0), row(1, 11, 1)});
  EXPECT_EQ(births[0].outcome, Outcome::kFenceMoved);
  EXPECT_EQ(births[0].current_fence, 1u);
  EXPECT_EQ(births[1].outcome, Outcome::kFenceMoved);
  EXPECT_EQ(births[2].outcome, Outcome::kCreated) << "another subject is not concerned";
  EXPECT_EQ(births[3].outcome, Outcome::kCreated);
  EXPECT_THAT(look_up(store(), {subject(1)}), ElementsAre(row(1, 11, 1)));
}

TEST_P(KeyStoreContract, ErasesASubjectInOneStep) {
  create(store(), {row(1, 11), row(1, 12, 0, 2), row(2, 20)});
  ASSERT_EQ(append(another_view(), fence(1, 1), {erased(11), erased(12)}), Fencing::kAppended);
  EXPECT_THAT(look_up(store(), {subject(1), subject(2)}), ElementsAre(row(2, 20)));
  EXPECT_THAT(look_up_by_id(store(), {dek(11), dek(12)}), IsEmpty());
  EXPECT_THAT(*store().fences(subject(1)), ElementsAre(fence(1, 1)));
  Position position;
  const auto marks = store().marks_since(position);
  ASSERT_TRUE(marks);
  EXPECT_THAT(marks->fences, ElementsAre(fence(1, 1)));
  EXPECT_THAT(marks->erased, ElementsAre(erased(11), erased(12)));
}

TEST_P(KeyStoreContract, RefusesAFenceThatIsNotTheNext) {
  EXPECT_EQ(append(store(), fence(1, 2), {}), Fencing::kMoved);
  EXPECT_EQ(append(store(), fence(1, 0), {}), Fencing::kMoved);
  EXPECT_EQ(append(store(), fence(1, 1), {}), Fencing::kAppended);
  EXPECT_EQ(append(another_view(), fence(1, 1), {}), Fencing::kMoved);
  EXPECT_THAT(*store().fences(subject(1)), ElementsAre(fence(1, 1)));
}

TEST_P(KeyStoreContract, RefusesAFenceThatDoesNotNameJustTheRowsOfItsSubject) {
  create(store(), {row(1, 11), row(2, 20)});
  EXPECT_EQ(append(store(), fence(1, 1), {}), Fencing::kMoved);
  EXPECT_EQ(append(store(), fence(1, 1), {erased(12)}), Fencing::kMoved);
  EXPECT_EQ(append(store(), fence(1, 1), {erased(11), erased(20)}), Fencing::kMoved);
  EXPECT_THAT(look_up(store(), {subject(1), subject(2)}), SizeIs(2));
  Position position;
  EXPECT_TRUE(store().marks_since(position)->empty()) << "nothing may be left half done";
}

TEST_P(KeyStoreContract, KeepsEveryFenceAndLetsTheSubjectLiveOnBehindIt) {
  create(store(), {row(1, 11)});
  append(store(), fence(1, 1), {erased(11)});
  create(store(), {row(1, 12, 1)});
  EXPECT_THAT(look_up(store(), {subject(1)}), ElementsAre(row(1, 12, 1)));
  ASSERT_EQ(append(store(), fence(1, 2), {erased(12)}), Fencing::kAppended);
  EXPECT_THAT(*another_view().fences(subject(1)), ElementsAre(fence(1, 1), fence(1, 2)));
}

TEST_P(KeyStoreContract, BuriesLeftOversAndKeepsTheFirstErasedRow) {
  create(store(), {row(1, 11), row(1, 12, 0, 2)});
  const std::vector<ErasedRow> first = {erased(11, "first")};
  const std::vector<ErasedRow> second = {erased(11, "second"), erased(12, "second")};
  ASSERT_TRUE(store().bury(first));
  EXPECT_THAT(look_up(another_view(), {subject(1)}), ElementsAre(row(1, 12, 0, 2)));
  ASSERT_TRUE(another_view().bury(second));
  EXPECT_THAT(look_up(store(), {subject(1)}), IsEmpty());
  Position position;
  EXPECT_THAT(store().marks_since(position)->erased,
              ElementsAre(erased(11, "first"), erased(12, "second")));
}

TEST_P(KeyStoreContract, ReportsEachFenceErasedAndStateRowOnce) {
  Position position;
  EXPECT_TRUE(store().marks_since(position)->empty());
  create(store(), {row(1, 11)});
  append(another_view(), fence(1, 1), {erased(11)});
  const StateRow restricted = {subject(2), "{\"state\":2}", "restricted"};
  ASSERT_TRUE(another_view().put_state(restricted));
  const auto news = store().marks_since(position);
  EXPECT_THAT(news->fences, ElementsAre(fence(1, 1)));
  EXPECT_THAT(news->erased, ElementsAre(erased(11)));
  EXPECT_THAT(news->states, ElementsAre(restricted));
  EXPECT_TRUE(store().marks_since(position)->empty());

  const StateRow released = {subject(2), "{\"state\":2}", "released"};
  ASSERT_TRUE(store().put_state(released));
  EXPECT_THAT(store().marks_since(position)->states, ElementsAre(released));
  Position fresh;
  EXPECT_EQ(another_view().marks_since(fresh)->states.back(), released);
}

// A store that cannot tell without a round trip answers what its watch() saw.
TEST_P(KeyStoreContract, ShowsByItsVersionThatSomebodyWrote) {
  using namespace std::chrono;
  auto changes_within = [this, last = *store().version()](milliseconds at_most) mutable {
    const auto deadline = steady_clock::now() + at_most;
    for (;;) {
      const std::uint64_t now = *store().version();
      if (std::exchange(last, now) != now) return true;
      if (steady_clock::now() >= deadline) return false;
      EXPECT_TRUE(store().watch(duration_cast<milliseconds>(deadline - steady_clock::now())));
    }
  };
  const auto changes = [&] { return changes_within(seconds(30)); };
  const auto changes_again = [&] { return changes_within(milliseconds(50)); };
  EXPECT_FALSE(changes_again());
  create(another_view(), {row(1, 11)});
  changes_again();  // births may count or not: nobody needs to know of them
  append(another_view(), fence(1, 1), {erased(11)});
  EXPECT_TRUE(changes());
  EXPECT_FALSE(changes_again());
  append(store(), fence(2, 1), {});
  EXPECT_TRUE(changes()) << "writes through this view count too";
  ASSERT_TRUE(another_view().put_state({subject(2), "k", "v"}));
  EXPECT_TRUE(changes());
  look_up(another_view(), {subject(1)});
  EXPECT_FALSE(changes_again()) << "reading changes nothing";
}

TEST_P(KeyStoreContract, ScansAllRowsInOrderPageByPage) {
  std::vector<EdekRow> all;
  for (std::uint8_t i = 0; i < 25; ++i)
    all.push_back(row(static_cast<std::uint8_t>(i % 7), static_cast<std::uint8_t>(i + 1), 0,
                      static_cast<std::uint8_t>(i + 1)));
  create(store(), all);
  std::sort(all.begin(), all.end(), [](const EdekRow& a, const EdekRow& b) {
    return std::tie(a.subject, a.dek_id) < std::tie(b.subject, b.dek_id);
  });
  std::vector<EdekRow> seen;
  std::optional<ScanPosition> after;
  for (;;) {
    const auto page = *another_view().scan(after, 4);
    if (page.empty()) break;
    ASSERT_LE(page.size(), 4u);
    seen.insert(seen.end(), page.begin(), page.end());
    after = ScanPosition{page.back().subject, page.back().dek_id};
  }
  EXPECT_EQ(seen, all);
}

TEST_P(KeyStoreContract, AddsAControlRowOnceAndOnlyToAStoreThatHasSome) {
  EXPECT_THAT(*store().add_control({"late", "1"}), IsEmpty());
  const std::vector<ControlRow> first = {{"store", "first"}};
  ASSERT_TRUE(store().adopt_control(first));
  const std::vector<ControlRow> both = {{"store", "first"}, {"late", "1"}};
  EXPECT_EQ(*store().add_control({"late", "1"}), both);
  EXPECT_EQ(*another_view().add_control({"late", "2"}), both);
  EXPECT_EQ(*another_view().control(), both);
}

TEST_P(KeyStoreContract, ReturnsFromWatchWhenSomebodyWrote) {
  ASSERT_TRUE(store().watch(std::chrono::milliseconds(1)));
  std::thread writer([this] { append(another_view(), fence(1, 1), {}); });
  Position position;
  while (store().marks_since(position)->fences.empty())
    ASSERT_TRUE(store().watch(std::chrono::seconds(30)));
  writer.join();
}

TEST_P(KeyStoreContract, KeepsTheLastBeaconOfEachWorkerUntilItIsTakenAway) {
  const BeaconRow first = {"w-1", "{\"beacon\":\"w-1\"}", "1"};
  const BeaconRow second = {"w-1", "{\"beacon\":\"w-1\"}", "2"};
  const BeaconRow other = {"w-2", "{\"beacon\":\"w-2\"}", "1"};
  ASSERT_TRUE(store().beat(first, ""));
  ASSERT_TRUE(another_view().beat(other, ""));
  ASSERT_TRUE(store().beat(second, "1"));
  EXPECT_THAT(*another_view().beacons(), UnorderedElementsAre(second, other));
  ASSERT_TRUE(store().drop_beacon("w-1"));
  EXPECT_THAT(*store().beacons(), UnorderedElementsAre(other));
  ASSERT_TRUE(store().drop_beacon("w-1")) << "a second time, too";
}

TEST_P(KeyStoreContract, ShowsEveryFenceThatWasDurableBeforeABeacon) {
  Position position;
  for (std::uint8_t i = 1; i <= 20; ++i) {
    append(another_view(), fence(i, 1), {});
    const BeaconRow beacon = {"w", "{\"beacon\":\"w\"}", std::to_string(i)};
    ASSERT_TRUE(store().beat(beacon, i == 1 ? "" : std::to_string(i - 1)));
    EXPECT_THAT(store().marks_since(position)->fences, ElementsAre(fence(i, 1)));
  }
}

TEST_P(KeyStoreContract, AppendsEachJournalEntryOnceAndInOrder) {
  const auto entry = [](std::uint64_t seq, std::string who) {
    return JournalRow{seq, "{\"id\":\"" + who + "\",\"journal\":" + std::to_string(seq) + "}",
                      "{\"by\":\"" + who + "\"}"};
  };
  EXPECT_FALSE(*store().append_journal(entry(2, "early")));
  EXPECT_TRUE(*store().append_journal(entry(1, "a")));
  EXPECT_FALSE(*another_view().append_journal(entry(1, "b")));
  EXPECT_TRUE(*another_view().append_journal(entry(2, "b")));
  EXPECT_TRUE(*store().append_journal(entry(3, "c")));
  EXPECT_THAT(*another_view().journal(0, 10),
              ElementsAre(entry(1, "a"), entry(2, "b"), entry(3, "c")));
  EXPECT_THAT(*store().journal(1, 1), ElementsAre(entry(2, "b")));
  EXPECT_THAT(*store().journal(3, 10), IsEmpty());
}

TEST_P(KeyStoreContract, LetsOneRowWinUnderARaceOfThreads) {
  constexpr std::uint8_t kThreads = 4;
  constexpr std::uint8_t kSubjects = 40;
  std::vector<std::vector<DekId>> used(kThreads);
  std::vector<std::thread> threads;
  for (std::uint8_t t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      KeyStore& view = t % 2 == 0 ? store() : another_view();
      for (std::uint8_t s = 0; s < kSubjects; ++s) {
        EdekRow offered = row(s, s);
        offered.dek_id.bytes[0] = t;
        const Birth birth = create(view, {offered}).front();
        used[t].push_back(birth.outcome == Outcome::kCreated ? offered.dek_id
                                                             : birth.winner.dek_id);
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (std::uint8_t t = 1; t < kThreads; ++t) EXPECT_EQ(used[t], used[0]);
  for (std::uint8_t s = 0; s < kSubjects; ++s)
    EXPECT_THAT(look_up(store(), {subject(s)}), SizeIs(1));
}

}  // namespace
}  // namespace lethe::kms::store
