// SPDX-License-Identifier: Apache-2.0
//
// Known answers that the worker computes at every start, before it touches a key: a miscompiled or
// mislinked library must not seal a single field. Takes well under a millisecond. Any thread.

#ifndef LETHE_KMS_CRYPTO_SELF_TEST_H_
#define LETHE_KMS_CRYPTO_SELF_TEST_H_

#include "lethe/result.h"

namespace lethe::kms::crypto {

// SHA-256, HMAC, HKDF, both GCM suites, DEK ids, Ed25519, refusal of a changed tag or signature,
// randomness that does not repeat. internal, with the name of what failed.
Result<void> self_test();

// Whether AES and GHASH run on the processor's own instructions (AES-NI, CLMUL). Without them the
// worker is correct but many times slower, and table look-ups leak timing: worth a warning.
bool hardware_accelerated() noexcept;

}  // namespace lethe::kms::crypto

#endif  // LETHE_KMS_CRYPTO_SELF_TEST_H_
