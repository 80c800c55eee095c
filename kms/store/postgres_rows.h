// SPDX-License-Identifier: Apache-2.0
//
// How rows are read from the results of a PostgreSQL store.

#ifndef LETHE_KMS_STORE_POSTGRES_ROWS_H_
#define LETHE_KMS_STORE_POSTGRES_ROWS_H_

#include <cstdint>
#include <vector>

#include "kms/store/postgres_values.h"
#include "kms/store/rows.h"

namespace lethe::kms::store::postgres {

#define LETHE_POSTGRES_EDEK "subject, dek_id, purpose, suite, fence, rotation, name, record"

// `from`: the column that the list above begins at.
inline EdekRow edek_at(const Rows& rows, int row, int from = 0) {
  EdekRow edek;
  edek.subject.bytes = rows.id(row, from);
  edek.dek_id.bytes = rows.id(row, from + 1);
  edek.purpose = static_cast<std::uint8_t>(rows.number(row, from + 2));
  edek.suite = static_cast<std::uint8_t>(rows.number(row, from + 3));
  edek.fence_version = static_cast<std::uint64_t>(rows.number(row, from + 4));
  edek.rotation = static_cast<std::uint32_t>(rows.number(row, from + 5));
  edek.name = rows.bytes(row, from + 6);
  edek.record = rows.bytes(row, from + 7);
  return edek;
}

template <class Read>
auto all_of(const Rows& rows, Read read) {
  std::vector<decltype(read(rows, 0))> read_rows;
  read_rows.reserve(static_cast<std::size_t>(rows.size()));
  for (int row = 0; row < rows.size(); ++row) read_rows.push_back(read(rows, row));
  return read_rows;
}

inline std::vector<EdekRow> edek_rows(const Rows& rows) {
  return all_of(rows, [](const Rows& found, int row) { return edek_at(found, row); });
}

}  // namespace lethe::kms::store::postgres

#endif  // LETHE_KMS_STORE_POSTGRES_ROWS_H_
