// SPDX-License-Identifier: Apache-2.0
//
// redact: replaces listed words in the value of a record by a constant, or drops or fails a record
// that holds one. A whole plugin in one file; golden.jsonl beside it says what it does.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lethe/plugin.h"

namespace {

// The only texts that may end in a log or a dead letter: never a word, never a value.
constexpr lethe::Message kFound{"the value holds a listed word"};

class Redact final : public lethe::Transform {
 public:
  // Before make(), as often as somebody asks: lint, the worker at start. No I/O.
  static void check(const lethe::Options& options, lethe::Report& report) {
    const lethe::Node words = options["words"];
    for (std::size_t i = 0; i < words.size(); ++i)
      if (words.at(i).text().empty())
        report.complain("words[" + std::to_string(i) + "]", "an empty word is found everywhere");
  }

  // Names and types were checked against the options below, and check() had no complaint.
  static lethe::Result<std::unique_ptr<Redact>> make(const lethe::Options& options,
                                                     lethe::Host& host) {
    auto redact = std::make_unique<Redact>();
    const lethe::Node words = options["words"];
    for (std::size_t i = 0; i < words.size(); ++i) redact->words_.emplace_back(words.at(i).text());
    redact->constant_ = options["with"].text_or("***");
    redact->on_match_ = options["on_match"].text_or("replace");
    redact->found_ = host.counter("redact_records_total");
    return redact;
  }

  lethe::Result<void> apply(lethe::Record& record) override {
    if (!record.value()) return {};  // a tombstone goes on
    const std::string_view value = *record.value();
    redacted_.clear();
    if (!redact(value)) return {};
    found_.add(1);
    if (on_match_ == "drop") {
      record.drop();
    } else if (on_match_ == "fail") {
      record.fail(lethe::ErrorKind::kBadRecord, kFound);
    } else {
      record.set_value(redacted_);
    }
    return {};
  }

 private:
  // Whether a word was found; redacted_ is then the new value.
  bool redact(std::string_view value) {
    bool found = false;
    while (!value.empty()) {
      const auto [position, size] = first_word(value);
      redacted_.append(value.substr(0, position));
      if (size == 0) break;
      redacted_ += constant_;
      value.remove_prefix(position + size);
      found = true;
    }
    return found;
  }

  // The leftmost word, of several there the longest. Size 0: none, and the position is the end.
  std::pair<std::size_t, std::size_t> first_word(std::string_view text) const {
    std::pair<std::size_t, std::size_t> first{text.size(), 0};
    for (const std::string& word : words_) {
      const std::size_t at = text.find(word);
      if (at < first.first || (at == first.first && word.size() > first.second))
        first = {at, word.size()};
    }
    return first;
  }

  std::vector<std::string> words_;
  std::string constant_;
  std::string on_match_;
  std::string redacted_;  // kept between records, so that it need not grow again
  lethe::Counter found_;
};

}  // namespace

LETHE_PLUGIN(lethe::transform<Redact>(
                 "redact", "Replaces listed words in the value by a constant.",
                 {lethe::list_option("words", "The words to look for, as they are written.",
                                     lethe::text_option("", ""))
                      .required(),
                  lethe::text_option("with", "What stands in their place.").default_to("***"),
                  lethe::enum_option("on_match", "replace|drop|fail",
                                     "What to do with such a record.")
                      .default_to("replace")})
                 .version("0.1.0")
                 .messages({kFound}))
