// SPDX-License-Identifier: Apache-2.0
//
// Which records a transform is for: `when:` and `unless:` of the configuration. A predicate answers
// for a whole batch and changes nothing. The built-in ones look at the topic, a header or whether
// the record is a tombstone; plugin_predicate.h asks a plugin. One thread.

#ifndef LETHE_WORKER_PIPELINE_PREDICATE_H_
#define LETHE_WORKER_PIPELINE_PREDICATE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <regex>
#include <span>
#include <string>
#include <string_view>

#include "connectors/arena.h"
#include "lethe/abi.h"
#include "lethe/result.h"
#include "lethe/strided.h"

namespace lethe::worker::pipeline {

using Records = Strided<const lethe_record>;

class Predicate {
 public:
  virtual ~Predicate() = default;

  // answers[i] becomes 1 if it holds for records[i], else 0; one answer per record. An error is one
  // for all records of the batch, and none of them is let past.
  virtual Result<void> test(Records records, connectors::Arena& arena,
                            std::span<std::uint8_t> answers) = 0;
};

// The record's topic matches a regular expression (ECMAScript) as a whole.
class TopicPredicate final : public Predicate {
 public:
  // If the pattern matches `dataset`, it holds for every record. bad_config: not an expression.
  static Result<std::unique_ptr<TopicPredicate>> make(const std::string& pattern,
                                                      std::string_view dataset = {});
  Result<void> test(Records records, connectors::Arena& arena,
                    std::span<std::uint8_t> answers) override;

 private:
  TopicPredicate(std::regex pattern, bool always) : pattern_(std::move(pattern)), always_(always) {}
  bool matches(std::string_view topic);

  std::regex pattern_;
  bool always_;
  // Topics are few; matching is slow.
  std::map<std::string, bool, std::less<>> known_;
};

// The record has a header of that name and, if a value is given, one with exactly that value.
class HeaderPredicate final : public Predicate {
 public:
  explicit HeaderPredicate(std::string name, std::optional<std::string> value = std::nullopt)
      : name_(std::move(name)), value_(std::move(value)) {}
  Result<void> test(Records records, connectors::Arena& arena,
                    std::span<std::uint8_t> answers) override;

 private:
  bool holds(const lethe_record& record) const noexcept;

  std::string name_;
  std::optional<std::string> value_;
};

// The record's value is null.
class TombstonePredicate final : public Predicate {
 public:
  Result<void> test(Records records, connectors::Arena& arena,
                    std::span<std::uint8_t> answers) override;
};

}  // namespace lethe::worker::pipeline

#endif  // LETHE_WORKER_PIPELINE_PREDICATE_H_
