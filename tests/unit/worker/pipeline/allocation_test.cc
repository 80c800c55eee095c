// SPDX-License-Identifier: Apache-2.0
//
// No allocation per record or field on the steady path: once its buffers have grown, the chain and
// the error policy allocate nothing at all for a batch.

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "tests/unit/worker/pipeline/fake_seal.h"
#include "tests/unit/worker/pipeline/task_fixture.h"

namespace {
std::atomic<std::uint64_t> allocations{0};
}

// NOLINTBEGIN: the replacement functions of the standard
void* operator new(std::size_t size) {
  ++allocations;
  if (void* room = std::malloc(size == 0 ? 1 : size)) return room;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}
void* operator new[](std::size_t size) {
  return operator new(size);
}
void* operator new[](std::size_t size, const std::nothrow_t& tag) noexcept {
  return operator new(size, tag);
}
void operator delete(void* room) noexcept {
  std::free(room);
}
void operator delete(void* room, std::size_t) noexcept {
  std::free(room);
}
void operator delete[](void* room) noexcept {
  std::free(room);
}
void operator delete[](void* room, std::size_t) noexcept {
  std::free(room);
}
// NOLINTEND

namespace lethe::worker::pipeline {
namespace {

// As a source that reuses its batch: the originals lie outside the arena.
void reread(connectors::Batch& batch) {
  batch.arena.recycle();
  for (connectors::Record& one : batch.records) {
    const lethe_record original = one.in;
    one = connectors::Record{};
    one.in = one.out = original;
  }
}

struct Steady : ::testing::Test {
  void add(ScriptedPlugin& plugin, std::string label) {
    StageOptions options;
    options.label = std::move(label);
    options.topic_pattern = "cust.*";
    options.conditions.push_back({std::make_unique<TombstonePredicate>(), true});
    stages.push_back(world.stage(plugin, std::move(options)));
  }
  // Allocations of ten batches of n records, after a few to warm up.
  std::uint64_t counted(std::size_t n) {
    connectors::testing::OwnedRecord one = record(std::string(200, 'x'));
    one.headers = {{"h", "v"}};
    const auto originals = connectors::testing::batch_of({n, one});
    connectors::Batch reused;
    for (const connectors::Record& original : originals.records) {
      reused.records.emplace_back();
      reused.records.back().in = original.in;
    }
    std::uint64_t before = 0;
    for (int i = 0; i < 15; ++i) {
      if (i == 5) before = allocations;
      reread(reused);
      EXPECT_TRUE(chain->apply(reused));
      EXPECT_TRUE(policy->settle(reused));
      chain->flush();
    }
    return allocations - before;
  }

  World world;
  ScriptedPlugin replaces{for_each_record([](const lethe_batch& batch, std::uint64_t i) {
    replace_value(batch, i, value_at(batch, i));
  })};
  ScriptedPlugin drops{for_each_record([](const lethe_batch& batch, std::uint64_t i) {
    if (i % 3 == 0) verdict_at(batch, i).action = LETHE_DROP;
  })};
  std::vector<std::unique_ptr<Stage>> stages;
  std::unique_ptr<Chain> chain;
  std::unique_ptr<ErrorPolicy> policy;
};

TEST_F(Steady, PathAllocatesNothing) {
  add(replaces, "one");
  add(drops, "two");
  add(replaces, "three");
  chain = Chain::make({"pipe", {}}, std::move(stages), world.services()).value();
  policy = std::make_unique<ErrorPolicy>(ErrorPolicy::Options{"pipe", {}}, chain->description(),
                                         nullptr, world.log, world.clock);
  const auto start = allocations.load();
  std::string proof(100, 'x');
  ASSERT_GT(allocations.load(), start) << "the counter counts";
  EXPECT_EQ(counted(100), 0u);
  EXPECT_EQ(counted(2000), 0u);
}

// The loop itself allocates per batch at most: ten times the records make no difference.
TEST(SteadyLoop, AllocatesNothingPerRecord) {
  struct Loop : Tasked {
    void TestBody() override {}
    std::uint64_t counted(std::size_t per_batch) {
      make(std::vector<std::string>(per_batch * 10, "x"), {.batch_records = per_batch});
      // Counted between two calls of the plugin, so that the fakes' own copies at the end are not.
      std::uint64_t first = 0, last = 0;
      plugin.on_apply = [&, calls = 0](const lethe_batch&, lethe_failure&) mutable {
        ++calls;
        if (calls == 4) first = allocations;
        if (calls == 10) last = allocations;
        return LETHE_OK;
      };
      EXPECT_FALSE(run().error);
      return last - first;
    }
  };
  // The fake source and sink copy records: what remains must not grow faster than theirs, which is
  // measured with the same fakes and no chain between them.
  const auto fakes_alone = [](std::size_t per_batch) {
    FakeSource source(records(std::vector<std::string>(per_batch * 10, "x")),
                      {.batch_records = per_batch});
    FakeSink sink;
    struct NoRebalance final : connectors::RebalanceListener {
      Result<void> release(std::span<const connectors::Position>, bool) override { return {}; }
    } listener;
    std::uint64_t first = 0, last = 0;
    for (int calls = 1; calls <= 10; ++calls) {
      auto read = source.read({}, listener);
      if (calls == 4) first = allocations;
      if (calls == 10) last = allocations;
      EXPECT_TRUE(sink.write(std::move(read).value()));
      auto durable = sink.durable();
      for (const auto& checkpoint : durable->confirmed) EXPECT_TRUE(source.commit(checkpoint));
    }
    return last - first;
  };
  Loop small, large;
  const auto ours_small = small.counted(10) - fakes_alone(10);
  const auto ours_large = large.counted(1000) - fakes_alone(1000);
  EXPECT_LT(ours_large, ours_small + 60) << "990 records more in each of six batches";
}

}  // namespace
}  // namespace lethe::worker::pipeline
