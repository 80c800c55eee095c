// SPDX-License-Identifier: Apache-2.0
//
// Workers that share one store in memory and one cache in Redis. The cache has words of its own to
// say here: how the rows lie in it, and how somebody changes them by hand.

#ifndef LETHE_TESTS_INTEGRATION_REDIS_CACHE_FIXTURE_H_
#define LETHE_TESTS_INTEGRATION_REDIS_CACHE_FIXTURE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "kms/gateway_kms.h"
#include "kms/hex.h"
#include "kms/root/local_file_root.h"
#include "kms/store/memory_key_store.h"
#include "kms/store/redis_cached_store.h"
#include "tests/support/kms/fake_key_store.h"
#include "tests/support/kms/sessions.h"
#include "tests/support/redis_server.h"
#include "tests/support/temp_dir.h"

namespace lethe::kms {

class RedisCacheTest : public ::testing::Test {
 protected:
  RedisCacheTest() { controls_->store = std::make_shared<store::MemoryKeyStore>(); }

  std::unique_ptr<root::RootKey> root() {
    return std::move(root::LocalFileRoot::make("file-kms://" + folder_.path("root.key"),
                                               {.create = true}))
        .value();
  }

  std::unique_ptr<store::KeyStore> cached_store() {
    store::RedisCachedStore::Options options;
    options.link = link_;
    options.link.report = [this](bool works, std::string_view what) {
      reports_.push_back((works ? "works: " : "fails: ") + std::string(what));
    };
    auto made = store::RedisCachedStore::make(std::make_unique<store::FakeKeyStore>(controls_),
                                              url_, std::move(options));
    EXPECT_TRUE(made) << made.error().message();
    return std::move(made).value();
  }

  std::unique_ptr<GatewayKms> worker(KeyNames names = KeyNames::kHashed) {
    GatewayKms::Options options;
    options.create = true;
    options.key_names = names;
    auto made = GatewayKms::make(cached_store(), root(), options);
    EXPECT_TRUE(made) << made.error().message();
    return std::move(made).value();
  }

  // What a worker that has no key in memory reads.
  std::optional<std::string> open_afresh(const SealedText& sealed) {
    return open_text(*worker()->session(), sealed);
  }
  std::int32_t state_afresh(const store::DekId& id) {
    return opening_state(*worker()->session(), id);
  }

  std::string key_of(const store::DekId& id) {
    return "lethe:" + worker()->describe().store_id + ":" + to_hex(id.bytes);
  }
  std::vector<std::string> command(const std::vector<std::string>& words) {
    return lethe::testing::redis_command(url_, words);
  }
  std::string in_cache(const store::DekId& id) { return command({"GET", key_of(id)}).front(); }
  void put_by_hand(const store::DekId& id, const std::string& value) {
    command({"SET", key_of(id), value});
  }

  std::string why_not_;
  std::string url_ = lethe::testing::shared_redis(why_not_);
  // A busy machine is no trouble, where trouble is not what is tested.
  store::redis::Link::Options link_{.timeout = std::chrono::seconds(2)};
  lethe::testing::TempDir folder_;
  std::shared_ptr<store::FakeStoreControls> controls_ =
      std::make_shared<store::FakeStoreControls>();
  std::vector<std::string> reports_;
};

}  // namespace lethe::kms

#endif  // LETHE_TESTS_INTEGRATION_REDIS_CACHE_FIXTURE_H_
