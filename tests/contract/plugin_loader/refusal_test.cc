// SPDX-License-Identifier: Apache-2.0
//
// Each library of the corpus is refused with a sentence that names the file, what is wrong and the
// remedy, and carries nothing of the library's own that could harm a terminal or a log.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>

#include "tests/contract/plugin_loader/fixtures/fixtures.h"
#include "worker/loader/library.h"
#include "worker/loader/loader.h"
#include "worker/loader/rehearsal.h"

namespace lethe::worker::loader {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kRebuilding = "rebuild it";
constexpr const char* kMending = "have its author mend it, or take it out of the plugin folder";
constexpr const char* kUpgrading = "upgrade the worker, or rebuild it";

struct Case {
  const char* library;
  const char* what;
  const char* remedy;
};

std::ostream& operator<<(std::ostream& out, const Case& bad) {
  return out << bad.library;
}

class BadLibrary : public ::testing::TestWithParam<Case> {};

TEST_P(BadLibrary, IsRefusedWithASentenceThatNamesFileAndRemedy) {
  const std::string file = fixtures::library(GetParam().library);
  const Result<std::vector<LoadedPlugin>> loaded = load_library(file);
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().kind(), ErrorKind::kBadConfig);
  const std::string& sentence = loaded.error().message();
  EXPECT_THAT(sentence, StartsWith(file + ": "));
  EXPECT_THAT(sentence, HasSubstr(GetParam().what));
  EXPECT_THAT(sentence, HasSubstr(GetParam().remedy));
  EXPECT_THAT(sentence, Not(HasSubstr(fixtures::kCanary)));
  EXPECT_LE(sentence.size(), file.size() + 400);
  EXPECT_TRUE(std::all_of(sentence.begin(), sentence.end(), [](char c) {
    return c >= ' ' && c <= '~';
  })) << sentence;
}

INSTANTIATE_TEST_SUITE_P(
    Corpus, BadLibrary,
    ::testing::Values(
        Case{"no-symbol", "is no Lethe plugin", "lethe_add_plugin()"},
        Case{"major-0", "is built for ABI major 0, this worker speaks 1", kRebuilding},
        Case{"major-2", "is built for ABI major 2, this worker speaks 1", kUpgrading},
        Case{"newer-minor", "needs ABI 1.9, this worker speaks 1.0", kUpgrading},
        Case{"needs-missing", "nobody_defines_this", "install what it needs"},
        Case{"throws-at-load", "an exception", kMending},
        Case{"crashes-at-load", "was aborted", kMending},
        Case{"leaves-at-load", "ended with exit code", kMending},
        Case{"throws-in-entry", "threw an exception while it was being loaded", kMending},
        Case{"null-module", "lethe_module_v1() answered NULL", kMending},
        Case{"zero-size", "module table says a size of 0", kRebuilding},
        Case{"small-size", "module table says a size of 40", kRebuilding},
        Case{"huge-size", "module table says a size of 4294967295", kRebuilding},
        Case{"null-module-name", "module has no proper name", kMending},
        Case{"null-plugins", "table of plugins is missing", kMending},
        Case{"no-plugins", "table of plugins is missing, empty", kMending},
        Case{"endless-plugins", "table of plugins is missing, empty or too long", kMending},
        Case{"zero-stride", "table of plugins is missing", kMending},
        Case{"null-messages", "table of messages is missing", kMending},
        Case{"lying-message", "message 0 is no line of text", kMending},
        Case{"escape-message", "message 0 is no line of text", kMending},
        Case{"zero-plugin-size", "a plugin table says a size of 0", kRebuilding},
        Case{"null-name", "a plugin without a proper name", kMending},
        Case{"lying-name", "a plugin without a proper name", kMending},
        Case{"escape-name", "without a proper name (\"red?[31m?forged line\")", kMending},
        Case{"endless-name", "a plugin without a proper name (18446744073709551615 bytes)",
             kMending},
        Case{"unknown-kind", "\"two\" is of unknown kind 9", kUpgrading},
        Case{"no-make", "\"two\" lacks the function make", kMending},
        Case{"no-destroy", "\"two\" lacks the function destroy", kMending},
        Case{"no-apply", "\"two\" lacks the function apply", kMending},
        Case{"no-test", "\"two\" lacks the function test", kMending},
        Case{"no-wrap", "\"two\" lacks the function wrap", kMending},
        Case{"twice", "offers the plugin \"one\" twice", kMending},
        Case{"null-options", "options of its plugin \"two\" are missing", kMending},
        Case{"wild-options", "a trial process that loaded it", kMending},
        Case{"endless-options", "options of its plugin \"two\" never end", kMending},
        Case{"recursive-option", "options of its plugin \"one\" at deep[][]", kMending},
        Case{"option-type", "at text are of unknown type 99", kMending},
        Case{"option-name", "include one without a proper name", kMending},
        Case{"option-size", "say a size of 8", kMending},
        Case{"option-twice", "at text are there twice", kMending},
        Case{"option-default", "at count have an improper doc, default", kMending},
        Case{"option-children", "at names have too many or too few children", kMending}),
    [](const auto& test) {
      std::string name = test.param.library;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

TEST(PluginLoader, GivesUpOnALibraryThatNeverFinishesLoading) {
  const std::string file = fixtures::library("hangs-at-load");
  const auto attempt = [&]() -> Result<void> {
    LETHE_TRY(open_library(file));
    return {};
  };
  const Result<void> outcome = rehearse(file, attempt, std::chrono::milliseconds(100));
  ASSERT_FALSE(outcome.has_value());
  EXPECT_THAT(outcome.error().message(), StartsWith(file + ": "));
  EXPECT_THAT(outcome.error().message(), HasSubstr("did not come to an end"));
  EXPECT_THAT(outcome.error().message(), HasSubstr(kMending));
}

TEST(PluginLoader, RefusesAFileThatIsNoLibrary) {
  const std::string file = LETHE_SOURCE_DIR "/LICENSE";
  const auto loaded = load_library(file);
  ASSERT_FALSE(loaded.has_value());
  EXPECT_THAT(loaded.error().message(), HasSubstr("the system cannot load it"));
}

TEST(PluginLoader, RefusesAFileThatIsNotThere) {
  const auto loaded = load_library(fixtures::library("never-built"));
  ASSERT_FALSE(loaded.has_value());
  EXPECT_THAT(loaded.error().message(), HasSubstr("lethe-never-built.so: no such file"));
}

}  // namespace
}  // namespace lethe::worker::loader
