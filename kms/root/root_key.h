// SPDX-License-Identifier: Apache-2.0
//
// RootKey: the key in the external KMS, or in a file, that opens a store. It wraps the 32-byte seal
// key of an epoch and nothing else: one call per worker start keeps the KMS off the hot path. What
// is wrapped is bound to its additional data. Thread-safe. Errors: transient when the KMS is away;
// bad_config when this root did not wrap the bytes, or they were changed. tests/contract/root_key
// runs on every implementation.

#ifndef LETHE_KMS_ROOT_ROOT_KEY_H_
#define LETHE_KMS_ROOT_ROOT_KEY_H_

#include <string>
#include <string_view>

#include "kms/crypto/secret.h"
#include "lethe/result.h"

namespace lethe::kms::root {

class RootKey {
 public:
  virtual ~RootKey() = default;

  // Which root this is, as an operator would name it: "file-kms:///var/lib/lethe/root.key". It is
  // kept in the store, for messages only. No secret in it.
  virtual std::string_view id() const = 0;

  // Bytes of the root's own form. Two wraps of one key differ.
  virtual Result<std::string> wrap(const crypto::Key& key, std::string_view aad) = 0;
  virtual Result<crypto::Key> unwrap(std::string_view wrapped, std::string_view aad) = 0;
};

}  // namespace lethe::kms::root

#endif  // LETHE_KMS_ROOT_ROOT_KEY_H_
