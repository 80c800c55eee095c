// SPDX-License-Identifier: Apache-2.0
//
// Beacons and journal of a PostgreSQL store. A beacon whose acknowledgement was lost may be in the
// store or not, so the ledger remembers it: the next one may replace it. And it remembers the last
// one that was acknowledged: a database that does not hold it is not the one that was written to,
// but an older state of it. Used under the mutex of the store.

#ifndef LETHE_KMS_STORE_POSTGRES_LEDGER_H_
#define LETHE_KMS_STORE_POSTGRES_LEDGER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "kms/store/postgres_link.h"
#include "kms/store/rows.h"

namespace lethe::kms::store::postgres {

class Ledger {
 public:
  // `store` names it in messages. All are borrowed.
  Ledger(Link& writer, std::string_view store) : writer_(writer), store_(store) {}

  Result<void> beat(const BeaconRow& beacon, std::string_view previous);
  Result<void> drop_beacon(std::string_view worker);
  // To be read beside other rows: the beacons of this process. check() refuses what was read if
  // one of them is missing.
  Step read_own() const;
  Result<void> check(const Rows& own) const;

 private:
  struct Own {
    std::string acknowledged;
    std::vector<std::string> in_doubt;  // sent since, without an answer
    bool knows(std::string_view value) const;
  };
  Error rolled_back() const;

  Link& writer_;
  std::string_view store_;
  std::map<std::string, Own, std::less<>> own_;  // by worker
};

Result<std::vector<BeaconRow>> beacons(Link& reader);
// A repetition of the entry that is there counts as appended: its acknowledgement was lost.
Result<bool> append_journal(Link& writer, const JournalRow& entry);
Result<std::vector<JournalRow>> journal(Link& reader, std::uint64_t after, std::size_t limit);

}  // namespace lethe::kms::store::postgres

#endif  // LETHE_KMS_STORE_POSTGRES_LEDGER_H_
