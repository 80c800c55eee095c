// SPDX-License-Identifier: Apache-2.0
#include "kms/journal/signer.h"

#include "gtest/gtest.h"
#include "tests/unit/kms/journal/samples.h"

namespace lethe::kms::journal {
namespace {

TEST(VerifierKey, IsReadAsItIsSpelled) {
  const VerifierKey key = samples::signer().verifier_key();
  EXPECT_EQ(VerifierKey::parse(key.text()), key);
}

TEST(VerifierKey, NoticesEveryChangedCharacter) {
  const std::string text = samples::signer().verifier_key().text();
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(VerifierKey::parse(changed), std::nullopt) << changed;
    EXPECT_EQ(VerifierKey::parse(text.substr(0, at)), std::nullopt) << at;
  }
}

TEST(KeyName, NamesTenantAndStoreInOneWord) {
  EXPECT_EQ(key_name("acme", "00112233445566778899aabbccddeeff"), "lethe/acme/00112233");
  EXPECT_EQ(key_name("Zoë & co+1/x", "00112233"), "lethe/Zo%C3%AB%20%26%20co%2B1%2Fx/00112233");
  EXPECT_TRUE(is_key_name(key_name("a\nb\xE2\x80\x83", "00112233")));
  for (const std::string_view name : {"", "a b", "a+b", "a\nb",
                                      "a\xE2\x80\x83"
                                      "b",
                                      "\xff", "a\x7f"})
    EXPECT_FALSE(is_key_name(name)) << name;
}

}  // namespace
}  // namespace lethe::kms::journal
