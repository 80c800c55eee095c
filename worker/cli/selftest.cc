// SPDX-License-Identifier: Apache-2.0
//
// The runner: files, cases, and the comparison of what came out with what had to.

#include "worker/cli/selftest.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "worker/cli/selftest_operations.h"

namespace lethe::worker::cli {
namespace {

namespace fs = std::filesystem;

struct Operation {
  std::string_view name;
  Outcome (*run)(const Arguments&);  // nullptr: specified, but not in this build
};

// The table of docs/formats/vectors/README.md.
constexpr Operation kOperations[] = {
    {"dek_id", run_dek_id},
    {"suite_key", run_suite_key},
    {"path", run_path},
    {"aad", run_aad},
    {"encode", run_encode},
    {"decode", run_decode},
    {"padded_length", run_padded_length},
    {"seal", run_seal},
    {"open", run_open},
    {"transcode", run_transcode},
    {"subject_hash", run_subject_hash},
    {"subject_commit", run_subject_commit},
    {"edek_wrap", run_edek_wrap},
    {"edek_unwrap", run_edek_unwrap},
    {"jcs", run_jcs},
    {"import_csfle", nullptr},
    {"checkpoint", run_checkpoint},
    {"journal", run_journal},
    {"proof", run_proof},
    {"certificate", run_certificate},
};

// Empty: the outcome is the expected one. Otherwise what is wrong with it.
std::string difference(const json::Value& test, const Outcome& outcome) {
  const auto expected_error = Arguments(test).text("error");
  const json::Value* expected = test.find("out");
  if (!expected_error && (expected == nullptr || expected->object() == nullptr))
    return "the case has neither out nor error";
  if (outcome.kind == Outcome::Kind::kError) {
    if (expected_error == outcome.name) return {};
    return "expected " + expected_error.value_or("a result") + ", got " + outcome.name;
  }
  if (expected_error) return "expected " + *expected_error + ", got a result";
  for (const json::Member& member : *expected->object()) {
    const json::Value* got = outcome.result.find(member.name);
    if (got == nullptr || *got != member.value) return "member " + member.name + " differs";
  }
  return {};
}

class Runner {
 public:
  explicit Runner(std::ostream& out) : out_(out) {}

  void run(const json::Value& test) {
    const std::string id = Arguments(test).text("id").value_or("(no id)");
    const std::string name = Arguments(test).text("op").value_or("");
    const json::Value* in = test.find("in");
    const auto* operation = std::find_if(std::begin(kOperations), std::end(kOperations),
                                         [&](const Operation& o) { return o.name == name; });
    if (operation == std::end(kOperations)) return fail(id, "unknown op " + name);
    if (in == nullptr || in->object() == nullptr) return fail(id, "the case has no in");
    if (operation->run == nullptr) return skip(id, "op " + name);
    const Outcome outcome = operation->run(Arguments(*in));
    if (outcome.kind == Outcome::Kind::kNotBuilt) return skip(id, outcome.name);
    const std::string what = difference(test, outcome);
    if (!what.empty()) return fail(id, what);
    ++report_.passed;
  }
  const SelfTestReport& report() const { return report_; }

 private:
  void fail(const std::string& id, const std::string& what) {
    ++report_.failed;
    out_ << "failed " << id << ": " << what << '\n';
  }
  void skip(const std::string& id, const std::string& what) {
    ++report_.skipped;
    out_ << "skipped " << id << ": " << what << " is not built\n";
  }

  std::ostream& out_;
  SelfTestReport report_;
};

Result<std::vector<fs::path>> vector_files(const std::string& dir) {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(dir, error), end; !error && entry != end;
       entry.increment(error))
    if (entry->path().extension() == ".json") files.push_back(entry->path());
  if (error)
    return bad_config("cannot list " + dir + ": " + error.message() +
                      "; give the folder of the vector files");
  if (files.empty())
    return bad_config(dir + " holds no *.json file; give the folder of the vector files");
  std::sort(files.begin(), files.end());
  return files;
}

Result<json::Value> read_file(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(stream)), {});
  if (!stream) return bad_config("cannot read " + file.string() + "; check its permissions");
  Result<json::Value> value = json::parse(text);
  if (!value) return bad_config(file.string() + ": " + value.error().message());
  const Arguments head(*value);
  const json::Value* cases = value->find("cases");
  if (head.text("spec") != "sealed-value" || head.number("version") != 1u || cases == nullptr ||
      cases->array() == nullptr)
    return bad_config(file.string() + " is no vector file of sealed-value, version 1");
  return value;
}

}  // namespace

Result<SelfTestReport> run_vectors(const std::string& dir, std::ostream& out) {
  Runner runner(out);
  for (const fs::path& file : LETHE_TRY(vector_files(dir))) {
    const json::Value vectors = LETHE_TRY(read_file(file));
    for (const json::Value& test : *vectors.find("cases")->array()) runner.run(test);
  }
  const SelfTestReport& report = runner.report();
  out << report.passed << " passed, " << report.failed << " failed, " << report.skipped
      << " skipped\n";
  return report;
}

}  // namespace lethe::worker::cli
