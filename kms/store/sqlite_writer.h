// SPDX-License-Identifier: Apache-2.0
//
// The one connection of an SQLite store that writes, with its statements. Used under `mutex`, each
// step within a transaction of the caller.

#ifndef LETHE_KMS_STORE_SQLITE_WRITER_H_
#define LETHE_KMS_STORE_SQLITE_WRITER_H_

#include <mutex>
#include <span>

#include "kms/store/key_store.h"
#include "kms/store/sqlite_connection.h"
#include "kms/store/sqlite_ledger.h"

namespace lethe::kms::store::sqlite {

struct Writer {
  std::mutex mutex;
  Connection connection;
  Ledger ledger;
  Statement control, put_control, current_fence, put_edek, winner, of_subject, put_fence,
      put_erased, remove_edek, put_state;

  Result<void> prepare(std::string_view store);

  Result<std::uint64_t> fence_of(const SubjectHash& subject);
  Result<Birth> create(const EdekRow& row);
  // True if the subject has exactly these EDEK rows.
  Result<bool> has_just(const SubjectHash& subject, std::span<const ErasedRow> erased);
  Result<void> bury(std::span<const ErasedRow> erased);
};

}  // namespace lethe::kms::store::sqlite

#endif  // LETHE_KMS_STORE_SQLITE_WRITER_H_
