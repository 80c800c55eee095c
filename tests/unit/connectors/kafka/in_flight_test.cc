// SPDX-License-Identifier: Apache-2.0

#include "connectors/kafka/in_flight.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/testing/owned_record.h"

namespace lethe::connectors::kafka {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Batch batch(std::uint64_t sequence, int records) {
  std::vector<testing::OwnedRecord> all(static_cast<std::size_t>(records),
                                        testing::OwnedRecord{"t", 0, 0, 1, "k", "v", {}});
  return testing::batch_of(all, sequence);
}

std::vector<std::uint64_t> sequences(const Durable& news) {
  std::vector<std::uint64_t> all;
  for (const Checkpoint& checkpoint : news.confirmed) all.push_back(checkpoint.sequence);
  return all;
}

// A batch whose records were all given to the producer.
InFlight::Entry& handed_over(InFlight& in_flight, std::uint64_t sequence, int records) {
  InFlight::Entry& entry = in_flight.add(batch(sequence, records));
  for (int i = 0; i < records; ++i) in_flight.expect_report(entry);
  entry.handed_over = true;
  return entry;
}

TEST(InFlight, FindsTheBatchAndTheRecordOfATicketWhateverWentBefore) {
  InFlight in_flight;
  InFlight::Entry& first = handed_over(in_flight, 1, 1);
  const void* old = InFlight::ticket(first, 0);
  handed_over(in_flight, 2, 3);
  in_flight.take_report(first);
  EXPECT_THAT(sequences(in_flight.take_news()), ElementsAre(1));
  InFlight::Entry& third = handed_over(in_flight, 3, 70'000);
  std::size_t index = 0;
  EXPECT_EQ(in_flight.find(InFlight::ticket(third, 69'999), index), &third);
  EXPECT_EQ(index, 69'999u);
  EXPECT_EQ(in_flight.find(old, index), nullptr);
}

TEST(InFlight, ConfirmsInOrderHoweverReportsCome) {
  InFlight in_flight;
  InFlight::Entry& first = handed_over(in_flight, 1, 2);
  InFlight::Entry& second = handed_over(in_flight, 2, 1);
  in_flight.take_report(second);
  in_flight.take_report(first);
  EXPECT_THAT(sequences(in_flight.take_news()), IsEmpty());
  in_flight.take_report(first);
  EXPECT_THAT(sequences(in_flight.take_news()), ElementsAre(1, 2));
  EXPECT_EQ(in_flight.bytes(), 0u);
  EXPECT_EQ(in_flight.reports_due(), 0u);
}

TEST(InFlight, DoesNotConfirmABatchThatIsStillBeingHandedOver) {
  InFlight in_flight;
  InFlight::Entry& entry = in_flight.add(batch(1, 2));
  in_flight.expect_report(entry);
  in_flight.take_report(entry);
  EXPECT_THAT(sequences(in_flight.take_news()), IsEmpty());
}

TEST(InFlight, HoldsARefusedRecordAndAllThatFollows) {
  InFlight in_flight;
  InFlight::Entry& entry = handed_over(in_flight, 5, 1);
  in_flight.take_report(entry);
  in_flight.refuse(entry, 0, ErrorKind::kBadRecord, "too large");
  const Durable news = in_flight.take_news();
  ASSERT_EQ(news.refused.size(), 1u);
  EXPECT_EQ(news.refused[0].record, &entry.batch.records[0]);
  EXPECT_THAT(news.confirmed, IsEmpty());
  --in_flight.find(5)->unsettled;
  EXPECT_THAT(sequences(in_flight.take_news()), ElementsAre(5));
}

TEST(InFlight, HandsEverythingBackInOrder) {
  InFlight in_flight;
  handed_over(in_flight, 1, 2);
  handed_over(in_flight, 2, 2);
  const std::vector<Batch> batches = in_flight.hand_back();
  ASSERT_EQ(batches.size(), 2u);
  EXPECT_EQ(batches[1].checkpoint.sequence, 2u);
  EXPECT_EQ(in_flight.bytes() + in_flight.reports_due() + in_flight.records(), 0u);
}

}  // namespace
}  // namespace lethe::connectors::kafka
