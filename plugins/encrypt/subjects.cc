// SPDX-License-Identifier: Apache-2.0

#include "plugins/encrypt/subjects.h"

#include <algorithm>
#include <utility>

#include "plugins/fields/json_editor.h"

namespace lethe::encrypt {

using fields::TemplateVariable;
using fields::VariableText;
using Source = fields::TemplateVariable::Source;

Result<std::unique_ptr<Subjects>> Subjects::make(
    const std::vector<fields::SubjectTemplate>& templates, fields::Selection& selection) {
  std::unique_ptr<Subjects> subjects(new Subjects());
  subjects->first_target_ = static_cast<std::uint32_t>(selection.targets.size());
  fields::Selection in_key;
  for (const fields::SubjectTemplate& one : templates) {
    Plan plan{&one, {}, {}, {}};
    for (const TemplateVariable& variable : one.variables()) {
      std::uint32_t slot = 0;
      if (variable.source == Source::kValue) {
        slot = static_cast<std::uint32_t>(selection.targets.size()) - subjects->first_target_;
        selection.targets.push_back({variable.path, true});
      } else if (variable.source == Source::kKeyField) {
        slot = static_cast<std::uint32_t>(in_key.targets.size());
        in_key.targets.push_back({variable.path, true});
      }
      plan.slots.push_back(slot);
    }
    plan.values.resize(plan.slots.size());
    subjects->plans_.push_back(std::move(plan));
  }
  subjects->value_texts_.resize(selection.targets.size() - subjects->first_target_);
  subjects->key_texts_.resize(in_key.targets.size());
  if (!in_key.targets.empty())
    subjects->key_editor_ = LETHE_TRY(fields::JsonEditor::make(std::move(in_key)));
  subjects->scratch_.reserve(fields::kMaxSubjectSize);
  return subjects;
}

void Subjects::begin_batch() noexcept {
  names_.wipe();
}

void Subjects::begin_record() {
  std::fill(value_texts_.begin(), value_texts_.end(), VariableText{});
  for (Plan& plan : plans_) plan.rendered.reset();
  key_located_ = false;
}

void Subjects::found(std::uint32_t target, fields::TokenKind kind, std::string_view token) {
  value_texts_[target - first_target_] = VariableText::token(kind, token);
}

// Finds the key's variables once per record; a description of what is wrong with the key otherwise.
std::optional<std::string_view> Subjects::locate_key(const Record& record) {
  if (key_located_) return std::nullopt;
  key_located_ = true;
  std::fill(key_texts_.begin(), key_texts_.end(), VariableText{});
  const std::optional<std::string_view> key = record.key();
  if (!key) return std::nullopt;
  key_hits_.clear();
  const fields::LocateStatus status = key_editor_->locate(*key, key_hits_);
  if (!status) return fields::describe(status.error);
  for (const fields::Hit& hit : key_hits_.since(0))
    key_texts_[hit.target] =
        VariableText::token(hit.kind, key->substr(hit.begin, hit.end - hit.begin));
  return std::nullopt;
}

VariableText Subjects::resolve(const TemplateVariable& variable, std::uint32_t slot,
                               const Record& record) const {
  std::optional<std::string_view> bytes;
  switch (variable.source) {
    case Source::kValue:
      return value_texts_[slot];
    case Source::kKeyField:
      return key_texts_[slot];
    case Source::kKey:
      bytes = record.key();
      break;
    case Source::kHeader:
      bytes = record.header(variable.header);
      break;
    case Source::kTopic:
      bytes = record.topic();
      break;
  }
  return bytes ? VariableText::bytes(*bytes) : VariableText{};
}

std::optional<SubjectFailure> Subjects::render(std::uint32_t subject, const Record& record,
                                               Name& name) {
  Plan& plan = plans_[subject];
  if (plan.rendered) {
    name = *plan.rendered;
    return std::nullopt;
  }
  const auto variables = plan.subject->variables();
  for (std::size_t i = 0; i < variables.size(); ++i) {
    if (variables[i].source == Source::kKeyField)
      if (const auto wrong = locate_key(record))
        return SubjectFailure{*wrong, plan.subject->text()};
    plan.values[i] = resolve(variables[i], plan.slots[i], record);
  }
  const fields::RenderStatus status = plan.subject->render(plan.values, scratch_);
  if (!status) return SubjectFailure{fields::describe(status.error), plan.subject->text()};
  name.size = scratch_.size();
  name.offset = names_.take(name.size);
  std::copy(scratch_.begin(), scratch_.end(), names_.at(name.offset));
  plan.rendered = name;
  return std::nullopt;
}

}  // namespace lethe::encrypt
