// SPDX-License-Identifier: Apache-2.0
//
// The steady state of a session: all keys cached, batches of the same size. Nothing is allocated.
#include <vector>

#include "kms/store/sqlite_key_store.h"
#include "tests/unit/kms/crypto/allocations.h"
#include "tests/unit/kms/gateway/gateway_test_bench.h"

namespace lethe::kms {
namespace {

class GatewayAllocation : public GatewayTestBench {
 protected:
  static constexpr std::size_t kNames = 500;

  // One batch each way: keys, seal, keys, open.
  void run_batches(KeySession& session) {
    ASSERT_TRUE(session.for_sealing({sealing_.data(), kNames}, ErasedPolicy::kBlock));
    for (std::size_t i = 0; i < kNames; ++i) {
      seals_[i] = {sizeof seals_[i],
                   kA256Gcm,
                   sealing_[i].handle,
                   view_of("aad"),
                   view_of("text"),
                   sealed_[i].data(),
                   0,
                   0};
      openings_[i] = opening_key(id_of(sealing_[i]));
    }
    session.seal({seals_.data(), kNames});
    ASSERT_TRUE(session.for_opening({openings_.data(), kNames}));
    for (std::size_t i = 0; i < kNames; ++i)
      opens_[i] = {sizeof opens_[i],
                   kA256Gcm,
                   openings_[i].handle,
                   view_of("aad"),
                   {reinterpret_cast<const char*>(sealed_[i].data()), 32},
                   opened_[i].data(),
                   0,
                   0};
    session.open({opens_.data(), kNames});
    for (const lethe_open_item& item : opens_) ASSERT_EQ(item.state, LETHE_CRYPTO_OK);
    ASSERT_TRUE(session.confirm());
  }

  void expect_no_allocation(GatewayKms& kms) {
    for (std::size_t i = 0; i < kNames; ++i) names_.push_back("name-" + std::to_string(i));
    for (const std::string& name : names_) sealing_.push_back(sealing_key(name));
    const auto session = kms.session();
    for (int warm = 0; warm < 3; ++warm) run_batches(*session);
    const long before = test::allocations();
    for (int round = 0; round < 5; ++round) run_batches(*session);
    EXPECT_EQ(test::allocations() - before, 0);
  }

  std::vector<std::string> names_;
  std::vector<lethe_sealing_key> sealing_;
  std::vector<lethe_opening_key> openings_{kNames};
  std::vector<lethe_seal_item> seals_{kNames};
  std::vector<lethe_open_item> opens_{kNames};
  std::vector<std::array<std::uint8_t, 32>> sealed_{kNames};
  std::vector<std::array<std::uint8_t, 4>> opened_{kNames};
};

TEST_F(GatewayAllocation, IsNoneInTheSteadyStateOnTheMemoryStore) {
  const auto kms = worker();
  expect_no_allocation(*kms);
}

TEST_F(GatewayAllocation, IsNoneInTheSteadyStateOnSqlite) {
  auto store = store::SqliteKeyStore::make(folder_.path("keys.db"), {.create = true});
  ASSERT_TRUE(store) << store.error().message();
  auto kms = GatewayKms::make(std::move(store).value(), root(), options());
  ASSERT_TRUE(kms) << kms.error().message();
  expect_no_allocation(**kms);
}

TEST_F(GatewayAllocation, IsCountedHere) {
  if (!test::kCountsAllocations) GTEST_SKIP() << "a sanitizer has malloc";
  const long before = test::allocations();
  const auto kms = worker();
  EXPECT_GT(test::allocations(), before);
}

}  // namespace
}  // namespace lethe::kms
