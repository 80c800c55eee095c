// SPDX-License-Identifier: Apache-2.0
//
// The encrypt plugin's options, read: which fields, under whose key, in which form. Read twice, by
// check() to complain about everything at once and by make() for the object; immutable afterwards.

#ifndef LETHE_ENCRYPT_RULES_H_
#define LETHE_ENCRYPT_RULES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "lethe/plugin.h"
#include "lethe/suites.h"
#include "plugins/fields/plaintext.h"
#include "plugins/fields/selector.h"
#include "plugins/fields/template.h"

namespace lethe::encrypt {

enum class Carrier : std::uint8_t { kText, kObject };
enum class OnAlreadyEncrypted : std::uint8_t { kEncrypt, kSkip, kFail };

struct FieldRule {
  std::string path;  // as configured
  fields::Selector selector;
  std::uint32_t subject = 0;  // in Rules::subjects
  const Suite* suite = nullptr;
  bool required = false;  // absent: the record fails
};

struct Rules {
  std::vector<FieldRule> fields;
  std::vector<fields::SubjectTemplate> subjects;
  std::uint8_t aad_profile = 1;
  Carrier carrier = Carrier::kText;
  fields::Padding padding = fields::Padding::kNone;
  bool encrypt_nulls = false;
  OnAlreadyEncrypted on_already_encrypted = OnAlreadyEncrypted::kEncrypt;
  std::int32_t on_erased = LETHE_ERASED_BLOCK;
};

// The options as data, for LETHE_PLUGIN.
std::vector<OptionSpec> option_specs();

// Reads the options. Every complaint goes to `report`, if there is one; the first is the Error.
Result<Rules> read_rules(const Options& options, Report* report);

}  // namespace lethe::encrypt

#endif  // LETHE_ENCRYPT_RULES_H_
