// SPDX-License-Identifier: Apache-2.0
#include "plugins/fields/template.h"

#include <algorithm>
#include <utility>

#include "plugins/fields/json_stage1.h"
#include "plugins/fields/json_string.h"

namespace lethe::fields {
namespace {

using Source = TemplateVariable::Source;

constexpr std::string_view kKnown =
    "use record.value.<path>, record.key, record.key.<path>, record.header.<name> or record.topic";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool remove_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// The path behind "record.value" or "record.key": one value of a JSON document.
Result<Selector> parse_place(std::string_view rest) {
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    if (rest.empty() || rest.front() == '[') return bad_config("a name is missing after the dot");
  } else if (!rest.empty() && rest.front() != '[') {
    return bad_config(std::string(kKnown));
  }
  Selector path = LETHE_TRY(Selector::parse(rest));
  if (path.selects_many()) return bad_config("a variable is one value; remove the wild card");
  if (path.is_outside_value()) return bad_config(std::string(kKnown));
  return path;
}

// Header names have no inner structure: what follows the dot is the name, further dots too.
Result<std::string> parse_header(std::string_view rest) {
  if (rest.starts_with('[')) {
    const Selector quoted = LETHE_TRY(Selector::parse(rest));
    if (quoted.steps().size() != 1 || quoted.steps()[0].kind != Step::Kind::kName) {
      return bad_config("a header is named as record.header.name or record.header['name']");
    }
    return quoted.steps()[0].name;
  }
  const bool is_named = rest.size() > 1 && rest.front() == '.' &&
                        rest.find_first_of("[]\"' ") == std::string_view::npos;
  if (!is_named) {
    return bad_config("a header is named as record.header.name or record.header['name']");
  }
  return std::string(rest.substr(1));
}

Result<TemplateVariable> parse_variable(std::string_view text) {
  TemplateVariable variable;
  if (text == "record.topic") {
    variable.source = Source::kTopic;
  } else if (text == "record.key") {
    variable.source = Source::kKey;
  } else if (remove_prefix(text, "record.header")) {
    variable.source = Source::kHeader;
    variable.header = LETHE_TRY(parse_header(text));
  } else if (remove_prefix(text, "record.value")) {
    variable.source = Source::kValue;
    variable.path = LETHE_TRY(parse_place(text));
  } else if (remove_prefix(text, "record.key")) {
    variable.source = Source::kKeyField;
    variable.path = LETHE_TRY(parse_place(text));
  } else {
    return bad_config(std::string(kKnown));
  }
  return variable;
}

std::string at_byte(std::string_view text, std::size_t at) {
  return "subject template '" + std::string(text) + "', byte " + std::to_string(at + 1);
}

bool is_plain_integer(std::string_view token) {
  if (token == "-0") return false;
  const bool negative = token.starts_with('-');
  return std::all_of(token.begin() + (negative ? 1 : 0), token.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

bool holds_zero(std::string_view text) {
  return text.find('\0') != std::string_view::npos;
}

RenderError append_string(std::string_view token, std::string& out) {
  const std::string_view body = token.substr(1, token.size() - 2);
  if (body.empty()) return RenderError::kEmpty;
  if (!has_escape(body)) {
    if (body.size() > kMaxSubjectSize) return RenderError::kTooLong;
    out.append(body);
    return RenderError::kNone;  // no control character stands unescaped in a token
  }
  constexpr std::size_t kLongestEscape = 6;  // \u0041
  if (body.size() > kLongestEscape * kMaxSubjectSize) return RenderError::kTooLong;
  const std::size_t before = out.size();
  if (!append_decoded(body, out)) return RenderError::kNotText;
  return holds_zero(std::string_view(out).substr(before)) ? RenderError::kNotText
                                                          : RenderError::kNone;
}

RenderError append_token(TokenKind kind, std::string_view token, std::string& out) {
  switch (kind) {
    case TokenKind::kNull:
      return RenderError::kNull;
    case TokenKind::kObject:
    case TokenKind::kArray:
      return RenderError::kNotScalar;
    case TokenKind::kString:
      return append_string(token, out);
    case TokenKind::kNumber:
      if (!is_plain_integer(token)) return RenderError::kNotPlainInteger;
      break;
    case TokenKind::kFalse:
    case TokenKind::kTrue:
      break;
  }
  if (token.size() > kMaxSubjectSize) return RenderError::kTooLong;
  out.append(token);
  return RenderError::kNone;
}

RenderError append_bytes(std::string_view bytes, std::string& out) {
  if (bytes.empty()) return RenderError::kEmpty;
  if (bytes.size() > kMaxSubjectSize) return RenderError::kTooLong;
  if (!is_utf8(bytes) || holds_zero(bytes)) return RenderError::kNotText;
  out.append(bytes);
  return RenderError::kNone;
}

RenderError append(const VariableText& value, std::string& out) {
  switch (value.form) {
    case VariableText::Form::kMissing:
      return RenderError::kMissing;
    case VariableText::Form::kToken:
      return append_token(value.kind, value.text, out);
    case VariableText::Form::kBytes:
      return append_bytes(value.text, out);
  }
  return RenderError::kMissing;
}

}  // namespace

Result<SubjectTemplate> SubjectTemplate::parse(std::string_view text) {
  if (text.empty()) return bad_config("the subject template is empty; name a key or a variable");
  if (!is_utf8(text) || holds_zero(text)) {
    return bad_config("the subject template is not UTF-8 text without U+0000");
  }
  SubjectTemplate parsed;
  parsed.text_ = text;
  std::size_t constants = 0;
  for (std::size_t at = 0;;) {
    const std::size_t open = text.find("{{", at);
    const std::string_view constant = text.substr(at, std::min(open, text.size()) - at);
    if (const std::size_t stray = constant.find("}}"); stray != std::string_view::npos) {
      return bad_config("'}}' without '{{' before it; write {{variable}}")
          .with_context(at_byte(text, at + stray));
    }
    parsed.constants_.emplace_back(constant);
    constants += constant.size();
    if (open == std::string_view::npos) break;
    const std::size_t close = text.find("}}", open);
    if (close == std::string_view::npos) {
      return bad_config("'{{' is not closed; write {{variable}}").with_context(at_byte(text, open));
    }
    auto variable = parse_variable(trimmed(text.substr(open + 2, close - open - 2)));
    if (!variable) return std::move(variable).error().with_context(at_byte(text, open));
    parsed.variables_.push_back(*std::move(variable));
    at = close + 2;
  }
  if (constants > kMaxSubjectSize) {
    return bad_config("the subject template has more than 1024 bytes of constant text; shorten it");
  }
  return parsed;
}

RenderStatus SubjectTemplate::render(std::span<const VariableText> values, std::string& out) const {
  out.assign(constants_.front());
  for (std::uint32_t i = 0; i < variables_.size(); ++i) {
    RenderError error = i < values.size() ? append(values[i], out) : RenderError::kMissing;
    out.append(constants_[i + 1]);
    if (error == RenderError::kNone && out.size() > kMaxSubjectSize) error = RenderError::kTooLong;
    if (error != RenderError::kNone) {
      out.clear();
      return {error, i};
    }
  }
  return {};
}

std::string_view describe(RenderError error) noexcept {
  switch (error) {
    case RenderError::kNone:
      return "the subject is rendered";
    case RenderError::kMissing:
      return "a variable of the subject template is missing in the record";
    case RenderError::kNull:
      return "a variable of the subject template is null";
    case RenderError::kEmpty:
      return "a variable of the subject template is empty";
    case RenderError::kNotScalar:
      return "a variable of the subject template is an object or an array";
    case RenderError::kNotPlainInteger:
      return "a variable of the subject template is a number, but not a plain integer like 1 or -5";
    case RenderError::kNotText:
      return "a variable of the subject template is not UTF-8 text without U+0000";
    case RenderError::kTooLong:
      return "the subject is longer than 1024 bytes";
  }
  return "the subject cannot be rendered";
}

}  // namespace lethe::fields
