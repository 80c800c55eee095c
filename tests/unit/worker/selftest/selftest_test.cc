// SPDX-License-Identifier: Apache-2.0
//
// The published known answers must come out; and the runner must notice when they do not, since a
// check that cannot fail is none.

#include "worker/cli/selftest.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "json/json.h"

namespace lethe::worker::cli {
namespace {

namespace fs = std::filesystem;
using testing::EndsWith;
using testing::HasSubstr;

const fs::path kVectors = fs::path(LETHE_SOURCE_DIR) / "docs/formats/vectors";

std::string read(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

class SelfTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  void write_cases(const std::string& cases) {
    write("a.json", R"({"spec":"sealed-value","version":1,"cases":[)" + cases + "]}");
  }
  SelfTestReport run() {
    out_.str("");
    const Result<SelfTestReport> report = run_vectors(folder_, out_);
    EXPECT_TRUE(report.has_value());
    return report ? *report : SelfTestReport{-1, -1, -1};
  }
  std::string output() const { return out_.str(); }

  const fs::path folder_ = fs::temp_directory_path() / ("selftest-" + std::to_string(::getpid()));
  std::ostringstream out_;
};

TEST_F(SelfTest, ReproducesEveryPublishedAnswerThatThisBuildCan) {
  std::ostringstream out;
  const Result<SelfTestReport> report = run_vectors(kVectors, out);
  ASSERT_TRUE(report.has_value()) << report.error().message();
  EXPECT_EQ(report->failed, 0) << out.str();
  EXPECT_GE(report->passed, 206);
  EXPECT_THAT(out.str(), EndsWith(std::to_string(report->passed) + " passed, 0 failed, " +
                                  std::to_string(report->skipped) + " skipped\n"));
}

TEST_F(SelfTest, SkipsNothingButSuitesAndOperationsThatAreNotBuilt) {
  std::ostringstream out;
  ASSERT_TRUE(run_vectors(kVectors, out).has_value());
  std::istringstream lines(out.str());
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("skipped ")) continue;
    EXPECT_THAT(line, EndsWith(" is not built"));
    EXPECT_THAT(line, testing::ContainsRegex(": (suite ([2346789]|10) |op import_csfle )"));
  }
}

// Changes something in every text: the last character before the closing quote, or all of it.
json::Value spoiled(const json::Value& value) {
  if (value.integer()) return *value.integer() + 1;
  if (value.boolean()) return !*value.boolean();
  if (value.string() != nullptr) return *value.string() + "?";
  if (value.object() != nullptr) return json::Value(*value.object()).set("?", 1);
  return "not null";
}

TEST_F(SelfTest, FailsEveryCaseWhoseAnswerIsSpoiled) {
  int spoiled_cases = 0, failed = 0, passed_or_skipped = 0;
  for (const std::string name : {"aad", "derive", "edek", "open", "path", "seal", "transcode",
                                 "types", "journal", "certificate"}) {
    const Result<json::Value> file = json::parse(read(kVectors / (name + ".json")));
    ASSERT_TRUE(file.has_value());
    for (const json::Value& test : *file->find("cases")->array()) {
      json::Value changed = test;
      if (const json::Value* error = test.find("error")) {
        changed.set("error", spoiled(*error));
      } else {
        json::Value out = *test.find("out");
        const json::Member last = out.object()->back();
        changed.set("out", out.set(last.name, spoiled(last.value)));
      }
      write_cases(changed.dump());
      const SelfTestReport report = run();
      ++spoiled_cases;
      failed += report.failed;
      passed_or_skipped += report.passed;
      EXPECT_EQ(report.passed, 0) << test.find("id")->dump();
    }
  }
  EXPECT_EQ(passed_or_skipped, 0);
  EXPECT_GE(failed, 206);
  EXPECT_GT(spoiled_cases, failed);  // the rest is skipped
}

TEST_F(SelfTest, CountsAnUnknownOperationAsFailedAndAnUnbuiltOneAsSkipped) {
  write_cases(R"({"id":"x-1","op":"teleport","in":{},"out":{}},
                 {"id":"x-2","op":"import_csfle","in":{},"out":{}},
                 {"id":"x-3","op":"dek_id","in":{},"error":"INVALID_ARGUMENT"})");
  const SelfTestReport report = run();
  EXPECT_EQ(report.failed, 1);
  EXPECT_EQ(report.skipped, 1);
  EXPECT_EQ(report.passed, 1);
  EXPECT_EQ(output(),
            "failed x-1: unknown op teleport\nskipped x-2: op import_csfle is not built\n"
            "1 passed, 1 failed, 1 skipped\n");
}

TEST_F(SelfTest, JudgesASuiteThatIsNotBuiltWhereTheAnswerComesBeforeIt) {
  const std::string seal =
      R"("op":"seal","in":{"dek":"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
         "context":{"tenant":"acme","path":"a"},"suite":2,"profile":2,"type":"bool","value":true,
         "nonce":"a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7"})";
  write_cases(R"({"id":"no-dataset",)" + seal + R"(,"error":"INVALID_ARGUMENT"})");
  EXPECT_EQ(run().passed, 1);
  write_cases(R"({"id":"no-dataset",)" + seal + R"(,"error":"TOO_LARGE"})");
  EXPECT_EQ(run().failed, 1);
}

TEST_F(SelfTest, FailsCasesWithoutAnswerOrInput) {
  write_cases(R"({"id":"x-1","op":"path","in":{"text":"a"}},
                 {"id":"x-2","op":"path","out":{}},
                 {"id":"x-3","op":"path","in":{"text":"a"},"out":{"encoded":"00010000000161",
                  "more":null}})");
  EXPECT_EQ(run().failed, 3);
}

TEST_F(SelfTest, TellsAFolderWithoutVectorsFromASuccess) {
  std::ostringstream out;
  const Result<SelfTestReport> empty = run_vectors(folder_, out);
  ASSERT_FALSE(empty.has_value());
  EXPECT_EQ(empty.error().kind(), ErrorKind::kBadConfig);
  EXPECT_FALSE(run_vectors(folder_ / "missing", out).has_value());
  for (const std::string text : {"{", "[]", R"({"spec":"other","version":1,"cases":[]})",
                                 R"({"spec":"sealed-value","version":2,"cases":[]})",
                                 R"({"spec":"sealed-value","version":1})"}) {
    write("a.json", text);
    const Result<SelfTestReport> report = run_vectors(folder_, out);
    ASSERT_FALSE(report.has_value()) << text;
    EXPECT_THAT(report.error().message(), HasSubstr("a.json"));
  }
}

}  // namespace
}  // namespace lethe::worker::cli
