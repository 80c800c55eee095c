// SPDX-License-Identifier: Apache-2.0
//
// What every root key promises (kms/root/root_key.h), run unchanged on each of them.

#ifndef LETHE_TESTS_CONTRACT_ROOT_KEY_ROOT_KEY_CONTRACT_H_
#define LETHE_TESTS_CONTRACT_ROOT_KEY_ROOT_KEY_CONTRACT_H_

#include <functional>
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "kms/root/root_key.h"

namespace lethe::kms::root {

class RootKeyHarness {
 public:
  virtual ~RootKeyHarness() = default;
  virtual RootKey& root() = 0;
  virtual RootKey& the_same_after_a_restart() = 0;
  virtual RootKey& another_root() = 0;
};

struct RootKeyCase {
  std::string name;
  std::function<std::unique_ptr<RootKeyHarness>()> make;
};

class RootKeyContract : public ::testing::TestWithParam<RootKeyCase> {
 protected:
  RootKeyContract() : harness_(GetParam().make()) {}
  RootKeyHarness& harness() { return *harness_; }
  RootKey& root() { return harness_->root(); }

 private:
  std::unique_ptr<RootKeyHarness> harness_;
};

inline std::string case_name(const ::testing::TestParamInfo<RootKeyCase>& info) {
  return info.param.name;
}

}  // namespace lethe::kms::root

#endif  // LETHE_TESTS_CONTRACT_ROOT_KEY_ROOT_KEY_CONTRACT_H_
