// SPDX-License-Identifier: Apache-2.0
//
// Short ways from YAML text to what the tests look at. The file is always called "p.yaml".

#ifndef LETHE_TESTS_UNIT_WORKER_CONFIG_CONFIG_TEXT_H_
#define LETHE_TESTS_UNIT_WORKER_CONFIG_CONFIG_TEXT_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/worker/config/fake_plugins.h"
#include "worker/config/lint.h"
#include "worker/config/worker_config.h"
#include "worker/config/yaml.h"

namespace lethe::worker::config {

inline constexpr const char* kFile = "p.yaml";

// "12:5: error: message", one per diagnostic.
inline std::vector<std::string> lines(Diagnostics& diagnostics) {
  diagnostics.sort();
  std::vector<std::string> all;
  for (const Diagnostic& diagnostic : diagnostics.entries()) {
    std::string line = to_string(diagnostic);
    const std::string prefix = std::string(kFile) + ":";
    if (line.rfind(prefix, 0) == 0) line.erase(0, prefix.size());
    all.push_back(std::move(line));
  }
  return all;
}

inline Node parse(std::string_view text, References references = References::kKeep) {
  Diagnostics diagnostics;
  auto tree = parse_yaml(text, kFile, references, diagnostics);
  EXPECT_THAT(lines(diagnostics), testing::IsEmpty());
  return tree ? std::move(*tree) : Node::map({});
}

// What lint says about a pipeline file as a whole.
inline std::vector<std::string> lint(std::string_view text,
                                     References references = References::kKeep) {
  Diagnostics diagnostics;
  const auto tree = parse_yaml(text, kFile, references, diagnostics);
  if (tree) {
    const bool worker = load_worker(nullptr, {&*tree}, diagnostics).has_value();
    const bool pipeline = load_pipeline(*tree, fake_plugins(), diagnostics).has_value();
    EXPECT_EQ(diagnostics.has_errors(), !worker || !pipeline);
  }
  return lines(diagnostics);
}

// A pipeline that has no errors.
inline PipelineConfig load(std::string_view text, References references = References::kKeep) {
  Diagnostics diagnostics;
  auto tree = parse_yaml(text, kFile, references, diagnostics);
  if (tree) {
    auto config = load_pipeline(*tree, fake_plugins(), diagnostics);
    if (config) return std::move(*config);
  }
  ADD_FAILURE() << testing::PrintToString(lines(diagnostics));
  return {};
}

inline WorkerConfig load_worker_text(std::string_view text,
                                     References references = References::kKeep) {
  Diagnostics diagnostics;
  const auto tree = parse_yaml(text, kFile, references, diagnostics);
  if (tree) {
    auto config = load_worker(&*tree, {}, diagnostics);
    if (config) return std::move(*config);
  }
  ADD_FAILURE() << testing::PrintToString(lines(diagnostics));
  return {};
}

// A row of a table: this text has exactly this complaint, whose message begins so.
struct Complaint {
  const char* text;
  const char* complaint;
};

inline void expect_complaints(const std::vector<Complaint>& table) {
  for (const Complaint& row : table)
    EXPECT_THAT(lint(row.text), testing::ElementsAre(testing::StartsWith(row.complaint)))
        << row.text;
}

}  // namespace lethe::worker::config

#endif  // LETHE_TESTS_UNIT_WORKER_CONFIG_CONFIG_TEXT_H_
