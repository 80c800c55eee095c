// SPDX-License-Identifier: Apache-2.0
//
// Whose key? Renders the subject templates of a batch's records from located tokens, keys, headers
// and topics, and keeps the names until the key ring has been asked. Names are personal data: they
// live in this object's buffer, are wiped with the batch, and never appear in a message. One plugin
// instance, one thread.

#ifndef LETHE_ENCRYPT_SUBJECTS_H_
#define LETHE_ENCRYPT_SUBJECTS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lethe/record.h"
#include "plugins/fields/byte_buffer.h"
#include "plugins/fields/field_editor.h"
#include "plugins/fields/selection.h"
#include "plugins/fields/template.h"

namespace lethe::encrypt {

// A rendered name, as a range of the names of this batch.
struct Name {
  std::size_t offset = 0;
  std::size_t size = 0;
};

// Why a subject could not be rendered; both texts are declared messages.
struct SubjectFailure {
  std::string_view message;
  std::string_view template_text;
};

class Subjects {
 public:
  // Adds the templates' value variables to `selection`, as targets behind those that are there.
  static Result<std::unique_ptr<Subjects>> make(
      const std::vector<fields::SubjectTemplate>& templates, fields::Selection& selection);

  void begin_batch() noexcept;
  void begin_record();
  // A located value variable of the current record (a target at or behind first_target()).
  void found(std::uint32_t target, fields::TokenKind kind, std::string_view token);
  std::uint32_t first_target() const noexcept { return first_target_; }

  // Renders template `subject` for the current record; the same name again for a second call.
  std::optional<SubjectFailure> render(std::uint32_t subject, const Record& record, Name& name);

  // Valid until begin_batch(), once the last name of the batch has been rendered.
  std::string_view text(const Name& name) const noexcept {
    return {reinterpret_cast<const char*>(names_.at(name.offset)), name.size};
  }

 private:
  // Where the variables of one template come from.
  struct Plan {
    const fields::SubjectTemplate* subject;
    std::vector<std::uint32_t> slots;  // per variable: in value_texts_ or key_texts_
    std::vector<fields::VariableText> values;
    std::optional<Name> rendered;  // in this record
  };

  Subjects() = default;
  std::optional<std::string_view> locate_key(const Record& record);
  fields::VariableText resolve(const fields::TemplateVariable& variable, std::uint32_t slot,
                               const Record& record) const;

  std::vector<Plan> plans_;
  std::uint32_t first_target_ = 0;
  std::vector<fields::VariableText> value_texts_;
  std::vector<fields::VariableText> key_texts_;
  std::unique_ptr<fields::FieldEditor> key_editor_;  // record.key.<path>; may be null
  fields::Hits key_hits_;
  bool key_located_ = false;
  fields::ByteBuffer names_;
  std::string scratch_;
};

}  // namespace lethe::encrypt

#endif  // LETHE_ENCRYPT_SUBJECTS_H_
