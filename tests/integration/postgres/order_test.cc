// SPDX-License-Identifier: Apache-2.0
//
// Numbers in the order of commits, births and erasures that wait for each other, and what somebody
// with a hand in the database can do: roll it back, delete rows, change them.
#include <set>
#include <vector>

#include "tests/integration/postgres/store_fixture.h"
#include "tests/support/kms/sessions.h"

namespace lethe::kms::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST_F(PostgresKeyStoreTest, SkipsNoFenceWhoseWriterCommitsAfterAHigherNumber) {
  const auto slow_view = create();
  const auto fast_view = create();
  const auto reader = create();
  Position position;
  ASSERT_TRUE(reader->marks_since(position));

  stop_before_commit("lethe.fence", "01010101-0101-0101-0101-010101010101");
  Hand hand(database_.url());
  hand.run("select pg_advisory_lock(4711)");
  std::thread slow([&] { EXPECT_EQ(*slow_view->append_fence(fence(1), {}), Fencing::kAppended); });
  EXPECT_TRUE(waits(1));
  std::thread fast([&] { EXPECT_EQ(*fast_view->append_fence(fence(2), {}), Fencing::kAppended); });
  EXPECT_TRUE(waits(2));
  EXPECT_TRUE(reader->marks_since(position)->empty());
  hand.run("select pg_advisory_unlock(4711)");
  slow.join();
  fast.join();
  EXPECT_THAT(reader->marks_since(position)->fences, ElementsAre(fence(1), fence(2)));
  EXPECT_EQ(query("select string_agg(seq::text, ',' order by seq) from lethe.fence"), "1,2");
}

TEST_F(PostgresKeyStoreTest, LetsABirthWaitForTheErasureOfItsSubject) {
  const auto eraser = create();
  const auto parent = create();
  ASSERT_TRUE(parent->create_all(std::vector<EdekRow>{edek(3)}));
  stop_before_commit("lethe.fence", "01010101-0101-0101-0101-010101010101");
  Hand hand(database_.url());
  hand.run("select pg_advisory_lock(4711)");
  std::thread erasing([&] { EXPECT_EQ(*eraser->append_fence(fence(1), {}), Fencing::kAppended); });
  EXPECT_TRUE(waits(1));
  std::thread birth([&] {
    const std::vector<EdekRow> rows = {edek(3), edek(1), edek(2)};
    const auto births = parent->create_all(rows);
    EXPECT_EQ(births->at(1).outcome, Birth::Outcome::kFenceMoved);
    EXPECT_EQ(births->at(1).current_fence, 1u);
    EXPECT_EQ(births->at(2).outcome, Birth::Outcome::kCreated);
  });
  EXPECT_TRUE(waits(2));
  hand.run("select pg_advisory_unlock(4711)");
  erasing.join();
  birth.join();
  EXPECT_EQ(query("select count(*) from lethe.edek where subject::text like '0101%'"), "0");
}

TEST_F(PostgresKeyStoreTest, LetsAnErasureWaitForABirthThatItMustNotMiss) {
  const auto eraser = create();
  const auto parent = create();
  stop_before_commit("lethe.edek", "01010101-0101-0101-0101-010101010101");
  Hand hand(database_.url());
  hand.run("select pg_advisory_lock(4711)");
  std::thread birth([&] { EXPECT_TRUE(parent->create_all(std::vector<EdekRow>{edek(1)})); });
  EXPECT_TRUE(waits(1));
  std::thread erasing([&] {
    EXPECT_EQ(*eraser->append_fence(fence(1), {}), Fencing::kMoved) << "there is a key now";
  });
  EXPECT_TRUE(waits(2));
  hand.run("select pg_advisory_unlock(4711)");
  birth.join();
  erasing.join();
  EXPECT_EQ(query("select count(*) from lethe.fence"), "0");
}

TEST_F(PostgresKeyStoreTest, ShowsEveryMarkToAReaderWhoLooksWhileManyWrite) {
  constexpr std::uint8_t kWriters = 4, kEach = 40;
  std::vector<std::thread> writers;
  for (std::uint8_t w = 0; w < kWriters; ++w)
    writers.emplace_back([&, w] {
      const auto store = create();
      for (std::uint8_t i = 0; i < kEach; ++i)
        EXPECT_TRUE(store->append_fence(fence(static_cast<std::uint8_t>(w * kEach + i)), {}));
    });
  const auto reader = create();
  Position position;
  std::set<SubjectHash> seen;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (seen.size() < std::size_t{kWriters} * kEach &&
         std::chrono::steady_clock::now() < deadline) {
    const Marks marks = *reader->marks_since(position);
    for (const FenceRow& row : marks.fences) EXPECT_TRUE(seen.insert(row.subject).second) << "once";
  }
  EXPECT_THAT(seen, SizeIs(kWriters * kEach));
  for (std::thread& writer : writers) writer.join();
}

TEST_F(PostgresKeyStoreTest, ReadsMarksPageByPage) {
  const auto store = create();
  query(
      "insert into lethe.erased (seq, dek_id, key, value)"
      " select n, gen_random_uuid(), 'k', 'v' from generate_series(1, 20500) n;"
      "update lethe.clock set marks = 20500");
  ASSERT_TRUE(store->append_fence(fence(1), {}));
  Position position;
  const auto marks = store->marks_since(position);
  ASSERT_TRUE(marks) << marks.error().message();
  EXPECT_THAT(marks->erased, SizeIs(20500));
  EXPECT_THAT(marks->fences, ElementsAre(fence(1)));
  EXPECT_TRUE(store->marks_since(position)->empty());
}

TEST_F(PostgresKeyStoreTest, RefusesADatabaseThatHasGoneBackBehindWhatWasRead) {
  const auto store = create();
  ASSERT_TRUE(store->append_fence(fence(1), {}));
  Position position;
  ASSERT_TRUE(store->marks_since(position));
  query("delete from lethe.fence; update lethe.clock set marks = 0");
  const auto marks = store->marks_since(position);
  ASSERT_FALSE(marks);
  EXPECT_EQ(marks.error().kind(), ErrorKind::kBadConfig);
  EXPECT_THAT(marks.error().message(), HasSubstr("`lethe keys restore`"));
}

TEST_F(PostgresKeyStoreTest, RefusesToBeatAndToReadWhenTheOwnBeaconIsGone) {
  const auto store = create();
  ASSERT_TRUE(store->beat({"w", "k", "1"}, ""));
  ASSERT_TRUE(store->beat({"w", "k", "2"}, "1"));
  Position position;
  ASSERT_TRUE(store->marks_since(position));
  for (const char* rolled_back :
       {"update lethe.beacon set value = '1'", "delete from lethe.beacon"}) {
    query(rolled_back);
    const auto beat = store->beat({"w", "k", "3"}, "2");
    ASSERT_FALSE(beat);
    EXPECT_EQ(beat.error().kind(), ErrorKind::kBadConfig);
    EXPECT_THAT(beat.error().message(), HasSubstr("does not hold this worker's last beacon"));
    const auto marks = store->marks_since(position);
    ASSERT_FALSE(marks) << "what such a server does not show proves nothing";
    EXPECT_EQ(marks.error().kind(), ErrorKind::kBadConfig);
  }
  ASSERT_TRUE(store->drop_beacon("w"));
  EXPECT_TRUE(store->beat({"w", "k", "4"}, "")) << "who begins anew may";
}

TEST_F(PostgresKeyStoreTest, ReadsARowThatWasDeletedByHandAsUnknownNeverAsShredded) {
  const auto kms = gateway();
  const SealedText sealed = seal_text(*kms->session(), "her", "text");
  ASSERT_EQ(sealed.state, LETHE_KEY_AVAILABLE);
  query("delete from lethe.edek");
  const auto reader = gateway();
  EXPECT_EQ(opening_state(*reader->session(), sealed.dek_id), LETHE_KEY_UNKNOWN);
}

TEST_F(PostgresKeyStoreTest, ReadsAFlippedBitInARowAsTampering) {
  for (const char* flip :
       {"update lethe.edek set record = set_bit(record, octet_length(record) * 8 - 200,"
        " 1 - get_bit(record, octet_length(record) * 8 - 200))",
        "update lethe.edek set rotation = rotation + 1",
        "update lethe.edek set subject = '01010101-0101-0101-0101-010101010101'"}) {
    query("drop schema if exists lethe cascade");
    const SealedText sealed = seal_text(*gateway()->session(), "her", "text");
    ASSERT_EQ(opening_state(*gateway()->session(), sealed.dek_id), LETHE_KEY_AVAILABLE);
    query(flip);
    EXPECT_EQ(opening_state(*gateway()->session(), sealed.dek_id), LETHE_KEY_TAMPERED) << flip;
  }
}

TEST_F(PostgresKeyStoreTest, ReadsAChangedFenceAsTampering) {
  const auto kms = gateway();
  const SealedText sealed = seal_text(*kms->session(), "her", "text");
  ASSERT_TRUE(kms->shred("her", {}));
  query("update lethe.erased set value = replace(value, 'erased', 'lost')");
  const auto reader = gateway();
  EXPECT_EQ(opening_state(*reader->session(), sealed.dek_id), LETHE_KEY_TAMPERED);
  EXPECT_EQ(reader->describe().tampered_rows, 1u);
}

}  // namespace
}  // namespace lethe::kms::store
