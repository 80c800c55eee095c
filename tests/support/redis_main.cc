// SPDX-License-Identifier: Apache-2.0
//
// main() of programs whose every test needs Redis: finds or starts a server first. Without it
// the program says so and exits 77, which ctest shows as skipped; with LETHE_REQUIRE_SERVERS=1 it
// fails.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <string>

#include "tests/support/redis_server.h"

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  std::string why_not;
  if (lethe::testing::shared_redis(why_not).empty()) {
    std::cerr << "SKIPPED: " << why_not << "\n";
    const char* required = std::getenv("LETHE_REQUIRE_SERVERS");
    return required != nullptr && std::string(required) == "1" ? 1 : 77;
  }
  return RUN_ALL_TESTS();
}
