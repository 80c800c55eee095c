// SPDX-License-Identifier: Apache-2.0
//
// The file of a SQLite key store: made with the right modes, recognised by its application id, its
// tables made once by whoever comes first. Everything here may be called by several processes at
// once, and after a crash at any point.

#ifndef LETHE_KMS_STORE_SQLITE_SCHEMA_H_
#define LETHE_KMS_STORE_SQLITE_SCHEMA_H_

#include <string>
#include <string_view>

#include "kms/store/sqlite_connection.h"
#include "lethe/result.h"

namespace lethe::kms::store::sqlite {

// Makes sure that the file is there, and that only its owner may write it. `store` names it.
Result<void> prepare_file(const std::string& path, std::string_view store, bool create);

// Makes sure that the tables are there and of this version.
Result<void> prepare_tables(Connection& connection, std::string_view store, bool create);

}  // namespace lethe::kms::store::sqlite

#endif  // LETHE_KMS_STORE_SQLITE_SCHEMA_H_
