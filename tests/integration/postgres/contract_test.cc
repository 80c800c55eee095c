// SPDX-License-Identifier: Apache-2.0
//
// The contract of key stores, kept by PostgreSQL. Each case has a database of its own.
#include <utility>

#include "kms/store/postgres_key_store.h"
#include "tests/contract/key_store/key_store_contract.h"
#include "tests/support/postgres_server.h"

namespace lethe::kms::store {
namespace {

class PostgresHarness final : public KeyStoreHarness {
 public:
  PostgresHarness() : store_(open()), other_(open()) {}
  KeyStore& store() override { return *store_; }
  KeyStore& another_view() override { return *other_; }

 private:
  std::unique_ptr<PostgresKeyStore> open() {
    return std::move(PostgresKeyStore::make(database_.url(), {.create = true})).value();
  }

  lethe::testing::PostgresDatabase database_;
  std::unique_ptr<PostgresKeyStore> store_;
  std::unique_ptr<PostgresKeyStore> other_;
};

INSTANTIATE_TEST_SUITE_P(Stores, KeyStoreContract,
                         ::testing::Values(KeyStoreCase{
                             "Postgres", [] { return std::make_unique<PostgresHarness>(); }}),
                         case_name);

}  // namespace
}  // namespace lethe::kms::store
