// SPDX-License-Identifier: Apache-2.0
//
// The gateway of a folder: a local root in it, and the store that is named: "sqlite" (in the
// folder, too) or a PostgreSQL URL. Made if they are missing. Shared by the test and the processes
// that it starts.

#ifndef LETHE_TESTS_INTEGRATION_KMS_LOCAL_GATEWAY_H_
#define LETHE_TESTS_INTEGRATION_KMS_LOCAL_GATEWAY_H_

#include <memory>
#include <string>
#include <utility>

#include "kms/gateway_kms.h"
#include "kms/root/local_file_root.h"
#include "kms/store/sqlite_key_store.h"
#ifdef LETHE_WITH_POSTGRES
#include "kms/store/postgres_key_store.h"
#endif

namespace lethe::kms {

inline Result<std::unique_ptr<store::KeyStore>> named_store(const std::string& folder,
                                                            const std::string& name) {
  if (name == "sqlite")
    return std::unique_ptr<store::KeyStore>(
        LETHE_TRY(store::SqliteKeyStore::make(folder + "/keys.db", {.create = true})));
#ifdef LETHE_WITH_POSTGRES
  if (name.starts_with("postgresql:"))
    return std::unique_ptr<store::KeyStore>(
        LETHE_TRY(store::PostgresKeyStore::make(name, {.create = true})));
#endif
  return bad_config("no such store: " + name);
}

inline Result<std::unique_ptr<GatewayKms>> local_gateway(const std::string& folder,
                                                         const std::string& store_name) {
  std::unique_ptr<root::RootKey> root =
      LETHE_TRY(root::LocalFileRoot::make("file-kms://" + folder + "/root.key", {.create = true}));
  std::unique_ptr<store::KeyStore> store = LETHE_TRY(named_store(folder, store_name));
  GatewayKms::Options options;
  options.create = true;
  return GatewayKms::make(std::move(store), std::move(root), options);
}

}  // namespace lethe::kms

#endif  // LETHE_TESTS_INTEGRATION_KMS_LOCAL_GATEWAY_H_
