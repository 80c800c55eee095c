// SPDX-License-Identifier: Apache-2.0
//
// Where a Redis cache is: "redis://[USER][:PASSWORD@]HOST[:PORT][/DATABASE]", taken apart. What is
// special in a URL is percent-encoded in user and password. Plain values.

#ifndef LETHE_KMS_STORE_REDIS_TARGET_H_
#define LETHE_KMS_STORE_REDIS_TARGET_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "lethe/result.h"

namespace lethe::kms::store::redis {

struct Target {
  std::string host;
  std::uint16_t port = 6379;
  std::uint32_t database = 0;
  std::string user;      // empty: the server's default user
  std::string password;  // empty: none is sent

  // bad_config: the text is no such URL; it is not quoted.
  static Result<Target> parse(std::string_view url);
  // For messages: "redis cache host:6379", neither user nor password.
  std::string name() const;
};

}  // namespace lethe::kms::store::redis

#endif  // LETHE_KMS_STORE_REDIS_TARGET_H_
