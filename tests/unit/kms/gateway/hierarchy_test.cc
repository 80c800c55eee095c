// SPDX-License-Identifier: Apache-2.0
#include "kms/hierarchy.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "kms/hex.h"
#include "tests/unit/kms/gateway/gateway_test_bench.h"

namespace lethe::kms {
namespace {

using ::testing::HasSubstr;

class HierarchyTest : public GatewayTestBench {
 protected:
  Hierarchy::Options create() {
    Hierarchy::Options options;
    options.tenant = "acme";
    options.create = true;
    options.now = now_;
    return options;
  }
  Result<std::unique_ptr<Hierarchy>> open(store::KeyStore& store,
                                          const std::string& tenant = "acme",
                                          const std::string& root_name = "root.key") {
    Hierarchy::Options options;
    options.tenant = tenant;
    const auto key = root(root_name);
    return Hierarchy::make(store, *key, options);
  }
  // A store with these control rows, and a journal that has begun.
  std::unique_ptr<store::MemoryKeyStore> with(const std::vector<store::ControlRow>& rows) {
    auto store = std::make_unique<store::MemoryKeyStore>();
    EXPECT_TRUE(store->adopt_control(rows));
    EXPECT_TRUE(store->append_journal({1, "key", "value"}).value());
    return store;
  }
  std::vector<store::ControlRow> fresh_rows() {
    store::MemoryKeyStore store;
    const auto key = root();
    EXPECT_TRUE(Hierarchy::make(store, *key, create()));
    return *store.control();
  }
};

TEST_F(HierarchyTest, IsMadeOnlyWhenThatIsAskedFor) {
  store::MemoryKeyStore store;
  const auto refused = open(store);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), ErrorKind::kBadConfig);
  EXPECT_TRUE(store.control()->empty());
}

TEST_F(HierarchyTest, IsTheSameForEverybodyWhoComesLater) {
  store::MemoryKeyStore store;
  const auto key = root();
  const auto first = std::move(Hierarchy::make(store, *key, create())).value();
  const auto second = std::move(Hierarchy::make(store, *key, create())).value();
  const auto third = std::move(open(store)).value();
  for (const Hierarchy* other : {second.get(), third.get()}) {
    EXPECT_EQ(other->store_id(), first->store_id());
    EXPECT_EQ(to_hex(other->tenant_secret()), to_hex(first->tenant_secret()));
    EXPECT_EQ(to_hex(other->active_kek()), to_hex(first->active_kek()));
    EXPECT_EQ(to_hex(other->signing_seed()), to_hex(first->signing_seed()));
    EXPECT_EQ(other->signer_name(), "lethe/acme/" + first->store_id().substr(0, 8));
  }
  EXPECT_EQ(first->epoch(), 1u);
  EXPECT_EQ(first->generation(), 1u);
}

TEST_F(HierarchyTest, RefusesAnotherTenantAndAnotherRoot) {
  const auto store = with(fresh_rows());
  EXPECT_THAT(open(*store, "other").error().message(), HasSubstr("belongs to the tenant 'acme'"));
  const auto foreign = open(*store, "acme", "another.key");
  EXPECT_EQ(foreign.error().kind(), ErrorKind::kBadConfig);
  EXPECT_THAT(foreign.error().message(), HasSubstr("another root key"));
  for (const std::string& tenant : {std::string(), std::string(256, 'x'), std::string("a\0b", 3)})
    EXPECT_EQ(open(*store, tenant).error().kind(), ErrorKind::kBadConfig);
}

TEST_F(HierarchyTest, RefusesANewerFormat) {
  auto rows = fresh_rows();
  const std::size_t at = rows[0].value.find("\"format\":1");
  rows[0].value.replace(at, 10, "\"format\":2");
  EXPECT_THAT(open(*with(rows)).error().message(), HasSubstr("newer version"));
}

TEST_F(HierarchyTest, RefusesEveryChangedByte) {
  const auto rows = fresh_rows();
  ASSERT_EQ(rows.size(), 5u);
  ASSERT_TRUE(open(*with(rows)));
  for (std::size_t r = 0; r < rows.size(); ++r)
    for (const bool in_key : {true, false})
      for (std::size_t i = 0; i < (in_key ? rows[r].key : rows[r].value).size(); i += 3) {
        auto changed = rows;
        std::string& text = in_key ? changed[r].key : changed[r].value;
        text[i] = static_cast<char>(text[i] ^ 2);
        const auto opened = open(*with(changed));
        ASSERT_FALSE(opened) << r << (in_key ? " key " : " value ") << i;
        EXPECT_EQ(opened.error().kind(), ErrorKind::kBadConfig);
      }
}

TEST_F(HierarchyTest, RefusesAMissingRow) {
  const auto rows = fresh_rows();
  for (std::size_t r = 0; r < rows.size(); ++r) {
    auto fewer = rows;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(r));
    EXPECT_FALSE(open(*with(fewer))) << r;
  }
}

TEST_F(HierarchyTest, GivesAStoreFromBeforeThereWereJournalsOneSigningKey) {
  auto rows = fresh_rows();
  ASSERT_EQ(rows.back().key, R"({"control":"signing-key","epoch":1})");
  const std::string former = rows.back().value;
  rows.pop_back();
  store::MemoryKeyStore store;
  ASSERT_TRUE(store.adopt_control(rows));
  const auto first = std::move(open(store)).value(), second = std::move(open(store)).value();
  EXPECT_EQ(store.control()->size(), 5u);
  EXPECT_EQ(to_hex(first->signing_seed()), to_hex(second->signing_seed()));
  EXPECT_NE(store.control()->back().value, former);
}

TEST_F(HierarchyTest, RefusesAJournalWhoseSigningKeyIsGone) {
  auto rows = fresh_rows();
  rows.pop_back();
  EXPECT_THAT(open(*with(rows)).error().message(), HasSubstr("The signing key of"));
}

TEST_F(HierarchyTest, RefusesALeaseThatSomebodyLengthened) {
  auto rows = fresh_rows();
  const std::size_t at = rows[0].value.find("\"lease_ms\":30000");
  rows[0].value.replace(at, 16, "\"lease_ms\":90000");
  EXPECT_FALSE(open(*with(rows)));
}

}  // namespace
}  // namespace lethe::kms
