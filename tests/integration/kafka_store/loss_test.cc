// SPDX-License-Identifier: Apache-2.0
//
// A log that no longer has what was read from it: another topic under the same name.
#include <chrono>
#include <thread>

#include "gmock/gmock.h"
#include "tests/integration/kafka_store/key_topic.h"

namespace lethe::kms::store {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::unique_ptr<KafkaKeyStore> open(const KeyTopic& topic) {
  auto options = topic.options();
  options.create = true;
  options.call_deadline = milliseconds(2000);
  auto store = KafkaKeyStore::make(std::move(options));
  EXPECT_TRUE(store) << store.error().message();
  return std::move(*store);
}

template <class Done>
bool comes_true(Done done) {
  for (int i = 0; i < 300; ++i) {
    if (done()) return true;
    std::this_thread::sleep_for(milliseconds(100));
  }
  return false;
}

TEST(Loss, OfFencesIsMadeGoodByAWorkerThatKnewThem) {
  KeyTopic topic;
  const auto store = open(topic);
  const EdekRow row = edek(1, 11);
  ASSERT_TRUE(store->create_all({&row, 1}));
  const std::vector<ErasedRow> dead = {erased(11)};
  ASSERT_EQ(*store->append_fence(fence(1, 1), dead), Fencing::kAppended);
  Position position;
  ASSERT_TRUE(store->marks_since(position));
  topic.remove();
  std::unique_ptr<KafkaKeyStore> fresh;
  ASSERT_TRUE(comes_true([&] { return (fresh = open(topic)) != nullptr; }));
  const SubjectHash fenced = subject(1);
  EXPECT_TRUE(comes_true([&] {
    static_cast<void>(store->look_up({}));  // which notices that the log ends too early
    const auto fences = fresh->fences(fenced);
    return fences && fences->size() == 1;
  }));
  EXPECT_THAT(*fresh->fences(fenced), ElementsAre(fence(1, 1)));
  ASSERT_TRUE(comes_true([&] { return store->look_up({}).has_value(); }));
  EXPECT_THAT(store->marks_since(position)->fences, ElementsAre(fence(1, 1)))
      << "a reader gets everything again rather than too little";
}

TEST(Loss, OfTheWholeStoreIsRefusedForGood) {
  KeyTopic topic;
  const auto store = open(topic);
  const std::vector<ControlRow> rows = {control_row("store", "one")};
  ASSERT_TRUE(store->adopt_control(rows));
  topic.remove();
  std::unique_ptr<KafkaKeyStore> fresh;
  ASSERT_TRUE(comes_true([&] { return (fresh = open(topic)) != nullptr; }));
  Error last = internal("it was not refused");
  EXPECT_TRUE(comes_true([&] {
    const auto looked = store->look_up({});
    if (!looked) last = looked.error();
    return !looked && looked.error().kind() == ErrorKind::kBadConfig &&
           looked.error().message().find("replaced") != std::string::npos;
  })) << last.message();
  EXPECT_THAT(store->beat(beacon("w", "1"), "").error().message(), HasSubstr("was replaced"));
}

}  // namespace
}  // namespace lethe::kms::store
