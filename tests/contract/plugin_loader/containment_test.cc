// SPDX-License-Identifier: Apache-2.0
//
// What throws behind the C++ face arrives as a failure without the exception's text. The raw
// library, which breaks the contract, loads as well: no table shows what its code will do, and the
// chain has to contain it (its tests use the same file).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "lethe/testing/fakes.h"
#include "tests/contract/plugin_loader/fixtures/fixtures.h"
#include "worker/loader/loader.h"

namespace lethe::worker::loader {
namespace {

using testing::FakeBatch;
using testing::FakeHost;
using ::testing::HasSubstr;
using ::testing::IsNull;
using ::testing::Not;
using testing::OptionsTree;

constexpr std::string_view kThrew = "the plugin threw an exception";

class LoadedCorpus : public ::testing::Test {
 protected:
  void load(const char* library) {
    auto plugins = load_library(fixtures::library(library));
    ASSERT_TRUE(plugins.has_value()) << plugins.error().message();
    ASSERT_TRUE(catalog_.add_library(*std::move(plugins)).has_value());
  }
  const lethe_plugin& plugin(const char* name) {
    return *catalog_.find(LETHE_TRANSFORM, name)->plugin;
  }
  std::int32_t make(const char* name) {
    const OptionsTree tree;
    const lethe_options options = tree.abi();
    return plugin(name).make(&options, host_.abi(), &self_, &failure_);
  }
  std::int32_t apply(const char* name, FakeBatch& batch) {
    EXPECT_EQ(make(name), LETHE_OK);
    const std::int32_t code = plugin(name).apply(self_, batch.abi(), &failure_);
    plugin(name).destroy(self_);
    return code;
  }

  PluginCatalog catalog_;
  FakeHost host_;
  void* self_ = nullptr;
  lethe_failure failure_{sizeof(lethe_failure), 0, {}, {}};
};

// As the host's compiler builds it, and as clang with libc++ does: whose exceptions are others.
class ThrowingPlugin : public LoadedCorpus, public ::testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(fixtures::library(GetParam()))) {
      ASSERT_STREQ(std::getenv("LETHE_REQUIRE_SERVERS"), nullptr) << "clang or libc++ is missing";
      GTEST_SKIP() << "clang 14 or libc++ is missing";
    }
    load(GetParam());
  }
};

INSTANTIATE_TEST_SUITE_P(Compilers, ThrowingPlugin,
                         ::testing::Values("throwing", "throwing-libcxx"), [](const auto& test) {
                           return test.param == std::string_view("throwing") ? "Gcc" : "Libcxx";
                         });

TEST_P(ThrowingPlugin, FailsToBeMadeWithoutItsText) {
  EXPECT_EQ(make("throws_in_make"), LETHE_INTERNAL);
  EXPECT_THAT(self_, IsNull());
  EXPECT_EQ(to_text(failure_.message), kThrew);
}

TEST_P(ThrowingPlugin, FailsItsRecordsWithoutItsText) {
  FakeBatch batch;
  batch.add().value("first");
  batch.add().value("second");
  EXPECT_EQ(apply("throws_in_apply", batch), LETHE_OK);
  for (std::size_t i : {0u, 1u}) {
    EXPECT_TRUE(batch.failed(i));
    EXPECT_EQ(batch.verdict(i).error_kind, LETHE_INTERNAL);
    EXPECT_EQ(batch.message(i), kThrew);
  }
}

TEST_P(ThrowingPlugin, FailsTheBatchWithoutItsText) {
  FakeBatch batch;
  batch.add();
  EXPECT_EQ(apply("throws_in_batch", batch), LETHE_INTERNAL);
  EXPECT_EQ(to_text(failure_.message), kThrew);
}

// The host compares with this list before it repeats a message.
TEST_P(ThrowingPlugin, DeclaresNoTextThatItWasNotGivenToDeclare) {
  const lethe_module& module = *catalog_.all()[0].module;
  ASSERT_GT(module.n_messages, 0u);
  for (std::uint64_t i = 0; i < module.n_messages; ++i)
    EXPECT_THAT(to_text(module.messages[i]), Not(HasSubstr(fixtures::kCanary)));
}

TEST_F(LoadedCorpus, IsNotStoppedByTheTablesWhenItsCodeBreaksTheContract) {
  load("raw");
  FakeBatch batch;
  batch.add().value("first");
  EXPECT_ANY_THROW(static_cast<void>(apply("raw_throw", batch)));
  EXPECT_EQ(apply("garbage_verdict", batch), LETHE_OK);
  EXPECT_EQ(batch.verdict(0).action, 77);
  EXPECT_EQ(apply("garbage_code", batch), 4711);
}

}  // namespace
}  // namespace lethe::worker::loader
