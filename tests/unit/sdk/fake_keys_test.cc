// SPDX-License-Identifier: Apache-2.0
//
// The fake key service keeps the contract of the real one, or plugins are tested against a fiction.

#include "lethe/testing/fake_keys.h"

#include <gtest/gtest.h>

#include <string>

namespace lethe::testing {
namespace {

struct Seen {
  std::int32_t state;
  std::uint64_t handle;
  std::string dek_id;
};

class FakeKeysTest : public ::testing::Test {
 protected:
  Seen for_sealing(std::string_view name, std::int32_t on_erased = LETHE_ERASED_BLOCK) {
    lethe_sealing_key key{};
    key.struct_size = sizeof key;
    key.suite = kA256Gcm;
    key.name = to_view(name);
    EXPECT_TRUE(keys_.for_sealing({&key, 1}, on_erased).has_value());
    return {key.state, key.handle, std::string(reinterpret_cast<char*>(key.dek_id), 16)};
  }
  Seen for_opening(const std::string& dek_id) {
    lethe_opening_key key{};
    key.struct_size = sizeof key;
    dek_id.copy(reinterpret_cast<char*>(key.dek_id), 16);
    EXPECT_TRUE(keys_.for_opening({&key, 1}).has_value());
    return {key.state, key.handle, dek_id};
  }
  std::string seal(std::uint64_t handle, std::string_view text, std::string_view aad = "aad") {
    std::string out(12 + text.size() + 16, '\0');
    lethe_seal_item item{sizeof item,
                         kA256Gcm,
                         handle,
                         to_view(aad),
                         to_view(text),
                         reinterpret_cast<std::uint8_t*>(out.data()),
                         -1,
                         0};
    keys_.seal({&item, 1});
    return item.state == LETHE_CRYPTO_OK ? out : "";
  }
  std::int32_t open(std::uint64_t handle, std::string_view sealed, std::string& text,
                    std::string_view aad = "aad") {
    text.assign(sealed.size() - 28, '#');
    lethe_open_item item{sizeof item,
                         kA256Gcm,
                         handle,
                         to_view(aad),
                         to_view(sealed),
                         reinterpret_cast<std::uint8_t*>(text.data()),
                         -1,
                         0};
    keys_.open({&item, 1});
    return item.state;
  }

  FakeKeys fake_;
  Keys keys_{fake_.abi()};
  std::string text_;
};

TEST_F(FakeKeysTest, OpensWhatItSealed) {
  const Seen ada = for_sealing("ada");
  const std::string sealed = seal(ada.handle, "4111");
  EXPECT_EQ(sealed.find("4111"), std::string::npos);
  const Seen again = for_opening(ada.dek_id);
  EXPECT_EQ(again.state, LETHE_KEY_AVAILABLE);
  EXPECT_EQ(open(again.handle, sealed, text_), LETHE_CRYPTO_OK);
  EXPECT_EQ(text_, "4111");
}

TEST_F(FakeKeysTest, RefusesOtherAadOtherKeysAndChangedBytes) {
  const Seen ada = for_sealing("ada");
  std::string sealed = seal(ada.handle, "4111");
  EXPECT_EQ(open(ada.handle, sealed, text_, "other"), LETHE_CRYPTO_AUTH_FAILED);
  EXPECT_EQ(text_, std::string(4, '\0'));
  const Seen bob = for_sealing("bob");
  EXPECT_EQ(open(bob.handle, sealed, text_), LETHE_CRYPTO_AUTH_FAILED);
  sealed[13] = static_cast<char>(sealed[13] ^ 1);
  EXPECT_EQ(open(for_opening(ada.dek_id).handle, sealed, text_), LETHE_CRYPTO_AUTH_FAILED);
}

TEST_F(FakeKeysTest, MakesOneKeyPerNameAndTellsTheNamesApart) {
  EXPECT_EQ(for_sealing("ada").dek_id, for_sealing("ada").dek_id);
  EXPECT_NE(for_sealing("ada").dek_id, for_sealing("bob").dek_id);
  EXPECT_EQ(fake_.born(), 2u);
}

TEST_F(FakeKeysTest, ForgetsAShreddedSubjectByThePolicyAsked) {
  const std::string id = for_sealing("ada").dek_id;
  fake_.shred("ada");
  EXPECT_EQ(for_opening(id).state, LETHE_KEY_SHREDDED);
  EXPECT_EQ(for_sealing("ada").state, LETHE_KEY_SHREDDED);
  EXPECT_EQ(for_sealing("ada", LETHE_ERASED_DROP).state, LETHE_KEY_DROPPED);
  const Seen anew = for_sealing("ada", LETHE_ERASED_RECREATE);
  EXPECT_EQ(anew.state, LETHE_KEY_AVAILABLE);
  EXPECT_NE(anew.dek_id, id);
  EXPECT_EQ(for_opening(id).state, LETHE_KEY_SHREDDED);
}

TEST_F(FakeKeysTest, NamesTheOtherStates) {
  fake_.block("eve");
  EXPECT_EQ(for_sealing("eve").state, LETHE_KEY_BLOCKED);
  EXPECT_EQ(for_sealing("").state, LETHE_KEY_INVALID);
  EXPECT_EQ(for_sealing(std::string(1025, 'x')).state, LETHE_KEY_INVALID);
  EXPECT_EQ(for_opening("sixteen unknown.").state, LETHE_KEY_UNKNOWN);
}

TEST_F(FakeKeysTest, RefusesAHandleOfAnEarlierCall) {
  const std::uint64_t stale = for_sealing("ada").handle;
  for_sealing("ada");
  EXPECT_EQ(seal(stale, "4111"), "");
}

TEST_F(FakeKeysTest, FailsAsAWholeWhileItIsAway) {
  fake_.go_away();
  lethe_sealing_key key{};
  const Result<void> outcome = keys_.for_sealing({&key, 1}, LETHE_ERASED_BLOCK);
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().kind(), ErrorKind::kTransient);
  fake_.go_away(LETHE_OK);
  EXPECT_EQ(for_sealing("ada").state, LETHE_KEY_AVAILABLE);
}

}  // namespace
}  // namespace lethe::testing
