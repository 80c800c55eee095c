// SPDX-License-Identifier: Apache-2.0

#include "worker/tenant_seal.h"

#include <gtest/gtest.h>

#include "kms/gateway_kms.h"
#include "kms/root/local_file_root.h"
#include "kms/store/memory_key_store.h"
#include "tests/support/temp_dir.h"

namespace lethe::worker {
namespace {

class Seal : public ::testing::Test {
 protected:
  Seal() : kms_(gateway("acme")), seal_(kms_->internal_session(), "acme") {}

  std::unique_ptr<kms::GatewayKms> gateway(const std::string& tenant) {
    kms::GatewayKms::Options options;
    options.tenant = tenant;
    options.create = true;
    auto root =
        kms::root::LocalFileRoot::make("file-kms://" + folder_.path("root"), {.create = true});
    return kms::GatewayKms::make(std::make_unique<kms::store::MemoryKeyStore>(),
                                 std::move(root).value(), options)
        .value();
  }
  std::string sealed(std::string_view original) {
    const Result<std::string_view> text = seal_.seal(original, arena_);
    EXPECT_TRUE(text);
    return text ? std::string(*text) : std::string();
  }

  lethe::testing::TempDir folder_;
  std::unique_ptr<kms::GatewayKms> kms_;
  TenantSeal seal_;
  connectors::Arena arena_;
};

TEST_F(Seal, GivesBackEveryByte) {
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  for (const std::string& original :
       {std::string(), std::string("canary"), all, std::string(5 << 20, 'x')}) {
    const std::string there = sealed(original);
    EXPECT_EQ(there.substr(0, 5), "enc1.");
    EXPECT_EQ(there.find("canary"), std::string::npos);
    const Result<std::string> back = seal_.open(there);
    ASSERT_TRUE(back) << back.error().message();
    EXPECT_TRUE(*back == original);
  }
}

TEST_F(Seal, RefusesWhatIsNoLetterOrWasChanged) {
  std::string forged = sealed("original");
  forged[forged.size() - 3] = forged[forged.size() - 3] == 'A' ? 'B' : 'A';
  for (const std::string& text : {std::string("clear"), std::string("enc1."), forged}) {
    const Result<std::string> opened = seal_.open(text);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind(), ErrorKind::kBadRecord);
  }
}

TEST_F(Seal, KnowsNothingOfAnotherStore) {
  const auto other = gateway("acme");
  TenantSeal stranger(other->internal_session(), "acme");
  const Result<std::string> opened = stranger.open(sealed("original"));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind(), ErrorKind::kUnknownKey);
}

TEST_F(Seal, NeedsASessionThatMayUseReservedNames) {
  TenantSeal outsider(kms_->session(), "acme");
  const Result<std::string_view> text = outsider.seal("original", arena_);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().kind(), ErrorKind::kInternal);
}

}  // namespace
}  // namespace lethe::worker
