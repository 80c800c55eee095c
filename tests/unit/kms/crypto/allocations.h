// SPDX-License-Identifier: Apache-2.0
//
// How often this test program asked for memory. malloc itself is replaced, since Crypto++ allocates
// beside operator new. Sanitizers need malloc for themselves: under them the answer stays zero.

#ifndef LETHE_TESTS_UNIT_KMS_CRYPTO_ALLOCATIONS_H_
#define LETHE_TESTS_UNIT_KMS_CRYPTO_ALLOCATIONS_H_

namespace lethe::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kCountsAllocations = false;
#else
inline constexpr bool kCountsAllocations = true;
#endif

long allocations() noexcept;

}  // namespace lethe::test

#endif  // LETHE_TESTS_UNIT_KMS_CRYPTO_ALLOCATIONS_H_
