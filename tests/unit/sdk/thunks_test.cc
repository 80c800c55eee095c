// SPDX-License-Identifier: Apache-2.0
//
// The C++ face through its table, as the host sees it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <vector>

#include "lethe/plugin.h"
#include "lethe/testing/fakes.h"

namespace lethe {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FakeBatch;
using testing::FakeHost;
using testing::OptionsTree;

constexpr const char* kCanary = "canary-4111111111111111";
constexpr Message kRefused{"refused"};

// Does on each record, or batch, what the option "do" says.
struct Acts final : Transform {
  std::string act;
  static Result<std::unique_ptr<Acts>> make(const Options& options, Host&) {
    auto made = std::make_unique<Acts>();
    made->act = options["do"].text();
    if (made->act == "refuse") return bad_config("refused");
    if (made->act == "throw_early") throw std::runtime_error(kCanary);
    return made;
  }
  static void check(const Options& options, Report& report) {
    if (options["do"].text() == "throw_check") throw 1;
    if (!options["do"]) report.complain("do", "is missing");
  }
  Result<void> apply(Record& record) override {
    if (act == "throw" && record.value() == "bad") throw std::runtime_error(kCanary);
    if (act == "throw" && record.value() == "int") throw 7;
    if (act == "error" && record.value() == "bad") return Error(ErrorKind::kBlocked, "refused");
    record.set_value("done");
    return {};
  }
};

struct ActsOnBatch final : BatchTransform {
  std::string act;
  static Result<std::unique_ptr<ActsOnBatch>> make(const Options& options, Host&) {
    auto made = std::make_unique<ActsOnBatch>();
    made->act = options["do"].text();
    return made;
  }
  Result<void> apply(Batch& batch) override {
    if (act == "throw") throw std::runtime_error(kCanary);
    if (act == "away") return transient("the store is away");
    for (std::size_t i = 0; i < batch.size(); ++i) batch[i].set_value(std::string(1000, 'x'));
    return {};
  }
};

struct HasValue final : Predicate {
  static Result<std::unique_ptr<HasValue>> make(const Options&, Host&) {
    return std::make_unique<HasValue>();
  }
  Result<bool> test(const Record& record) override {
    if (record.topic() == "throw") throw std::runtime_error(kCanary);
    if (record.topic() == "error") return bad_record("refused");
    return record.value().has_value();
  }
};

class Thunks : public ::testing::Test {
 protected:
  ~Thunks() override {
    if (self_ != nullptr) table_->destroy(self_);
  }

  std::int32_t make(std::size_t plugin, const char* act) {
    table_ = module_.table()->plugins + plugin;
    tree_.set("do", act);
    const lethe_options options = tree_.abi();
    return table_->make(&options, host_.abi(), &self_, &failure_);
  }
  std::int32_t apply(FakeBatch& batch) { return table_->apply(self_, batch.abi(), &failure_); }
  std::string_view failure() const { return to_text(failure_.message); }

  const ModuleSpec module_{
      transform<Acts>("acts", "Acts.", {text_option("do", "What.").default_to("nothing")})
          .version("3.2.1")
          .messages({kRefused}),
      transform<ActsOnBatch>("acts_on_batch", "Acts."), predicate<HasValue>("has_value", "Asks.")};
  FakeHost host_;
  OptionsTree tree_;
  const lethe_plugin* table_ = nullptr;
  void* self_ = nullptr;
  lethe_failure failure_{sizeof(lethe_failure), 0, {}, {}};
};

TEST_F(Thunks, AreAllInTheModulesTables) {
  const lethe_module& module = *module_.table();
  ASSERT_EQ(module.n_plugins, 3u);
  EXPECT_EQ(to_text(module.name), "acts");
  EXPECT_EQ(to_text(module.version), "3.2.1");
  EXPECT_EQ(module.plugins[0].kind, static_cast<std::uint32_t>(LETHE_TRANSFORM));
  EXPECT_EQ(module.plugins[2].kind, static_cast<std::uint32_t>(LETHE_PREDICATE));
  EXPECT_NE(module.plugins[0].check, nullptr);
  EXPECT_EQ(module.plugins[1].check, nullptr);
  EXPECT_EQ(module.plugins[2].apply, nullptr);
  EXPECT_EQ(to_text(module.plugins[0].options[0].default_text), "nothing");
  std::vector<std::string> messages;
  for (std::uint64_t i = 0; i < module.n_messages; ++i)
    messages.emplace_back(to_text(module.messages[i]));
  EXPECT_THAT(messages, Contains("refused"));
  EXPECT_THAT(messages, Contains("the plugin threw an exception"));
}

TEST_F(Thunks, KeepAnExceptionOnItsRecordAndWithoutItsText) {
  ASSERT_EQ(make(0, "throw"), LETHE_OK);
  FakeBatch batch;
  for (const char* value : {"good", "bad", "int", "good"}) batch.add().value(value);
  EXPECT_EQ(apply(batch), LETHE_OK);
  EXPECT_EQ(batch.value_after(0), "done");
  for (std::size_t i : {1u, 2u}) {
    EXPECT_TRUE(batch.failed(i));
    EXPECT_EQ(batch.verdict(i).error_kind, LETHE_INTERNAL);
    EXPECT_EQ(batch.message(i), "the plugin threw an exception");
  }
  EXPECT_EQ(batch.value_after(3), "done");
}

TEST_F(Thunks, KeepAnErrorOnItsRecordWithItsKind) {
  ASSERT_EQ(make(0, "error"), LETHE_OK);
  FakeBatch batch;
  batch.add().value("bad");
  batch.add().value("good");
  EXPECT_EQ(apply(batch), LETHE_OK);
  EXPECT_EQ(batch.verdict(0).error_kind, LETHE_BLOCKED);
  EXPECT_EQ(batch.message(0), "refused");
  EXPECT_EQ(batch.value_after(1), "done");
}

TEST_F(Thunks, SayThatTheBatchHasNoMemoryLeft) {
  ASSERT_EQ(make(0, "nothing"), LETHE_OK);
  FakeBatch batch(5);  // room for one "done"
  batch.add().value("first");
  batch.add().value("second");
  EXPECT_EQ(apply(batch), LETHE_OK);
  EXPECT_EQ(batch.value_after(0), "done");
  EXPECT_TRUE(batch.failed(1));
  EXPECT_EQ(batch.verdict(1).error_kind, LETHE_BAD_RECORD);
  EXPECT_EQ(batch.message(1), "the batch has no memory left for this record");
}

TEST_F(Thunks, FailAWholeBatchThatHasNoMemoryLeft) {
  ASSERT_EQ(make(1, "nothing"), LETHE_OK);
  FakeBatch batch(1500);
  batch.add();
  batch.add();
  EXPECT_EQ(apply(batch), LETHE_INTERNAL);
  EXPECT_EQ(failure(), "the batch has no memory left for this record");
}

TEST_F(Thunks, FailAWholeBatchWithTheKindOfTheError) {
  ASSERT_EQ(make(1, "away"), LETHE_OK);
  FakeBatch batch;
  batch.add();
  EXPECT_EQ(apply(batch), LETHE_TRANSIENT);
  EXPECT_EQ(failure(), "the store is away");
}

TEST_F(Thunks, FailAWholeBatchWithoutTheTextOfAnException) {
  ASSERT_EQ(make(1, "throw"), LETHE_OK);
  FakeBatch batch;
  batch.add();
  EXPECT_EQ(apply(batch), LETHE_INTERNAL);
  EXPECT_EQ(failure(), "the plugin threw an exception");
}

TEST_F(Thunks, RefuseToMakeWithTheKindOfTheError) {
  EXPECT_EQ(make(0, "refuse"), LETHE_BAD_CONFIG);
  EXPECT_EQ(failure(), "refused");
  EXPECT_EQ(self_, nullptr);
}

TEST_F(Thunks, RefuseToMakeWithoutTheTextOfAnException) {
  EXPECT_EQ(make(0, "throw_early"), LETHE_INTERNAL);
  EXPECT_EQ(failure(), "the plugin threw an exception");
  EXPECT_EQ(self_, nullptr);
}

TEST_F(Thunks, PassComplaintsOnAndContainWhatCheckThrows) {
  std::vector<std::string> complaints;
  const auto complain = [](void* to, lethe_view path, lethe_view text) {
    static_cast<std::vector<std::string>*>(to)->push_back(
        std::string(to_text(path)).append(" ").append(to_text(text)));
  };
  const lethe_report report{sizeof(lethe_report), 0, &complaints, complain};
  lethe_options options = tree_.abi();
  EXPECT_EQ(module_.table()->plugins[0].check(&options, &report), LETHE_OK);
  EXPECT_THAT(complaints, ElementsAre("do is missing"));
  tree_.set("do", "throw_check");
  options = tree_.abi();
  EXPECT_EQ(module_.table()->plugins[0].check(&options, &report), LETHE_INTERNAL);
}

class PredicateThunk : public Thunks {
 protected:
  // A predicate's batch has no verdicts.
  std::int32_t test(FakeBatch& batch, std::uint8_t* answers) {
    EXPECT_EQ(make(2, ""), LETHE_OK);
    lethe_batch raw = *batch.abi();
    raw.verdicts = nullptr;
    raw.verdict_stride = 0;
    return table_->test(self_, &raw, answers, &failure_);
  }
};

TEST_F(PredicateThunk, AnswersForEachRecord) {
  FakeBatch batch;
  batch.add().value("v");
  batch.add().value(std::nullopt);
  batch.add().value("");
  std::uint8_t answers[3] = {2, 2, 2};
  EXPECT_EQ(test(batch, answers), LETHE_OK);
  EXPECT_THAT(answers, ElementsAre(1, 0, 1));
}

TEST_F(PredicateThunk, FailsAsAWholeOnAnError) {
  FakeBatch batch;
  batch.add().topic("error");
  std::uint8_t answers[1] = {2};
  EXPECT_EQ(test(batch, answers), LETHE_BAD_RECORD);
  EXPECT_EQ(failure(), "refused");
}

TEST_F(PredicateThunk, FailsWithoutTheTextOfAnException) {
  FakeBatch batch;
  batch.add().topic("throw");
  std::uint8_t answers[1] = {2};
  EXPECT_EQ(test(batch, answers), LETHE_INTERNAL);
  EXPECT_EQ(failure(), "the plugin threw an exception");
}

}  // namespace
}  // namespace lethe
