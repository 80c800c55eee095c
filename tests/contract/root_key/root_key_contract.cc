// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/root_key/root_key_contract.h"

#include <algorithm>
#include <cstring>
#include <thread>
#include <vector>

#include "gmock/gmock.h"

namespace lethe::kms::root {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kAad("EV1 control\0\0\4acme", 18);

crypto::Key some_key() {
  crypto::Key key;
  std::uint8_t next = 0x40;
  for (std::uint8_t& byte : key.writable()) byte = next++;
  return key;
}

std::string text(const crypto::Key& key) {
  return {key.bytes().begin(), key.bytes().end()};
}

TEST_P(RootKeyContract, OpensWhatItWrapped) {
  const std::string wrapped = *root().wrap(some_key(), kAad);
  auto key = root().unwrap(wrapped, kAad);
  ASSERT_TRUE(key) << key.error().message();
  EXPECT_EQ(text(*key), text(some_key()));
}

TEST_P(RootKeyContract, OpensItAgainAfterARestart) {
  const std::string wrapped = *root().wrap(some_key(), kAad);
  auto key = harness().the_same_after_a_restart().unwrap(wrapped, kAad);
  ASSERT_TRUE(key) << key.error().message();
  EXPECT_EQ(text(*key), text(some_key()));
  EXPECT_EQ(harness().the_same_after_a_restart().id(), root().id());
}

TEST_P(RootKeyContract, ShowsNothingOfTheKeyAndNeverWrapsAlike) {
  const std::string wrapped = *root().wrap(some_key(), kAad);
  EXPECT_THAT(wrapped, Not(HasSubstr(text(some_key()).substr(0, 8))));
  EXPECT_NE(wrapped, *root().wrap(some_key(), kAad));
}

TEST_P(RootKeyContract, RefusesOtherAdditionalBytes) {
  const std::string wrapped = *root().wrap(some_key(), kAad);
  for (const std::string_view aad : {std::string_view(), kAad.substr(1), std::string_view("other")})
    EXPECT_EQ(root().unwrap(wrapped, aad).error().kind(), ErrorKind::kBadConfig);
}

TEST_P(RootKeyContract, RefusesBytesThatWereChangedOrCut) {
  const std::string wrapped = *root().wrap(some_key(), kAad);
  for (std::size_t i = 0; i < wrapped.size(); ++i) {
    std::string changed = wrapped;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(root().unwrap(changed, kAad)) << "byte " << i;
    EXPECT_FALSE(root().unwrap(wrapped.substr(0, i), kAad)) << "cut at " << i;
  }
  EXPECT_FALSE(root().unwrap(wrapped + "x", kAad));
}

TEST_P(RootKeyContract, RefusesWhatAnotherRootWrapped) {
  const std::string wrapped = *harness().another_root().wrap(some_key(), kAad);
  const auto key = root().unwrap(wrapped, kAad);
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().kind(), ErrorKind::kBadConfig);
}

TEST_P(RootKeyContract, ServesSeveralThreads) {
  const std::string wrapped = *root().wrap(some_key(), kAad);
  std::vector<int> opened(4);
  std::vector<std::thread> threads;
  for (int& count : opened)
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i)
        if (root().unwrap(wrapped, kAad) && root().wrap(some_key(), kAad)) ++count;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(opened, std::vector<int>(4, 50));
}

}  // namespace
}  // namespace lethe::kms::root
