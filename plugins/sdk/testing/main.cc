// SPDX-License-Identifier: Apache-2.0
//
// lethe-plugin-test LIBRARY GOLDEN.jsonl: loads a plugin as the worker would and runs it on golden
// records (golden.h). Prints what differs. Exit code 0: all agree, 1: some differ, 2: usage, a
// library that the worker would refuse, or a file that cannot be read.

#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "plugins/sdk/testing/golden.h"
#include "plugins/sdk/testing/harness.h"
#include "worker/loader/loader.h"

namespace {

enum ExitCode { kAgree = 0, kDiffer = 1, kUnusable = 2 };

int unusable(const std::string& why) {
  std::cerr << why << "\n";
  return kUnusable;
}

int run(const std::string& library, const std::string& golden) {
  const auto plugins = lethe::worker::loader::load_library(library);
  if (!plugins) return unusable(plugins.error().message());
  std::ifstream file(golden, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) return unusable(golden + ": cannot be read");
  const auto records = lethe::testing::read_golden(text);
  if (!records) return unusable(golden + ": " + records.error().message());

  std::size_t agreeing = 0;
  for (const lethe::testing::GoldenRecord& record : *records) {
    const auto differences = lethe::testing::disagreements(*plugins, record);
    for (const std::string& difference : differences)
      std::cout << golden << ":" << record.line << ": " << difference << "\n";
    if (differences.empty()) ++agreeing;
  }
  std::cout << agreeing << " of " << records->size() << " golden records agree\n";
  return agreeing == records->size() ? kAgree : kDiffer;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return unusable("usage: lethe-plugin-test LIBRARY GOLDEN.jsonl");
  return run(argv[1], argv[2]);
}
