// SPDX-License-Identifier: Apache-2.0

#include "kms/crypto/self_test.h"

#include <gtest/gtest.h>

namespace lethe::kms::crypto {
namespace {

TEST(CryptoSelfTest, PassesOnAWorkingBuild) {
  const Result<void> result = self_test();
  EXPECT_TRUE(result.has_value()) << result.error().message();
}

TEST(CryptoSelfTest, KnowsWhetherTheProcessorHelps) {
  // The compiler's own view of this machine.
  EXPECT_EQ(hardware_accelerated(),
            __builtin_cpu_supports("aes") != 0 && __builtin_cpu_supports("pclmul") != 0);
}

}  // namespace
}  // namespace lethe::kms::crypto
