// SPDX-License-Identifier: Apache-2.0
//
// The key stores that keep the contract of this folder.
#include <filesystem>

#include "kms/store/memory_key_store.h"
#include "kms/store/sqlite_key_store.h"
#include "tests/contract/key_store/key_store_contract.h"
#include "tests/support/temp_dir.h"

namespace lethe::kms::store {
namespace {

class MemoryHarness final : public KeyStoreHarness {
 public:
  KeyStore& store() override { return store_; }
  KeyStore& another_view() override { return store_; }

 private:
  MemoryKeyStore store_;
};

class SqliteHarness final : public KeyStoreHarness {
 public:
  SqliteHarness() : store_(open()), other_(open()) {}
  KeyStore& store() override { return *store_; }
  KeyStore& another_view() override { return *other_; }

 private:
  std::unique_ptr<SqliteKeyStore> open() {
    return std::move(SqliteKeyStore::make(folder_.path("keys.db"), {.create = true})).value();
  }

  lethe::testing::TempDir folder_;
  std::unique_ptr<SqliteKeyStore> store_;
  std::unique_ptr<SqliteKeyStore> other_;
};

INSTANTIATE_TEST_SUITE_P(
    Stores, KeyStoreContract,
    ::testing::Values(KeyStoreCase{"Memory", [] { return std::make_unique<MemoryHarness>(); }},
                      KeyStoreCase{"Sqlite", [] { return std::make_unique<SqliteHarness>(); }}),
    case_name);

}  // namespace
}  // namespace lethe::kms::store
