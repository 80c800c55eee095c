// SPDX-License-Identifier: Apache-2.0
//
// Races and crashes of processes on one PostgreSQL store.
#include "tests/integration/kms/processes.h"
#include "tests/support/postgres_server.h"

namespace lethe::kms {
namespace {

struct Place {
  lethe::testing::PostgresDatabase database;
  std::string url = database.url();
};

std::shared_ptr<const std::string> fresh_database() {
  const auto place = std::make_shared<Place>();
  return {place, &place->url};
}

// Eight processes with four threads each create keys for the same ten thousand subjects.
INSTANTIATE_TEST_SUITE_P(Stores, Processes,
                         ::testing::Values(ProcessesCase{"Postgres", fresh_database, 8, 10'000}),
                         case_name);

}  // namespace
}  // namespace lethe::kms
