// SPDX-License-Identifier: Apache-2.0
#include "plugins/fields/selector.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "plugins/fields/json_stage1.h"
#include "plugins/fields/json_string.h"
#include "plugins/fields/path.h"

namespace lethe::fields {
namespace {

constexpr std::string_view kReserved{"\0", 1};

bool ends_bare_name(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return c == '.' || c == '[' || c == ']' || c == '"' || c == '*' || byte <= 0x20 || byte == 0x7F;
}

// Recursive descent over the grammar of the specification, section 5, plus the bare wild cards.
class SelectorParser {
 public:
  explicit SelectorParser(std::string_view text) : text_(text) {}

  Result<std::vector<Step>> parse() {
    if (!is_utf8(text_)) return fail(0, "it is not UTF-8; save the configuration as UTF-8");
    while (at_ < text_.size()) {
      const std::size_t begin = at_ + (text_[at_] == '.' ? 1u : 0u);
      Step step = LETHE_TRY(next());
      LETHE_TRY(check(step, begin));
      steps_.push_back(std::move(step));
    }
    if (!steps_.empty() && steps_.back().kind == Step::Kind::kAnyDepth) {
      return fail(text_.size(), "** may not be last; name what is wanted below it, as in **.ssn");
    }
    if (steps_.size() == 1 && steps_[0].name == std::string_view("\0header", 7)) {
      return fail(text_.size(), "the header's name is missing; write $header.name");
    }
    return std::move(steps_);
  }

 private:
  Result<Step> next() {
    if (text_[at_] == '[') return bracket();
    if (at_ > 0) {
      if (text_[at_] != '.') return fail(at_, "expected '.' or '[' between two names");
      ++at_;
    }
    return bare();
  }

  Result<Step> bare() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] == '*') ++at_;
    if (at_ > begin) return wild_card(begin);
    while (at_ < text_.size() && !ends_bare_name(text_[at_])) ++at_;
    const std::string_view name = text_.substr(begin, at_ - begin);
    if (name.empty()) {
      return fail(begin,
                  "a name is missing here; quote a name with unusual characters: ['a name']");
    }
    if (begin == 0 && name[0] == '$') return reserved(name);
    return Step{Step::Kind::kName, std::string(name), 0};
  }

  Result<Step> wild_card(std::size_t begin) {
    const std::size_t stars = at_ - begin;
    if (at_ < text_.size() && text_[at_] != '.' && text_[at_] != '[') {
      return fail(at_, "* stands alone between dots; quote a name that holds it: ['a*']");
    }
    if (stars > 2) return fail(begin, "write * for any member or ** for any depth");
    return Step{stars == 1 ? Step::Kind::kAnyMember : Step::Kind::kAnyDepth, {}, 0};
  }

  Result<Step> reserved(std::string_view name) {
    if (name != "$key" && name != "$header") {
      return fail(0,
                  "only $key and $header begin with $; write [\"$name\"] for a field of that name");
    }
    return Step{Step::Kind::kName, std::string(kReserved).append(name.substr(1)), 0};
  }

  Result<Step> bracket() {
    const std::size_t begin = at_++;
    if (at_ == text_.size()) return fail(begin, "'[' is not closed; write [*], [0] or ['name']");
    switch (text_[at_]) {
      case '"':
        return json_quoted(begin);
      case '\'':
        return plain_quoted(begin);
      case '*':
        ++at_;
        return closed(Step{Step::Kind::kAnyIndex, {}, 0});
      default:
        return number();
    }
  }

  Result<Step> number() {
    const std::size_t begin = at_;
    std::uint64_t value = 0;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
      value = value * 10 + static_cast<std::uint64_t>(text_[at_++] - '0');
      if (value > std::numeric_limits<std::uint32_t>::max()) {
        return fail(begin, "an index is below 4294967296");
      }
    }
    if (at_ == begin) return fail(begin, "expected [*], [0] or ['name']");
    if (text_[begin] == '0' && at_ > begin + 1) return fail(begin, "an index has no leading zero");
    return closed(Step{Step::Kind::kIndex, {}, static_cast<std::uint32_t>(value)});
  }

  Result<Step> plain_quoted(std::size_t begin) {
    const std::size_t first = ++at_;
    while (at_ < text_.size() && text_[at_] != '\'') {
      if (static_cast<unsigned char>(text_[at_]) < 0x20) {
        return fail(at_, "a control character is written as an escape: [\"\\u0009\"]");
      }
      ++at_;
    }
    if (at_ == text_.size()) return fail(begin, "the quoted name is not closed; end it with ']");
    return closed(Step{Step::Kind::kName, std::string(text_.substr(first, at_++ - first)), 0});
  }

  Result<Step> json_quoted(std::size_t begin) {
    const std::size_t first = ++at_;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (static_cast<unsigned char>(text_[at_]) < 0x20) {
        return fail(at_, "a control character is written as an escape: \\u0009");
      }
      at_ += text_[at_] == '\\' ? 2u : 1u;
    }
    if (at_ >= text_.size()) return fail(begin, "the quoted name is not closed; end it with \"]");
    const std::string_view body = text_.substr(first, at_++ - first);
    Step step;
    if (!escapes_are_valid(body) || !append_decoded(body, step.name)) {
      return fail(first, "the quoted name is not a JSON string; check its escapes");
    }
    if (step.name.starts_with(kReserved)) {
      return fail(first, "names that begin with U+0000 are reserved; write $key or $header");
    }
    return closed(std::move(step));
  }

  Result<Step> closed(Step step) {
    if (at_ == text_.size() || text_[at_] != ']') return fail(at_, "expected ']' here");
    ++at_;
    return step;
  }

  Result<void> check(const Step& step, std::size_t begin) const {
    if (steps_.size() == kMaxSegments) return fail(begin, "a path has at most 64 segments");
    if (step.name.size() > kMaxNameSize) return fail(begin, "a name has at most 1024 bytes");
    const bool repeated = !steps_.empty() && steps_.back().kind == Step::Kind::kAnyDepth &&
                          step.kind == Step::Kind::kAnyDepth;
    if (repeated) return fail(begin, "** twice means the same as once; remove one");
    return {};
  }

  Error fail(std::size_t at, std::string_view remedy) const {
    std::string message = "field path '";
    message.append(text_).append("', byte ").append(std::to_string(at + 1)).append(": ");
    return bad_config(message.append(remedy));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Step> steps_;
};

}  // namespace

Result<Selector> Selector::parse(std::string_view text) {
  Selector selector;
  selector.steps_ = LETHE_TRY(SelectorParser(text).parse());
  selector.text_ = text;
  return selector;
}

bool Selector::has_open_names() const noexcept {
  return std::any_of(steps_.begin(), steps_.end(), [](const Step& step) {
    return step.kind == Step::Kind::kAnyMember || step.kind == Step::Kind::kAnyDepth;
  });
}

bool Selector::selects_many() const noexcept {
  return std::any_of(steps_.begin(), steps_.end(), [](const Step& step) {
    return step.kind != Step::Kind::kName && step.kind != Step::Kind::kIndex;
  });
}

bool Selector::is_outside_value() const noexcept {
  return !steps_.empty() && steps_[0].name.starts_with(kReserved);
}

}  // namespace lethe::fields
