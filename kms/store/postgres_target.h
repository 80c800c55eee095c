// SPDX-License-Identifier: Apache-2.0
//
// Where a PostgreSQL store is: a connection string of libpq ("postgresql:///lethe",
// "host=a,b dbname=lethe"), taken apart into one set of parameters per host, so that each host gets
// a time limit of its own. What is not in the string comes from libpq's environment variables,
// service and password files. Plain values.

#ifndef LETHE_KMS_STORE_POSTGRES_TARGET_H_
#define LETHE_KMS_STORE_POSTGRES_TARGET_H_

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "lethe/result.h"

namespace lethe::kms::store::postgres {

struct Target {
  using Parameters = std::vector<std::pair<std::string, std::string>>;
  std::string name;                                 // for messages: no user, no password
  std::vector<Parameters> hosts;                    // tried in order; never empty
  std::chrono::milliseconds connect_timeout{5000};  // for each
  std::chrono::milliseconds answer_timeout{10000};  // for each round trip

  // bad_config: the string is none.
  static Result<Target> parse(const std::string& conninfo);
};

}  // namespace lethe::kms::store::postgres

#endif  // LETHE_KMS_STORE_POSTGRES_TARGET_H_
