// SPDX-License-Identifier: Apache-2.0
//
// How rows are read from the tables of an SQLite store.

#ifndef LETHE_KMS_STORE_SQLITE_ROWS_H_
#define LETHE_KMS_STORE_SQLITE_ROWS_H_

#include <cstdint>
#include <vector>

#include "kms/store/rows.h"
#include "kms/store/sqlite_connection.h"
#include "lethe/result.h"

namespace lethe::kms::store::sqlite {

#define LETHE_EDEK_COLUMNS "subject, dek_id, purpose, suite, fence, rotation, name, record"

inline EdekRow edek_at(const Statement& row) {
  EdekRow edek;
  edek.subject.bytes = row.id(0);
  edek.dek_id.bytes = row.id(1);
  edek.purpose = static_cast<std::uint8_t>(row.number(2));
  edek.suite = static_cast<std::uint8_t>(row.number(3));
  edek.fence_version = static_cast<std::uint64_t>(row.number(4));
  edek.rotation = static_cast<std::uint32_t>(row.number(5));
  edek.name = row.bytes(6);
  edek.record = row.bytes(7);
  return edek;
}

inline FenceRow fence_at(const Statement& row) {
  return {{row.id(1)}, static_cast<std::uint64_t>(row.number(2)), row.bytes(3), row.bytes(4)};
}

// Appends what the statement yields.
template <class Row, class Read>
Result<void> collect(Statement& statement, std::vector<Row>& rows, Read read) {
  const Use use(statement);
  while (LETHE_TRY(statement.step())) rows.push_back(read(statement));
  return {};
}

inline Result<std::vector<ControlRow>> control_rows(Statement& statement) {
  std::vector<ControlRow> rows;
  LETHE_TRY(collect(statement, rows, [](const Statement& row) {
    return ControlRow{row.bytes(0), row.bytes(1)};
  }));
  return rows;
}

inline constexpr const char* kSelectControl = "select key, value from control order by id";

}  // namespace lethe::kms::store::sqlite

#endif  // LETHE_KMS_STORE_SQLITE_ROWS_H_
