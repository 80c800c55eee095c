// SPDX-License-Identifier: Apache-2.0
//
// The tables of a PostgreSQL store, in a schema `lethe` of its own: made and brought up to date
// only by who is asked to, in one transaction under a lock, so that of many starters one does it.
// docs/guides/postgres.md describes what others may read of them.

#ifndef LETHE_KMS_STORE_POSTGRES_SCHEMA_H_
#define LETHE_KMS_STORE_POSTGRES_SCHEMA_H_

#include <string_view>

#include "kms/store/postgres_connection.h"
#include "lethe/result.h"

namespace lethe::kms::store::postgres {

// Makes sure that the tables are there and of this version; bad_config if they are not and may not
// be made.
Result<void> prepare_schema(Connection& connection, std::string_view store, bool create);

}  // namespace lethe::kms::store::postgres

#endif  // LETHE_KMS_STORE_POSTGRES_SCHEMA_H_
