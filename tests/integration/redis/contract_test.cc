// SPDX-License-Identifier: Apache-2.0
//
// The contract of key stores, kept by a store with a cache in Redis. Two workers share store and
// cache; each case has a part of the cache of its own. What one worker read lies in the cache when
// the other erases it.
#include <unistd.h>

#include <atomic>
#include <string>
#include <utility>

#include "kms/store/memory_key_store.h"
#include "kms/store/redis_cached_store.h"
#include "tests/contract/key_store/key_store_contract.h"
#include "tests/support/kms/fake_key_store.h"
#include "tests/support/redis_server.h"

namespace lethe::kms::store {
namespace {

class CachedHarness final : public KeyStoreHarness {
 public:
  CachedHarness() {
    static std::atomic<int> next{0};
    part_ = "contract-" + std::to_string(::getpid()) + "-" + std::to_string(next++);
    controls_->store = std::make_shared<MemoryKeyStore>();
    store_ = open();
    other_ = open();
  }
  KeyStore& store() override { return *store_; }
  KeyStore& another_view() override { return *other_; }

 private:
  std::unique_ptr<KeyStore> open() {
    std::string why_not;
    RedisCachedStore::Options options;
    options.store_id = part_;
    options.link.timeout = std::chrono::seconds(2);  // a busy machine is no trouble here
    options.link.report = [](bool works, std::string_view what) { EXPECT_TRUE(works) << what; };
    return std::move(RedisCachedStore::make(std::make_unique<FakeKeyStore>(controls_),
                                            lethe::testing::shared_redis(why_not), options))
        .value();
  }

  std::string part_;
  std::shared_ptr<FakeStoreControls> controls_ = std::make_shared<FakeStoreControls>();
  std::unique_ptr<KeyStore> store_;
  std::unique_ptr<KeyStore> other_;
};

INSTANTIATE_TEST_SUITE_P(Stores, KeyStoreContract,
                         ::testing::Values(KeyStoreCase{
                             "Cached", [] { return std::make_unique<CachedHarness>(); }}),
                         case_name);

}  // namespace
}  // namespace lethe::kms::store
