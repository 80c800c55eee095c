// SPDX-License-Identifier: Apache-2.0
//
// The root keys that keep the contract of this folder.
#include "kms/root/local_file_root.h"
#include "tests/contract/root_key/root_key_contract.h"
#include "tests/support/temp_dir.h"

namespace lethe::kms::root {
namespace {

class LocalFileHarness final : public RootKeyHarness {
 public:
  LocalFileHarness()
      : root_(make("root.key")), restarted_(make("root.key")), another_(make("another.key")) {}
  RootKey& root() override { return *root_; }
  RootKey& the_same_after_a_restart() override { return *restarted_; }
  RootKey& another_root() override { return *another_; }

 private:
  std::unique_ptr<RootKey> make(const std::string& name) {
    return std::move(LocalFileRoot::make("file-kms://" + folder_.path(name), {.create = true}))
        .value();
  }

  lethe::testing::TempDir folder_;
  std::unique_ptr<RootKey> root_;
  std::unique_ptr<RootKey> restarted_;
  std::unique_ptr<RootKey> another_;
};

INSTANTIATE_TEST_SUITE_P(Roots, RootKeyContract,
                         ::testing::Values(RootKeyCase{
                             "LocalFile", [] { return std::make_unique<LocalFileHarness>(); }}),
                         case_name);

}  // namespace
}  // namespace lethe::kms::root
