// SPDX-License-Identifier: Apache-2.0
//
// Real Redis for tests: the server that ctest started for all (or one of this program's own), and
// servers of a test's own that crash and hang (tests/support/redis/redis.sh). Speaks hiredis
// without the cache under test.

#ifndef LETHE_TESTS_SUPPORT_REDIS_SERVER_H_
#define LETHE_TESTS_SUPPORT_REDIS_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include "tests/support/temp_dir.h"

namespace lethe::testing {

class RedisServer {
 public:
  // Null when there is no Redis; `why_not` then says so.
  static std::unique_ptr<RedisServer> start(std::string& why_not, const std::string& password = "");
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  const std::string& url() const noexcept { return url_; }
  int port() const noexcept { return port_; }

  void crash();    // SIGKILL
  void restart();  // empty
  void pause();    // hangs, until resume()
  void resume();
  // Writes a snapshot and returns its bytes.
  std::string snapshot() const;

 private:
  RedisServer() = default;
  int run(const std::string& command) const;
  void must(const std::string& command) const;

  TempDir dir_;
  int port_ = 0;
  std::string url_;
};

// The address that ctest's fixture left, or a server of this program's own; empty: there is none.
const std::string& shared_redis(std::string& why_not);

// The members of a list, or the one value, of a server without a password; throws on an error.
std::vector<std::string> redis_command(const std::string& url,
                                       const std::vector<std::string>& command);

}  // namespace lethe::testing

#endif  // LETHE_TESTS_SUPPORT_REDIS_SERVER_H_
