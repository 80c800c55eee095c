// SPDX-License-Identifier: Apache-2.0

#include "worker/metrics/registry.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include "worker/metrics/counter_buffer.h"
#include "worker/metrics/textfile.h"

namespace lethe::worker::metrics {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Labels kLabels = {{"pipeline", "p"}, {"transform", "t"}, {"outcome", "kept"}};

TEST(Registry, ExposesACounterWithItsLabels) {
  Registry registry;
  registry.counter(kRecords, kLabels).value()->add(3);
  registry.counter(kRecords, kLabels).value()->add(4);
  EXPECT_THAT(registry.exposition(),
              HasSubstr("# TYPE lethe_records_total counter\n"
                        "lethe_records_total{outcome=\"kept\",pipeline=\"p\",transform=\"t\"} 7"));
}

TEST(Registry, GivesTheSameInstrumentForTheSameLabels) {
  Registry registry;
  EXPECT_EQ(registry.counter(kRecords, kLabels).value(),
            registry.counter(kRecords, kLabels).value());
  EXPECT_NE(registry.counter(kRecords, kLabels).value(), registry.counter(kRecords, {}).value());
}

TEST(Registry, SortsObservationsIntoBuckets) {
  Registry registry;
  Histogram* histogram = registry.histogram(kBatchSeconds, {{"stage", "s"}}).value();
  histogram->observe(0.0003);
  histogram->observe(0.02);
  EXPECT_THAT(registry.exposition(), HasSubstr("lethe_batch_seconds_count{stage=\"s\"} 2"));
  EXPECT_THAT(registry.exposition(),
              HasSubstr("lethe_batch_seconds_bucket{stage=\"s\",le=\"0.0005\"} 1"));
}

TEST(Registry, SetsAGauge) {
  Registry registry;
  registry.gauge({"lethe_tasks", "Tasks."}, {}).value()->set(2);
  EXPECT_THAT(registry.exposition(), HasSubstr("lethe_tasks 2"));
}

TEST(Registry, RefusesWhatIsNotAName) {
  Registry registry;
  EXPECT_FALSE(registry.counter({"a b", ""}, {}));
  EXPECT_FALSE(registry.counter({"", ""}, {}));
  EXPECT_FALSE(registry.counter({"9lives", ""}, {}));
  EXPECT_FALSE(registry.counter({"lethe_x", ""}, {{"a-b", "v"}}));
  EXPECT_THAT(registry.exposition(), Not(HasSubstr("a b")));
}

TEST(Registry, RefusesANameThatIsInUseForAnotherType) {
  Registry registry;
  ASSERT_TRUE(registry.histogram(kBatchSeconds, {}));
  const auto counter = registry.counter(kBatchSeconds, {});
  ASSERT_FALSE(counter);
  EXPECT_THAT(counter.error().message(), HasSubstr("lethe_batch_seconds"));
}

TEST(CounterBuffer, AddsUpUntilItIsFlushed) {
  Registry registry;
  CounterBuffer buffer;
  const auto id = buffer.watch(*registry.counter(kRecords, {}).value());
  buffer.add(id, 2);
  buffer.add(id, 3);
  EXPECT_THAT(registry.exposition(), HasSubstr("lethe_records_total 0"));
  buffer.flush();
  buffer.flush();
  EXPECT_THAT(registry.exposition(), HasSubstr("lethe_records_total 5"));
}

TEST(CounterBuffer, SharesACounterBetweenThreads) {
  Registry registry;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      CounterBuffer buffer;
      const auto id = buffer.watch(*registry.counter(kRecords, {}).value());
      for (int n = 0; n < 1000; ++n) {
        buffer.add(id, 1);
        if (n % 10 == 0) buffer.flush();
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(registry.exposition(), HasSubstr("lethe_records_total 4000"));
}

struct Textfile : ::testing::Test {
  void SetUp() override { std::filesystem::create_directories(folder); }
  void TearDown() override { std::filesystem::remove_all(folder); }
  static std::string content(const std::filesystem::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) / "lethe_textfile_test";
  Registry registry;
};

TEST_F(Textfile, ReplacesTheFileAndLeavesNothingBeside) {
  const auto file = folder / "lethe.prom";
  Counter* counter = registry.counter(kRecords, {}).value();
  for (const char* expected : {"lethe_records_total 1", "lethe_records_total 2"}) {
    counter->add(1);
    ASSERT_TRUE(write_textfile(registry, file.string()));
    EXPECT_THAT(content(file), HasSubstr(expected));
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
}

TEST_F(Textfile, SaysWhichFileCouldNotBeWritten) {
  const auto written = write_textfile(registry, (folder / "none" / "lethe.prom").string());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind(), ErrorKind::kTransient);
  EXPECT_THAT(written.error().message(), HasSubstr("none/lethe.prom"));
}

TEST_F(Textfile, LeavesTheOldFileWhenItCannotReplaceIt) {
  std::filesystem::create_directories(folder / "occupied" / "x");
  EXPECT_FALSE(write_textfile(registry, (folder / "occupied").string()));
  EXPECT_TRUE(std::filesystem::exists(folder / "occupied" / "x"));
}

}  // namespace
}  // namespace lethe::worker::metrics
