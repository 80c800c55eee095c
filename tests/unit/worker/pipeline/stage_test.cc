// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/stage.h"

#include <gmock/gmock.h>

#include <stdexcept>

#include "tests/unit/worker/pipeline/world.h"

namespace lethe::worker::pipeline {
namespace {

using connectors::Route;
using connectors::text;
using connectors::view;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Staged : ::testing::Test {
  World world;
  ScriptedPlugin plugin;
};

TEST_F(Staged, TakesEachVerdict) {
  plugin.on_apply = for_each_record([](const lethe_batch& batch, std::uint64_t i) {
    const auto value = value_at(batch, i);
    if (value == "change") replace_value(batch, i, "changed");
    if (value == "drop") verdict_at(batch, i).action = LETHE_DROP;
    if (value == "fail") fail_verdict(batch, i, LETHE_BAD_RECORD);
  });
  const auto stage = world.stage(plugin);
  auto made = batch({"keep", "change", "drop", "fail"});
  ASSERT_TRUE(stage->apply(made, 5));
  EXPECT_THAT(live_values(made), ElementsAre("keep", "changed"));
  EXPECT_EQ(text(made.records[1].in.value), "change") << "the original stays";
  EXPECT_EQ(made.records[2].route, Route::kNone);
  EXPECT_FALSE(made.records[2].failed);
  const connectors::Record& failed = made.records[3];
  EXPECT_TRUE(failed.failed);
  EXPECT_EQ(failed.stage, 5);
  EXPECT_EQ(failed.error_kind, ErrorKind::kBadRecord);
  EXPECT_EQ(failed.error_message, kBad);
  EXPECT_EQ(failed.disposition, LETHE_STOP);
}

TEST_F(Staged, ReadsRecordsWhereTheyLieIfAllAreLive) {
  const lethe_record* seen = nullptr;
  plugin.on_apply = [&](const lethe_batch& batch, lethe_failure&) {
    seen = batch.records;
    EXPECT_EQ(batch.record_stride, sizeof(connectors::Record));
    return LETHE_OK;
  };
  auto made = batch({"a", "b"});
  ASSERT_TRUE(world.stage(plugin)->apply(made, 0));
  EXPECT_EQ(seen, &made.records[0].out);
}

TEST_F(Staged, ShowsThePluginLiveRecordsOnly) {
  std::vector<std::string> seen;
  plugin.on_apply = for_each_record([&](const lethe_batch& batch, std::uint64_t i) {
    seen.emplace_back(value_at(batch, i));
    replace_value(batch, i, seen.back() + "!");
  });
  auto made = batch({"dead", "a", "failed", "b"});
  made.records[0].route = Route::kNone;
  made.records[2].failed = true;
  ASSERT_TRUE(world.stage(plugin)->apply(made, 0));
  EXPECT_THAT(seen, ElementsAre("a", "b"));
  EXPECT_THAT(live_values(made), ElementsAre("a!", "b!"));
}

TEST_F(Staged, DoesNotCallThePluginForNothing) {
  plugin.on_apply = [](const lethe_batch&, lethe_failure&) {
    ADD_FAILURE() << "called";
    return LETHE_OK;
  };
  auto made = batch({"dead"});
  made.records[0].route = Route::kNone;
  EXPECT_TRUE(world.stage(plugin)->apply(made, 0));
}

TEST_F(Staged, SkipsRecordsThatAConditionExcludes) {
  plugin.on_apply = for_each_record(
      [](const lethe_batch& batch, std::uint64_t i) { replace_value(batch, i, "changed"); });
  StageOptions options;
  options.topic_pattern = "customers";
  options.conditions.push_back({std::make_unique<TombstonePredicate>(), true});
  options.conditions.push_back({std::make_unique<HeaderPredicate>("on"), false});
  const auto stage = world.stage(plugin, std::move(options));
  std::vector<connectors::testing::OwnedRecord> all(4, record("old"));
  for (auto& one : all) one.headers = {{"on", "1"}};
  all[1].topic = "orders";
  all[2].value.reset();
  all[3].headers.clear();
  auto made = connectors::testing::batch_of(all);
  ASSERT_TRUE(stage->apply(made, 0));
  EXPECT_THAT(live_values(made), ElementsAre("changed", "old", "", "old"));
  stage->flush();
  EXPECT_EQ(stage->counts()[static_cast<std::size_t>(Outcome::kSkipped)], 3u);
  EXPECT_EQ(stage->counts()[static_cast<std::size_t>(Outcome::kReplaced)], 1u);
}

TEST_F(Staged, LetsNothingPastAConditionThatFails) {
  struct Broken final : Predicate {
    Result<void> test(Records, connectors::Arena&, std::span<std::uint8_t>) override {
      return bad_record("the predicate is broken");
    }
  };
  StageOptions options;
  options.conditions.push_back({std::make_unique<Broken>(), false});
  const auto stage = world.stage(plugin, std::move(options));
  auto made = batch({"a", "b"});
  ASSERT_TRUE(stage->apply(made, 0));
  EXPECT_THAT(live_values(made), IsEmpty());
  EXPECT_EQ(made.records[1].error_message, "the predicate is broken");
}

// ---- failures -----------------------------------------------------------------------------------

TEST_F(Staged, GivesAFailureTheDispositionOfItsKind) {
  plugin.on_apply = for_each_record([](const lethe_batch& batch, std::uint64_t i) {
    fail_verdict(batch, i, value_at(batch, i)[0] - '0');  // the number of a kind
  });
  StageOptions options;
  ASSERT_TRUE(options.on_error.set(ErrorKind::kBadRecord, Disposition::kDeadLetter));
  ASSERT_TRUE(options.on_error.set(ErrorKind::kShredded, Disposition::kDiscard));
  ASSERT_TRUE(options.on_error.set(ErrorKind::kUnknownKey, Disposition::kPass));
  EXPECT_FALSE(options.on_error.set(ErrorKind::kInternal, Disposition::kDiscard));
  const auto stage = world.stage(plugin, std::move(options));
  auto made = batch({"2", "3", "4", "5", "6", "7"});
  ASSERT_TRUE(stage->apply(made, 0));
  std::vector<std::int32_t> dispositions;
  for (const auto& one : made.records) dispositions.push_back(one.disposition);
  EXPECT_THAT(dispositions, ElementsAre(LETHE_DEAD_LETTER, LETHE_STOP, LETHE_DISCARD, LETHE_PASS,
                                        LETHE_STOP, LETHE_STOP));
}

TEST_F(Staged, LetsAVerdictsOwnWishWin) {
  plugin.on_apply = for_each_record([](const lethe_batch& batch, std::uint64_t i) {
    fail_verdict(batch, i, LETHE_SHREDDED, kBad, LETHE_DISCARD);
  });
  StageOptions options;
  options.on_error = always(Disposition::kDeadLetter);
  auto made = batch({"a"});
  ASSERT_TRUE(world.stage(plugin, std::move(options))->apply(made, 0));
  EXPECT_EQ(made.records[0].disposition, LETHE_DISCARD);
}

TEST_F(Staged, LetsARecordThatPassesGoOnAsItCame) {
  plugin.on_apply = for_each_record([](const lethe_batch& batch, std::uint64_t i) {
    fail_verdict(batch, i, LETHE_BAD_RECORD);
    verdict_at(batch, i).replaced = LETHE_REPLACED_VALUE;
    verdict_at(batch, i).value = view("half done");
  });
  StageOptions options;
  options.on_error = always(Disposition::kPass);
  auto made = batch({"a"});
  ASSERT_TRUE(world.stage(plugin, std::move(options))->apply(made, 0));
  EXPECT_THAT(live_values(made), ElementsAre("a"));
  EXPECT_THAT(world.log.lines(), ElementsAre(HasSubstr("on_error=pass")));
}

TEST_F(Staged, NeverLetsARecordPastWhatProtects) {
  plugin.on_apply = for_each_record([](const lethe_batch& batch, std::uint64_t i) {
    fail_verdict(batch, i, LETHE_BAD_RECORD, kBad, LETHE_PASS);
  });
  StageOptions passing;
  passing.protects = true;
  passing.on_error = always(Disposition::kPass);
  const auto refused = world.try_stage(plugin, std::move(passing));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), ErrorKind::kBadConfig);

  StageOptions options;
  options.protects = true;
  options.on_error = always(Disposition::kDiscard);
  auto made = batch({"clear"});
  ASSERT_TRUE(world.stage(plugin, std::move(options))->apply(made, 0));
  EXPECT_TRUE(made.records[0].failed);
  EXPECT_EQ(made.records[0].disposition, LETHE_STOP);
}

TEST_F(Staged, AnswersTransientForTheWholeBatchIfAVerdictSaysSo) {
  plugin.on_apply = for_each_record([](const lethe_batch& batch, std::uint64_t i) {
    if (i == 1) fail_verdict(batch, i, LETHE_TRANSIENT, kAway);
  });
  auto made = batch({"a", "b"});
  const auto applied = world.stage(plugin)->apply(made, 0);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().kind(), ErrorKind::kTransient);
  EXPECT_THAT(applied.error().message(), HasSubstr(std::string(kAway)));
}

TEST_F(Staged, FailsEveryRecordWhenTheCallFails) {
  plugin.on_apply = [](const lethe_batch& batch, lethe_failure& failure) {
    replace_value(batch, 0, "must not be taken");
    failure.message = view(kBad);
    failure.path = view("fields[0]");
    return LETHE_BAD_RECORD;
  };
  auto made = batch({"a", "b"});
  ASSERT_TRUE(world.stage(plugin)->apply(made, 0));
  for (const auto& one : made.records) {
    EXPECT_TRUE(one.failed);
    EXPECT_EQ(one.error_message, kBad);
    EXPECT_EQ(one.error_path, "fields[0]");
  }
  EXPECT_EQ(text(made.records[0].out.value), "a");
}

TEST_F(Staged, NamesTheKeyServicesReasonWhenKeysAreAway) {
  const lethe_key_service* keys = nullptr;
  plugin.on_make = [&](const lethe_host& host, lethe_failure&) {
    keys = static_cast<const lethe_key_service*>(host.service(host.self, view(LETHE_SERVICE_KEYS)));
    return LETHE_OK;
  };
  plugin.on_apply = [&](const lethe_batch&, lethe_failure& failure) {
    return keys->for_sealing(keys->self, nullptr, sizeof(lethe_sealing_key), 0, 0, &failure);
  };
  world.keys.failure = transient("the key store is away: start it");
  auto made = batch({"a"});
  const auto stage = world.stage(plugin);
  const auto applied = stage->apply(made, 0);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().kind(), ErrorKind::kTransient);
  EXPECT_THAT(applied.error().message(), HasSubstr("the key store is away: start it"));

  plugin.on_apply = for_each_record([](const lethe_batch& b, std::uint64_t i) {
    fail_verdict(b, i, LETHE_BAD_RECORD, "the key store is away: start it");
  });
  ASSERT_TRUE(stage->apply(made, 0));
  EXPECT_EQ(made.records[0].error_message, kWithheldMessage)
      << "in a later call it is a text of its own";
}

TEST_F(Staged, WithholdsAMessageThatWasNotDeclared) {
  plugin.on_apply = for_each_record([](const lethe_batch& batch, std::uint64_t i) {
    fail_verdict(batch, i, LETHE_BAD_RECORD, value_at(batch, i));
    verdict_at(batch, i).path = view("\x01");
  });
  auto made = batch({"anna@example.com"});
  ASSERT_TRUE(world.stage(plugin)->apply(made, 0));
  EXPECT_EQ(made.records[0].error_message, kWithheldMessage);
  EXPECT_EQ(made.records[0].error_path, kWithheldPath);
}

TEST_F(Staged, ContainsGarbageVerdicts) {
  plugin.on_apply = for_each_record([](const lethe_batch& batch, std::uint64_t i) {
    lethe_verdict& verdict = verdict_at(batch, i);
    if (i == 0) verdict.action = 99;
    if (i == 1) {
      verdict.action = LETHE_REPLACED;
      verdict.replaced = LETHE_REPLACED_VALUE;
      verdict.value = {nullptr, 12};
    }
    if (i == 2) {
      verdict.action = LETHE_REPLACED;
      verdict.replaced = 0;
    }
    if (i == 3) fail_verdict(batch, i, 42);
  });
  StageOptions options;
  options.on_error = always(Disposition::kDiscard);
  auto made = batch({"a", "b", "c", "d", "e"});
  ASSERT_TRUE(world.stage(plugin, std::move(options))->apply(made, 0));
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_TRUE(made.records[i].failed);
    EXPECT_EQ(made.records[i].error_kind, ErrorKind::kInternal);
    EXPECT_EQ(made.records[i].disposition, LETHE_STOP);
    EXPECT_THAT(made.records[i].error_message, HasSubstr("/plugins/scripted.so"));
    EXPECT_THAT(made.records[i].error_message, HasSubstr("replace the file"));
  }
  EXPECT_THAT(live_values(made), ElementsAre("e"));
}

TEST_F(Staged, ContainsExceptionsAndUnknownReturnCodes) {
  int calls = 0;
  plugin.on_apply = [&](const lethe_batch&, lethe_failure&) -> std::int32_t {
    if (++calls == 1) throw std::runtime_error("anna@example.com");
    if (calls == 2) throw 7;
    return -3;
  };
  const auto stage = world.stage(plugin);
  for (int i = 0; i < 3; ++i) {
    auto made = batch({"a"});
    ASSERT_TRUE(stage->apply(made, 0));
    EXPECT_EQ(made.records[0].error_kind, ErrorKind::kInternal);
    EXPECT_THAT(made.records[0].error_message,
                HasSubstr(i < 2 ? "threw an exception" : "not an error kind"));
  }
}

// ---- making -------------------------------------------------------------------------------------

TEST_F(Staged, FailsToBeMadeAsThePluginSays) {
  plugin.on_make = [](const lethe_host&, lethe_failure& failure) {
    failure.message = view(kBad);
    failure.path = view("fields[1].path");
    return LETHE_BAD_CONFIG;
  };
  bool destroyed = false;
  plugin.on_destroy = [&] { destroyed = true; };
  const auto made = world.try_stage(plugin, {});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind(), ErrorKind::kBadConfig);
  EXPECT_THAT(made.error().message(),
              HasSubstr("'scripted': fields[1].path: " + std::string(kBad)));
  EXPECT_FALSE(destroyed);
}

TEST_F(Staged, FailsToBeMadeOfAPluginThatThrowsOrMakesNothing) {
  plugin.on_make = [](const lethe_host&, lethe_failure&) -> std::int32_t {
    throw std::runtime_error("canary");
  };
  auto made = world.try_stage(plugin, {});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind(), ErrorKind::kInternal);
  EXPECT_THAT(made.error().message(), HasSubstr("/plugins/scripted.so"));
  EXPECT_THAT(made.error().message(), Not(HasSubstr("canary")));

  ScriptedPlugin nothing;
  nothing.makes_nothing = true;
  made = world.try_stage(nothing, {});
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message(), HasSubstr("made no object"));
}

TEST_F(Staged, RefusesATableOfAnotherKind) {
  const auto made =
      Stage::make(plugin.predicate(), plugin.options(), world.identity("x"), world.services(), {});
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message(), HasSubstr("lacks a function"));
}

TEST_F(Staged, DestroysItsInstanceOnceAndSurvivesAThrowThere) {
  int destroyed = 0;
  plugin.on_destroy = [&] {
    ++destroyed;
    throw std::runtime_error("canary");
  };
  world.stage(plugin).reset();
  EXPECT_EQ(destroyed, 1);
  EXPECT_THAT(world.log.lines(), ElementsAre(HasSubstr("threw an exception")));
}

TEST_F(Staged, CountsOutcomesOnceTheyAreFlushed) {
  plugin.on_apply = for_each_record([](const lethe_batch& batch, std::uint64_t i) {
    if (i == 0) fail_verdict(batch, i, LETHE_BLOCKED, kBad, LETHE_DEAD_LETTER);
  });
  const auto stage = world.stage(plugin);
  auto made = batch({"a", "b", "c"});
  ASSERT_TRUE(stage->apply(made, 0));
  const std::string kept =
      "lethe_records_total{outcome=\"kept\",pipeline=\"pipe\",transform=\"scripted\"} ";
  EXPECT_THAT(world.metrics.exposition(), HasSubstr(kept + "0"));
  stage->flush();
  EXPECT_THAT(world.metrics.exposition(), HasSubstr(kept + "2"));
  EXPECT_THAT(world.metrics.exposition(), HasSubstr("outcome=\"dead_letter\",pipeline=\"pipe\","
                                                    "transform=\"scripted\"} 1"));
}

TEST_F(Staged, LogsAFailureWithItsPlaceAndNotItsContent) {
  plugin.on_apply = for_each_record([](const lethe_batch& batch, std::uint64_t i) {
    fail_verdict(batch, i, LETHE_BAD_RECORD);
    verdict_at(batch, i).path = view("visa");
  });
  auto made = batch({"4000-1234"});
  ASSERT_TRUE(world.stage(plugin)->apply(made, 0));
  EXPECT_THAT(world.log.lines(),
              ElementsAre("error " + std::string(kBad) +
                          " pipeline=pipe transform=scripted kind=bad_record on_error=stop "
                          "topic=customers partition=3 offset=0 path=visa"));
}

}  // namespace
}  // namespace lethe::worker::pipeline
