// SPDX-License-Identifier: Apache-2.0
//
// A built plugin lets exactly one symbol out, so that two plugins, or a plugin and the worker,
// never meet in each other's templates.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <string>

#include "tests/contract/plugin_loader/fixtures/fixtures.h"

namespace lethe {
namespace {

std::string defined_symbols(const std::string& library) {
  const std::string command = "nm -D --defined-only --format=just-symbols '" + library + "'";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), &::pclose);
  std::string symbols;
  char buffer[4096];
  while (std::fgets(buffer, sizeof buffer, pipe.get()) != nullptr) symbols += buffer;
  return symbols;
}

TEST(BuiltPlugin, ExportsExactlyItsEntry) {
  for (const char* name : {"guest", "throwing", "plain"})
    EXPECT_EQ(defined_symbols(fixtures::library(name)), "lethe_module_v1\n") << name;
}

}  // namespace
}  // namespace lethe
