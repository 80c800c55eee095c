// SPDX-License-Identifier: Apache-2.0
//
// The gateway of a folder: SQLite store and local root in it, made if they are missing. Shared by
// the test and the processes that it starts.

#ifndef LETHE_TESTS_INTEGRATION_KMS_LOCAL_GATEWAY_H_
#define LETHE_TESTS_INTEGRATION_KMS_LOCAL_GATEWAY_H_

#include <memory>
#include <string>
#include <utility>

#include "kms/gateway_kms.h"
#include "kms/root/local_file_root.h"
#include "kms/store/sqlite_key_store.h"

namespace lethe::kms {

inline Result<std::unique_ptr<GatewayKms>> local_gateway(const std::string& folder) {
  std::unique_ptr<root::RootKey> root =
      LETHE_TRY(root::LocalFileRoot::make("file-kms://" + folder + "/root.key", {.create = true}));
  std::unique_ptr<store::KeyStore> store =
      LETHE_TRY(store::SqliteKeyStore::make(folder + "/keys.db", {.create = true}));
  GatewayKms::Options options;
  options.create = true;
  return GatewayKms::make(std::move(store), std::move(root), options);
}

}  // namespace lethe::kms

#endif  // LETHE_TESTS_INTEGRATION_KMS_LOCAL_GATEWAY_H_
