// SPDX-License-Identifier: Apache-2.0
//
// Beacons and journal of an SQLite store: statements on one connection. Writing belongs to the
// store's writer, in its transactions; reading to its reader. Used under the mutex of the
// connection's owner.

#ifndef LETHE_KMS_STORE_SQLITE_LEDGER_H_
#define LETHE_KMS_STORE_SQLITE_LEDGER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "kms/store/rows.h"
#include "kms/store/sqlite_connection.h"
#include "lethe/result.h"

namespace lethe::kms::store::sqlite {

class Ledger {
 public:
  Result<void> prepare(Connection& connection, std::string_view store);

  Result<void> beat(const BeaconRow& beacon, std::string_view previous);
  Result<std::vector<BeaconRow>> beacons();
  Result<void> drop_beacon(std::string_view worker);
  // Needs a transaction around it.
  Result<bool> append(const JournalRow& entry);
  Result<std::vector<JournalRow>> entries(std::uint64_t after, std::size_t limit);

 private:
  Connection* connection_ = nullptr;
  std::string_view store_;
  Statement beacon_, put_first_, replace_, all_, drop_, last_, append_, entries_;
};

}  // namespace lethe::kms::store::sqlite

#endif  // LETHE_KMS_STORE_SQLITE_LEDGER_H_
