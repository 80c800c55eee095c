// SPDX-License-Identifier: Apache-2.0
//
// The birth of keys in PostgreSQL: put-if-absent for a whole batch in one transaction of one round
// trip, and a second round trip only when somebody was faster or erased a subject. Thread-safe.

#ifndef LETHE_KMS_STORE_POSTGRES_BIRTHS_H_
#define LETHE_KMS_STORE_POSTGRES_BIRTHS_H_

#include <span>
#include <vector>

#include "kms/store/key_store.h"
#include "kms/store/postgres_link.h"

namespace lethe::kms::store::postgres {

// As KeyStore::create_all. `store` names the store in messages.
Result<std::vector<Birth>> create_all(Link& writer, std::string_view store,
                                      std::span<const EdekRow> rows);

}  // namespace lethe::kms::store::postgres

#endif  // LETHE_KMS_STORE_POSTGRES_BIRTHS_H_
