// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/host_services.h"

#include <gmock/gmock.h>

#include "tests/unit/worker/pipeline/world.h"

namespace lethe::worker::pipeline {
namespace {

using connectors::text;
using connectors::view;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Hosted : ::testing::Test {
  template <class Service>
  const Service& service(std::string_view name) {
    const void* found = host.host().service(host.host().self, view(name));
    EXPECT_NE(found, nullptr) << name;
    return *static_cast<const Service*>(found);
  }
  const lethe_key_service& keys() { return service<lethe_key_service>(LETHE_SERVICE_KEYS); }
  const lethe_log_service& logs() { return service<lethe_log_service>(LETHE_SERVICE_LOG); }
  const lethe_metrics_service& metrics() {
    return service<lethe_metrics_service>(LETHE_SERVICE_METRICS);
  }
  std::uint64_t counter(std::string_view name, lethe_view path = {nullptr, 0}) {
    return metrics().counter(metrics().self, view(name), path);
  }
  void add(std::uint64_t id, std::uint64_t n) { metrics().add(metrics().self, id, n); }
  void write(std::string_view message, lethe_view path = {nullptr, 0}, std::int64_t n = -1) {
    logs().write(logs().self, LETHE_LOG_WARNING, view(message), path, n);
  }

  World world;
  ScriptedPlugin plugin;
  HostServices host{plugin.transform(), world.identity("enc"), world.services()};
};

TEST_F(Hosted, NamesPipelineAndDataset) {
  EXPECT_EQ(text(host.host().pipeline), "pipe");
  EXPECT_EQ(text(host.host().dataset), "data");
  EXPECT_EQ(host.host().struct_size, sizeof(lethe_host));
}

TEST_F(Hosted, AnswersNullForAServiceItLacks) {
  EXPECT_EQ(host.host().service(host.host().self, view("lethe.telepathy.v1")), nullptr);
  WorkerServices without_keys = world.services();
  without_keys.keys = nullptr;
  HostServices poor(plugin.transform(), world.identity("enc"), without_keys);
  EXPECT_EQ(poor.host().service(poor.host().self, view(LETHE_SERVICE_KEYS)), nullptr);
}

TEST_F(Hosted, MakesOneKeySessionAndOnlyIfAsked) {
  EXPECT_EQ(world.keys.sessions, 0);
  EXPECT_EQ(text(keys().tenant), "acme");
  EXPECT_EQ(&keys(), &keys());
  EXPECT_EQ(world.keys.sessions, 1);
}

TEST_F(Hosted, PassesKeysThroughWithTheStrideOfTheCaller) {
  struct Wider {
    lethe_sealing_key key;
    int more;
  } wider[2] = {};
  wider[0].key.name = view("ab");
  wider[1].key.name = view("abc");
  lethe_failure failure = {sizeof(failure), 0, {}, {}};
  ASSERT_EQ(
      keys().for_sealing(keys().self, &wider[0].key, sizeof(Wider), 2, LETHE_ERASED_DROP, &failure),
      LETHE_OK);
  EXPECT_EQ(wider[0].key.handle, 2u);
  EXPECT_EQ(wider[1].key.handle, 3u);
  EXPECT_EQ(world.keys.last_policy, kms::ErasedPolicy::kDrop);

  lethe_opening_key opening{};
  opening.dek_id[0] = 9;
  ASSERT_EQ(keys().for_opening(keys().self, &opening, sizeof(opening), 1, &failure), LETHE_OK);
  EXPECT_EQ(opening.handle, 9u);

  std::uint8_t out[3] = {};
  lethe_seal_item item{};
  item.plaintext = view("abc");
  item.out = out;
  EXPECT_EQ(keys().seal(keys().self, &item, sizeof(item), 1), LETHE_OK);
  EXPECT_THAT(out, ElementsAre('a', 'b', 'c'));
  lethe_open_item open{};
  EXPECT_EQ(keys().open(keys().self, &open, sizeof(open), 1), LETHE_OK);
  EXPECT_EQ(open.state, LETHE_CRYPTO_AUTH_FAILED);
  std::uint8_t digest[32] = {};
  keys().sha256(keys().self, view("four"), digest);
  EXPECT_EQ(digest[31], 4);
}

TEST_F(Hosted, ShowsWhatTheKeyServiceAnsweredDuringThisCallOnly) {
  world.keys.failure = transient("the key store is away: start it");
  lethe_failure failure = {sizeof(failure), 0, {}, {}};
  EXPECT_EQ(keys().for_sealing(keys().self, nullptr, sizeof(lethe_sealing_key), 0, 0, &failure),
            LETHE_TRANSIENT);
  EXPECT_EQ(host.shown(failure.message), "the key store is away: start it");
  host.forget_key_failure();
  EXPECT_EQ(host.shown(view("the key store is away: start it")), kWithheldMessage);
}

TEST_F(Hosted, RefusesKeyCallsThatBreakTheAbi) {
  lethe_failure failure = {sizeof(failure), 0, {}, {}};
  lethe_sealing_key key{};
  EXPECT_EQ(keys().for_sealing(keys().self, &key, 8, 1, 0, &failure), LETHE_INTERNAL);
  EXPECT_EQ(keys().for_sealing(keys().self, nullptr, sizeof(key), 1, 0, &failure), LETHE_INTERNAL);
  EXPECT_EQ(keys().for_sealing(keys().self, &key, sizeof(key), 1, 3, &failure), LETHE_INTERNAL);
  EXPECT_EQ(keys().seal(keys().self, nullptr, sizeof(lethe_seal_item), 1), LETHE_INTERNAL);
  EXPECT_EQ(keys().open(keys().self, nullptr, sizeof(lethe_open_item), 1), LETHE_INTERNAL);
}

TEST_F(Hosted, LogsDeclaredMessagesAndWithholdsOthers) {
  write(kHello, view("a.b"), 7);
  write("secret@example.com", view("bad\npath"));
  EXPECT_THAT(world.log.lines(),
              ElementsAre("warning hello pipeline=pipe transform=enc path=a.b number=7",
                          "warning " + std::string(kWithheldMessage) +
                              " pipeline=pipe transform=enc path=(withheld)"));
}

TEST_F(Hosted, ThrottlesTheLogOfAPlugin) {
  for (int i = 0; i < 100; ++i) write(kHello);
  EXPECT_EQ(world.log.lines().size(), 5u);
}

TEST_F(Hosted, CountsWithTheLabelsOfTheStage) {
  const auto sealed = counter("lethe_fields_sealed_total");
  const auto missing = counter("lethe_missing_fields_total", view("visa"));
  EXPECT_NE(sealed, 0u);
  add(sealed, 3);
  add(missing, 2);
  host.counters().flush();
  EXPECT_THAT(world.metrics.exposition(),
              HasSubstr("lethe_fields_sealed_total{pipeline=\"pipe\",transform=\"enc\"} 3"));
  EXPECT_THAT(world.metrics.exposition(),
              HasSubstr("lethe_missing_fields_total{path=\"visa\",pipeline=\"pipe\","
                        "transform=\"enc\"} 2"));
}

TEST_F(Hosted, CountsNowhereWhatCannotBeACounter) {
  const auto bad = counter("not a name");
  EXPECT_NE(bad, 0u);
  add(bad, 1);
  add(0, 1);
  add(77, 1);
  EXPECT_THAT(world.log.lines(), Contains(HasSubstr("metric that cannot be made")));
}

TEST_F(Hosted, MakesNoCounterOnceRecordsAreSeen) {
  host.end_of_making();
  const auto late = counter("lethe_late_total", view("anna@example.com"));
  EXPECT_NE(late, 0u);
  add(late, 1);
  host.counters().flush();
  EXPECT_THAT(world.metrics.exposition(), Not(HasSubstr("anna")));
}

TEST_F(Hosted, TellsTheTime) {
  const auto& clock = service<lethe_clock_service>(LETHE_SERVICE_CLOCK);
  EXPECT_EQ(clock.now_ms(clock.self), world.clock.unix_ms());
}

}  // namespace
}  // namespace lethe::worker::pipeline
