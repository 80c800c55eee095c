// SPDX-License-Identifier: Apache-2.0
//
// A broker that hangs and one that dies: calls end in time with "transient", and all goes on by
// itself. The broker is this program's own.
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "gmock/gmock.h"
#include "tests/integration/kafka_store/key_topic.h"
#include "tests/support/kafka_broker.h"

namespace lethe::kms::store {
namespace {

using lethe::testing::KafkaBroker;
using std::chrono::milliseconds;
using ::testing::ElementsAre;

KafkaBroker* broker = nullptr;

std::unique_ptr<KafkaKeyStore> open_impatient(const KeyTopic& topic) {
  auto options = topic.options();
  options.create = true;
  options.lease = milliseconds(4000);
  options.call_deadline = milliseconds(3000);
  auto store = KafkaKeyStore::make(std::move(options));
  EXPECT_TRUE(store) << store.error().message();
  return std::move(*store);
}

ErrorKind kind_of_birth(KeyStore& store, std::uint32_t n) {
  const EdekRow row = edek(n, n);
  const auto births = store.create_all({&row, 1});
  return births ? ErrorKind::kInternal : births.error().kind();
}

// Until the store is back, by itself.
bool comes_back(KeyStore& store, std::uint32_t n) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (std::chrono::steady_clock::now() < until) {
    const EdekRow row = edek(n, n);
    if (store.create_all({&row, 1})) return true;
    std::this_thread::sleep_for(milliseconds(100));
  }
  return false;
}

TEST(Outage, OfAHangingBrokerIsTransientAndEndsByItself) {
  const KeyTopic topic(broker->address());
  const auto store = open_impatient(topic);
  ASSERT_TRUE(comes_back(*store, 1));
  broker->pause();
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(kind_of_birth(*store, 2), ErrorKind::kTransient);
  EXPECT_EQ(store->beat(beacon("w", "1"), "").error().kind(), ErrorKind::kTransient);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
  broker->resume();
  EXPECT_TRUE(comes_back(*store, 3));
  ASSERT_TRUE(store->beat(beacon("w", "2"), ""));
  EXPECT_THAT(*store->beacons(), ElementsAre(beacon("w", "2")));
}

TEST(Outage, OfADeadBrokerIsTransientAndLosesNothing) {
  const KeyTopic topic(broker->address());
  const auto store = open_impatient(topic);
  ASSERT_TRUE(comes_back(*store, 1));
  ASSERT_EQ(*store->append_fence(fence(9, 1), {}), Fencing::kAppended);
  broker->crash();
  EXPECT_EQ(kind_of_birth(*store, 2), ErrorKind::kTransient);
  EXPECT_EQ(store->look_up({}).error().kind(), ErrorKind::kTransient);
  broker->restart();
  EXPECT_TRUE(comes_back(*store, 3));
  const auto fresh = open_impatient(topic);
  EXPECT_EQ(*fresh->scan(std::nullopt, 100), *store->scan(std::nullopt, 100));
  const SubjectHash fenced = subject(9);
  EXPECT_THAT(*fresh->fences(fenced), ElementsAre(fence(9, 1)));
}

}  // namespace
}  // namespace lethe::kms::store

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  std::string why_not;
  const auto broker = lethe::testing::KafkaBroker::start(why_not);
  if (broker == nullptr) {
    std::cerr << "SKIPPED: " << why_not << "\n";
    const char* required = std::getenv("LETHE_REQUIRE_SERVERS");
    return required != nullptr && std::string(required) == "1" ? 1 : 77;
  }
  lethe::kms::store::broker = broker.get();
  return RUN_ALL_TESTS();
}
