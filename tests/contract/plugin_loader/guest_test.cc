// SPDX-License-Identifier: Apache-2.0
//
// Sound plugins of three kinds of author run in this host: the same compiler, another compiler with
// another standard library, plain C.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "lethe/testing/fakes.h"
#include "tests/contract/plugin_loader/fixtures/fixtures.h"
#include "worker/loader/loader.h"

namespace lethe::worker::loader {
namespace {

using ::testing::ElementsAre;
using testing::FakeBatch;
using testing::FakeHost;
using testing::OptionsTree;
using ::testing::Pair;

struct Instance {
  const lethe_plugin* plugin;
  void* self;

  Instance(const lethe_plugin* of, const OptionsTree& tree, FakeHost& host) : plugin(of) {
    const lethe_options options = tree.abi();
    lethe_failure failure{sizeof(lethe_failure), 0, {}, {}};
    EXPECT_EQ(plugin->make(&options, host.abi(), &self, &failure), LETHE_OK);
  }
  ~Instance() { plugin->destroy(self); }

  std::int32_t apply(FakeBatch& batch) const {
    lethe_failure failure{sizeof(lethe_failure), 0, {}, {}};
    return plugin->apply(self, batch.abi(), &failure);
  }
};

void expect_guest_works(const std::string& library) {
  const auto loaded = load_library(fixtures::library(library));
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message();
  ASSERT_EQ(loaded->size(), 1u);
  EXPECT_EQ((*loaded)[0].name(), "guest");

  FakeHost host;
  const Instance guest((*loaded)[0].plugin, OptionsTree().set("prefix", "dear "), host);
  FakeBatch batch;
  batch.add().value("reader, this is longer than a short string").header("a", "1");
  batch.add().value(std::nullopt);
  batch.add().value("");
  ASSERT_EQ(guest.apply(batch), LETHE_OK);
  EXPECT_EQ(batch.value_after(0), "dear reader, this is longer than a short string");
  EXPECT_THAT(batch.headers_after(0), ElementsAre(Pair("a", "1"), Pair("guest", "was here")));
  EXPECT_TRUE(batch.dropped(1));
  EXPECT_TRUE(batch.failed(2));
  EXPECT_EQ(batch.message(2), "the value is empty");
  EXPECT_EQ(host.metrics.total("guest_changed_total"), 1u);
}

TEST(GuestPlugin, RunsWhenBuiltByTheCompilerOfTheHost) {
  expect_guest_works("guest");
}

TEST(GuestPlugin, RunsWhenBuiltByClangWithAnotherStandardLibrary) {
  if (!std::filesystem::exists(fixtures::library("guest-libcxx"))) {
    ASSERT_STREQ(std::getenv("LETHE_REQUIRE_SERVERS"), nullptr) << "clang 14 or libc++ is missing";
    GTEST_SKIP() << "clang 14 or libc++ is missing";
  }
  expect_guest_works("guest-libcxx");
}

TEST(GuestPlugin, ChecksItsOptionsAndNamesTheirPath) {
  const auto loaded = load_library(fixtures::library("guest"));
  ASSERT_TRUE(loaded.has_value());
  std::string path;
  const auto complain = [](void* self, lethe_view where, lethe_view) {
    *static_cast<std::string*>(self) = to_text(where);
  };
  const lethe_report report{sizeof(lethe_report), 0, &path, complain};
  const OptionsTree tree = OptionsTree().set("prefix", "");
  const lethe_options options = tree.abi();
  EXPECT_EQ((*loaded)[0].plugin->check(&options, &report), LETHE_OK);
  EXPECT_EQ(path, "prefix");
}

TEST(PlainPlugin, RunsWhenWrittenInC) {
  const auto loaded = load_library(fixtures::library("plain"));
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message();
  FakeHost host;
  const Instance plain((*loaded)[0].plugin, OptionsTree(), host);
  FakeBatch batch;
  batch.add().value("lethe");
  batch.add().value(std::nullopt);
  ASSERT_EQ(plain.apply(batch), LETHE_OK);
  EXPECT_EQ(batch.value_after(0), "ehtel");
  EXPECT_TRUE(batch.kept(1));
}

TEST(PlainPlugin, SaysSoWhenTheBatchHasNoMemoryLeft) {
  const auto loaded = load_library(fixtures::library("plain"));
  ASSERT_TRUE(loaded.has_value());
  FakeHost host;
  const Instance plain((*loaded)[0].plugin, OptionsTree(), host);
  FakeBatch batch(3);
  batch.add().value("lethe");
  ASSERT_EQ(plain.apply(batch), LETHE_OK);
  EXPECT_TRUE(batch.failed(0));
  EXPECT_EQ(batch.message(0), "the batch has no memory left");
}

}  // namespace
}  // namespace lethe::worker::loader
