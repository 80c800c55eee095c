// SPDX-License-Identifier: Apache-2.0
//
// Records for benchmarks: flat customer documents of a given size, in clear and with two sealed
// fields.

#ifndef LETHE_TESTS_BENCH_JSON_RECORDS_H_
#define LETHE_TESTS_BENCH_JSON_RECORDS_H_

#include <string>

namespace lethe::bench {

// About `size` bytes, 50 bytes a member: userId first, password and visa among the others.
inline std::string customer(std::size_t size, bool is_sealed) {
  const std::string sealed(97, 'A');
  std::string text = R"({"userId":"user-004711",)";
  text += is_sealed ? "\"password\":\"enc1." + sealed + "\","
                    : R"("password":"correct horse battery",)";
  for (int i = 0; text.size() + 120 < size; ++i) {
    const std::string n = std::to_string(i);
    switch (i % 5) {
      case 0:
        text += "\"address_line_" + n + "\":\"Elm Street 42, back yard " + n + "\",";
        break;
      case 1:
        text += "\"balance_" + n + "\":" + n + "1234.56,";
        break;
      case 2:
        text += "\"active_" + n + "\":true,";
        break;
      case 3:
        text += "\"comment_of_the_agent_" + n + "\":\"called twice, will call again on Monday\",";
        break;
      default:
        text += "\"created_" + n + "\":1795363200123,";
        break;
    }
  }
  text += is_sealed ? "\"visa\":\"enc1." + sealed + "\"," : R"("visa":"4111111111111111",)";
  return text + R"("country":"CH","tags":["a","b"],"score":0.75})";
}

}  // namespace lethe::bench

#endif  // LETHE_TESTS_BENCH_JSON_RECORDS_H_
