// SPDX-License-Identifier: Apache-2.0
//
// locate() against simdjson's DOM parse of the same record, in the same run: two fields and a
// template variable selected, or every sealed value searched. Run on a quiet machine, pinned:
//   taskset -c 1 json_editor_bench --benchmark_repetitions=9 --benchmark_enable_random_interleaving

#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "plugins/fields/json_editor.h"
#include "tests/bench/json_records.h"

namespace lethe::bench {
namespace {

using fields::Engine;
using fields::FieldEditor;
using fields::Hits;
using fields::JsonEditor;
using fields::Selection;
using fields::Selector;

Selection two_fields_and_a_variable() {
  Selection selection;
  selection.targets = {{Selector::parse("password").value(), false},
                       {Selector::parse("visa").value(), false},
                       {Selector::parse("userId").value(), true}};
  return selection;
}

Selection sealed_values() {
  Selection selection;
  selection.every_sealed_value = true;
  return selection;
}

void locate(benchmark::State& state, const Selection& selection, Engine engine, bool is_sealed,
            std::size_t expected) {
  const std::string record = customer(static_cast<std::size_t>(state.range(0)), is_sealed);
  const std::unique_ptr<FieldEditor> editor = JsonEditor::make(selection, engine).value();
  Hits hits;
  for (auto _ : state) {
    hits.clear();
    if (!editor->locate(record, hits) || hits.size() != expected) {
      state.SkipWithError("the record was not located");
      break;
    }
    benchmark::DoNotOptimize(hits);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(record.size()) *
                          static_cast<std::int64_t>(state.iterations()));
}

void dom_parse(benchmark::State& state, bool is_sealed) {
  const simdjson::padded_string record(
      customer(static_cast<std::size_t>(state.range(0)), is_sealed));
  simdjson::dom::parser parser;
  for (auto _ : state) {
    simdjson::dom::element root;
    if (parser.parse(record).get(root) != simdjson::SUCCESS) {
      state.SkipWithError("the record was not parsed");
      break;
    }
    benchmark::DoNotOptimize(root);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(record.size()) *
                          static_cast<std::int64_t>(state.iterations()));
}

void with_sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(300)->Arg(1024)->Arg(10240);
}

BENCHMARK_CAPTURE(dom_parse, clear, false)->Apply(with_sizes);
BENCHMARK_CAPTURE(locate, selected, two_fields_and_a_variable(), Engine::kFastest, false, 3)
    ->Apply(with_sizes);
BENCHMARK_CAPTURE(locate, selected_portable, two_fields_and_a_variable(), Engine::kPortable, false,
                  3)
    ->Apply(with_sizes);
BENCHMARK_CAPTURE(dom_parse, sealed, true)->Apply(with_sizes);
BENCHMARK_CAPTURE(locate, sealed, sealed_values(), Engine::kFastest, true, 2)->Apply(with_sizes);
BENCHMARK_CAPTURE(locate, sealed_portable, sealed_values(), Engine::kPortable, true, 2)
    ->Apply(with_sizes);

// Benchmarks print times; this prints what is promised: locate() against the DOM parse of that
// size, from the fastest repetition of each.
class RatioReporter final : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Iteration || run.error_occurred) continue;
      const auto [known, is_new] = fastest_.emplace(run.run_name.str(), run.GetAdjustedCPUTime());
      if (!is_new) known->second = std::min(known->second, run.GetAdjustedCPUTime());
    }
  }
  void Finalize() override {
    for (const auto& [name, time] : fastest_) {
      if (!name.starts_with("locate/")) continue;
      const std::string kind = name.find("/sealed") == std::string::npos ? "clear" : "sealed";
      const auto dom = fastest_.find("dom_parse/" + kind + name.substr(name.rfind('/')));
      if (dom == fastest_.end()) continue;
      std::cout << name << ": " << time << " ns, " << time / dom->second << " of the DOM parse\n";
    }
  }

 private:
  std::map<std::string, double> fastest_;
};

}  // namespace
}  // namespace lethe::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  lethe::bench::RatioReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  return 0;
}
