// SPDX-License-Identifier: Apache-2.0
//
// What every key store promises (kms/store/key_store.h), run unchanged on each of them. An
// implementation instantiates KeyStoreContract with a factory of harnesses; a harness owns a fresh,
// empty store and can open a second view of it, as another process would.

#ifndef LETHE_TESTS_CONTRACT_KEY_STORE_KEY_STORE_CONTRACT_H_
#define LETHE_TESTS_CONTRACT_KEY_STORE_KEY_STORE_CONTRACT_H_

#include <functional>
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "kms/store/key_store.h"

namespace lethe::kms::store {

class KeyStoreHarness {
 public:
  virtual ~KeyStoreHarness() = default;
  virtual KeyStore& store() = 0;
  // The same store, opened once more; the store itself where that is impossible.
  virtual KeyStore& another_view() = 0;
};

struct KeyStoreCase {
  std::string name;
  std::function<std::unique_ptr<KeyStoreHarness>()> make;
};

class KeyStoreContract : public ::testing::TestWithParam<KeyStoreCase> {
 protected:
  KeyStoreContract() : harness_(GetParam().make()) {}
  KeyStore& store() { return harness_->store(); }
  KeyStore& another_view() { return harness_->another_view(); }

 private:
  std::unique_ptr<KeyStoreHarness> harness_;
};

inline std::string case_name(const ::testing::TestParamInfo<KeyStoreCase>& info) {
  return info.param.name;
}

}  // namespace lethe::kms::store

#endif  // LETHE_TESTS_CONTRACT_KEY_STORE_KEY_STORE_CONTRACT_H_
