// SPDX-License-Identifier: Apache-2.0
//
// Known answers of the suites are in docs/formats/vectors (worker selftest) and in Wycheproof; here
// is how a context behaves between them.

#include "kms/crypto/aead.h"

#include <gtest/gtest.h>

#include <tuple>

#include "kms/crypto/random.h"
#include "tests/support/hex.h"
#include "tests/unit/kms/crypto/allocations.h"

namespace lethe::kms::crypto {
namespace {

using Dek = std::array<std::uint8_t, 32>;
using test::bytes_of;
using test::Octets;

constexpr std::size_t kOverhead = 12 + 16;
constexpr std::string_view kText = "alice@example.com";

Dek dek(std::uint8_t seed) {
  Dek bytes;
  bytes.fill(seed);
  return bytes;
}

Octets seal(AeadContext& context, std::uint32_t suite, std::string_view aad) {
  Octets sealed(kText.size() + kOverhead);
  EXPECT_TRUE(context.seal(suite, bytes_of(aad), bytes_of(kText), sealed.data()));
  return sealed;
}

// What opening gives, or nothing.
std::string open(AeadContext& context, std::uint32_t suite, std::string_view aad,
                 const Octets& sealed) {
  std::string out(sealed.size() - kOverhead, '\0');
  auto* bytes = reinterpret_cast<std::uint8_t*>(out.data());
  return context.open(suite, bytes_of(aad), sealed, bytes) ? out : "";
}

class AeadSuite : public testing::TestWithParam<std::uint32_t> {};
INSTANTIATE_TEST_SUITE_P(Built, AeadSuite, testing::Values(1u, 5u));

TEST_P(AeadSuite, OpensWhatItSealedUnderAFreshNonceEachTime) {
  AeadContext context;
  context.set_dek(dek(1));
  const Octets first = seal(context, GetParam(), "a"), second = seal(context, GetParam(), "a");
  EXPECT_NE(first, second);
  EXPECT_EQ(open(context, GetParam(), "a", first), kText);
  EXPECT_EQ(open(context, GetParam(), "a", second), kText);
}

TEST_P(AeadSuite, RefusesEveryChangedBitAndWipesTheOutput) {
  AeadContext context;
  context.set_dek(dek(1));
  const Octets sealed = seal(context, GetParam(), "a");
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Octets changed = sealed;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    Octets out(kText.size(), 0xAA);
    ASSERT_FALSE(context.open(GetParam(), bytes_of("a"), changed, out.data())) << bit;
    ASSERT_EQ(out, Octets(kText.size(), 0)) << bit;
  }
  EXPECT_EQ(open(context, GetParam(), "a", sealed), kText);
}

TEST_P(AeadSuite, RefusesAnotherAadAndAnotherKey) {
  AeadContext context;
  context.set_dek(dek(1));
  const Octets sealed = seal(context, GetParam(), "a");
  EXPECT_EQ(open(context, GetParam(), "b", sealed), "");
  context.set_dek(dek(2));
  EXPECT_EQ(open(context, GetParam(), "a", sealed), "");
}

TEST_P(AeadSuite, RefusesWhatIsTooShortForNonceAndTag) {
  AeadContext context;
  context.set_dek(dek(1));
  std::uint8_t out[1];
  for (std::size_t size = 0; size < kOverhead; ++size)
    EXPECT_FALSE(context.open(GetParam(), {}, Octets(size), out)) << size;
}

TEST_P(AeadSuite, WipesAllOfALongPlaintextThatIsNotAuthentic) {
  AeadContext context;
  context.set_dek(dek(1));
  const Octets plaintext(100'000, 7);
  Octets sealed(plaintext.size() + kOverhead);
  ASSERT_TRUE(context.seal(GetParam(), {}, plaintext, sealed.data()));
  sealed.back() ^= 1;
  Octets out(plaintext.size(), 0xAA);
  EXPECT_FALSE(context.open(GetParam(), {}, sealed, out.data()));
  EXPECT_EQ(out, Octets(plaintext.size(), 0));
}

TEST_P(AeadSuite, AllocatesNothingAfterItsFirstKeys) {
  AeadContext context;
  Octets sealed(kText.size() + kOverhead), out(kText.size());
  const auto use = [&](std::uint8_t seed) {
    context.set_dek(dek(seed));
    return context.seal(GetParam(), bytes_of("aad"), bytes_of(kText), sealed.data()) &&
           context.seal(GetParam(), bytes_of("aad"), bytes_of(kText), sealed.data()) &&
           context.open(GetParam(), bytes_of("aad"), sealed, out.data());
  };
  const long at_start = test::allocations();
  ASSERT_TRUE(AeadContext::supports(GetParam()) && use(1));
  EXPECT_EQ(test::allocations() > at_start, test::kCountsAllocations);  // the counter works
  const long before = test::allocations();
  bool good = true;
  for (std::uint8_t seed = 2; seed < 10; ++seed) good = use(seed) && good;
  EXPECT_EQ(test::allocations(), before);
  EXPECT_TRUE(good);
}

TEST(AeadContext, KeepsKeysAndSuitesApartHoweverTheyAlternate) {
  AeadContext context, reference;
  std::vector<std::tuple<std::uint8_t, std::uint32_t, Octets>> sealed;
  for (const std::uint8_t seed : Octets{1, 2, 1, 1, 3, 2}) {
    for (const std::uint32_t suite : {1u, 5u, 5u, 1u}) {
      context.set_dek(dek(seed));
      sealed.emplace_back(seed, suite, seal(context, suite, "x"));
      if (sealed.size() % 3 == 0) {  // opening in between must not disturb sealing
        const auto& [s, n, value] = sealed[sealed.size() / 2];
        context.set_dek(dek(s));
        EXPECT_EQ(open(context, n, "x", value), kText);
      }
    }
  }
  for (const auto& [seed, suite, value] : sealed) {
    reference.set_dek(dek(seed));
    EXPECT_EQ(open(reference, suite, "x", value), kText);
    EXPECT_EQ(open(reference, suite == 1 ? 5 : 1, "x", value), "");
  }
}

TEST(AeadContext, RefusesSuitesThatAreNotBuiltAndNoncesOfOtherSizes) {
  AeadContext context;
  context.set_dek(dek(1));
  Octets out(64);
  for (const std::uint32_t suite : {0u, 2u, 3u, 4u, 6u, 7u, 8u, 9u, 10u, 11u, 257u}) {
    EXPECT_FALSE(AeadContext::supports(suite)) << suite;
    EXPECT_FALSE(context.seal(suite, {}, bytes_of(kText), out.data())) << suite;
    EXPECT_FALSE(context.open(suite, {}, Octets(40), out.data())) << suite;
  }
  for (const std::size_t size : {0u, 8u, 11u, 13u, 16u})
    EXPECT_FALSE(context.seal_with_nonce(1, Octets(size), {}, bytes_of(kText), out.data()));
}

TEST(AeadContext, DoesNothingWithoutAKey) {
  AeadContext context;
  Octets out(64);
  EXPECT_FALSE(context.seal(1, {}, bytes_of(kText), out.data()));
  context.set_dek(dek(1));
  const Octets sealed = seal(context, 1, "a");
  context.clear();
  EXPECT_FALSE(context.seal(1, {}, bytes_of(kText), out.data()));
  EXPECT_EQ(open(context, 1, "a", sealed), "");
  context.set_dek(dek(1));
  EXPECT_EQ(open(context, 1, "a", sealed), kText);
}

TEST(Gcm, SealsControlRowsUnderAGivenKey) {
  const Dek key = dek(9);
  const Octets nonce(12, 1);
  Octets sealed(kText.size() + 16), out(kText.size());
  ASSERT_TRUE(gcm_seal(key, nonce, bytes_of("a"), bytes_of(kText), sealed.data()));
  ASSERT_TRUE(gcm_open(key, nonce, bytes_of("a"), sealed, out.data()));
  EXPECT_EQ(out, Octets(kText.begin(), kText.end()));
  EXPECT_FALSE(gcm_open(key, nonce, bytes_of("b"), sealed, out.data()));
  EXPECT_EQ(out, Octets(kText.size(), 0));
  EXPECT_FALSE(gcm_open(key, nonce, {}, Octets(15), out.data()));
  EXPECT_FALSE(gcm_seal(key, Octets(16), {}, bytes_of(kText), sealed.data()));
}

}  // namespace
}  // namespace lethe::kms::crypto
