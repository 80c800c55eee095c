// SPDX-License-Identifier: Apache-2.0
//
// Subject templates: "user-{{record.value.userId}}" names the key of the person a record is about.
// A template is constant text with variables between; compiled once, rendered per record from what
// the caller has resolved: located JSON tokens, the record's key, headers and topic.
//
// Two records of one person must give the same bytes, so rendering is strict: no null, no empty
// string, no number with two spellings (`1`, `1.0`, `1e0` would be three keys). Immutable,
// thread-safe.

#ifndef LETHE_FIELDS_TEMPLATE_H_
#define LETHE_FIELDS_TEMPLATE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lethe/result.h"
#include "plugins/fields/field_editor.h"
#include "plugins/fields/selector.h"

namespace lethe::fields {

inline constexpr std::size_t kMaxSubjectSize = 1024;  // bytes, as the specification limits subjects

struct TemplateVariable {
  enum class Source : std::uint8_t {
    kValue,     // record.value.<path>: a JSON token of the value
    kKey,       // record.key: all bytes of the key
    kKeyField,  // record.key.<path>: a JSON token of the key
    kHeader,    // record.header.<name>, record.header['name']: the header's bytes
    kTopic,     // record.topic
  };
  Source source = Source::kTopic;
  Selector path;       // kValue, kKeyField: no wild cards
  std::string header;  // kHeader
};

// What one variable stands for in one record.
struct VariableText {
  enum class Form : std::uint8_t { kMissing, kToken, kBytes };
  Form form = Form::kMissing;
  TokenKind kind = TokenKind::kNull;  // kToken
  std::string_view text;

  static VariableText token(TokenKind kind, std::string_view text) noexcept {
    return {Form::kToken, kind, text};
  }
  static VariableText bytes(std::string_view text) noexcept {
    return {Form::kBytes, TokenKind::kNull, text};
  }
};

enum class RenderError : std::uint8_t {
  kNone,
  kMissing,
  kNull,
  kEmpty,
  kNotScalar,
  kNotPlainInteger,
  kNotText,  // not UTF-8, an unpaired surrogate, or U+0000
  kTooLong,
};

// All of them but kNone, for those who declare the texts of describe().
inline constexpr RenderError kRenderErrors[] = {
    RenderError::kMissing,         RenderError::kNull,
    RenderError::kEmpty,           RenderError::kNotScalar,
    RenderError::kNotPlainInteger, RenderError::kNotText,
    RenderError::kTooLong};

// One declared, data-free sentence per error, for verdicts.
std::string_view describe(RenderError error) noexcept;

struct RenderStatus {
  RenderError error = RenderError::kNone;
  std::uint32_t variable = 0;  // the one concerned
  explicit operator bool() const noexcept { return error == RenderError::kNone; }
};

class SubjectTemplate {
 public:
  // bad_config with the byte position and a remedy. A template without variables is accepted: one
  // key for all records.
  static Result<SubjectTemplate> parse(std::string_view text);

  // In the order of their appearance; repeated ones too.
  std::span<const TemplateVariable> variables() const noexcept { return variables_; }
  const std::string& text() const noexcept { return text_; }

  // Replaces `out` by the subject; `values` are parallel to variables(). On error `out` is empty.
  // Allocates nothing once `out` holds kMaxSubjectSize bytes.
  RenderStatus render(std::span<const VariableText> values, std::string& out) const;

 private:
  std::string text_;
  std::vector<std::string>
      constants_;  // constants_[i] stands before variables_[i]; one more at the end
  std::vector<TemplateVariable> variables_;
};

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_TEMPLATE_H_
