// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/predicate.h"

#include "connectors/batch.h"

namespace lethe::worker::pipeline {
namespace {
constexpr std::size_t kMostTopics = 4096;
}

Result<std::unique_ptr<TopicPredicate>> TopicPredicate::make(const std::string& pattern,
                                                             std::string_view dataset) {
  try {
    std::regex compiled(pattern, std::regex::ECMAScript | std::regex::optimize);
    const bool always =
        !dataset.empty() && std::regex_match(dataset.begin(), dataset.end(), compiled);
    return std::unique_ptr<TopicPredicate>(new TopicPredicate(std::move(compiled), always));
  } catch (const std::regex_error&) {
    return bad_config("the topic pattern '" + pattern +
                      "' is not a regular expression; correct it (ECMAScript syntax)");
  }
}

Result<void> TopicPredicate::test(Records records, connectors::Arena&,
                                  std::span<std::uint8_t> answers) {
  for (std::size_t i = 0; i < records.size(); ++i)
    answers[i] = always_ || matches(connectors::text(records[i].topic)) ? 1 : 0;
  return {};
}

bool TopicPredicate::matches(std::string_view topic) {
  const auto known = known_.find(topic);
  if (known != known_.end()) return known->second;
  const bool answer = std::regex_match(topic.begin(), topic.end(), pattern_);
  if (known_.size() < kMostTopics) known_.emplace(topic, answer);
  return answer;
}

bool HeaderPredicate::holds(const lethe_record& record) const noexcept {
  const Strided<const lethe_header> headers(record.headers, record.header_stride, record.n_headers);
  for (const lethe_header& header : headers) {
    if (connectors::text(header.name) != name_) continue;
    if (!value_.has_value()) return true;
    if (header.value.data != nullptr && connectors::text(header.value) == *value_) return true;
  }
  return false;
}

Result<void> HeaderPredicate::test(Records records, connectors::Arena&,
                                   std::span<std::uint8_t> answers) {
  for (std::size_t i = 0; i < records.size(); ++i) answers[i] = holds(records[i]) ? 1 : 0;
  return {};
}

Result<void> TombstonePredicate::test(Records records, connectors::Arena&,
                                      std::span<std::uint8_t> answers) {
  for (std::size_t i = 0; i < records.size(); ++i)
    answers[i] = records[i].value.data == nullptr ? 1 : 0;
  return {};
}

}  // namespace lethe::worker::pipeline
