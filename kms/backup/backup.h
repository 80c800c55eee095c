// SPDX-License-Identifier: Apache-2.0
//
// Writes a backup of a key store: all rows, while the store is in use. Wrapped keys are read before
// fences, and fences before the journal: an erasure that happens meanwhile is in the backup
// wherever its keys are. What is in the file opens nothing without the root key. Any thread.

#ifndef LETHE_KMS_BACKUP_BACKUP_H_
#define LETHE_KMS_BACKUP_BACKUP_H_

#include <string>

#include "kms/backup/manifest.h"
#include "kms/hierarchy.h"
#include "kms/store/key_store.h"
#include "lethe/result.h"

namespace lethe::kms::backup {

// To a new file (0600), durable on return. bad_config: it exists, or cannot be written; transient:
// the store is away. A file that was not finished is removed.
Result<Counts> write(store::KeyStore& store, const Hierarchy& hierarchy, const std::string& path);

}  // namespace lethe::kms::backup

#endif  // LETHE_KMS_BACKUP_BACKUP_H_
