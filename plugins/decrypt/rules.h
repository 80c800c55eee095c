// SPDX-License-Identifier: Apache-2.0
//
// The decrypt plugin's options, read: which fields, what to accept, and what becomes of the values
// of people who were erased. Immutable after make().

#ifndef LETHE_DECRYPT_RULES_H_
#define LETHE_DECRYPT_RULES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "lethe/plugin.h"
#include "plugins/fields/sealed_value.h"
#include "plugins/fields/selection.h"

namespace lethe::decrypt {

// What a reader gets for a value whose subject was shredded. The record gains the header
// lethe.shredded whatever the choice, so that "erased" is told from "broken".
enum class OnShredded : std::uint8_t {
  kCiphertext,
  kNull,
  kRedact,
  kDropField,
  kDropRecord,
  kDeadLetter,
  kFail,
};

struct Rules {
  std::vector<std::string> paths;  // as configured; empty: every sealed value is opened
  fields::Selection selection;
  OnShredded on_shredded = OnShredded::kCiphertext;
  std::string redaction;            // a JSON string token, kRedact
  bool fail_not_encrypted = false;  // a selected field in clear fails the record
  fields::AcceptList accept;
};

// The options as data, for LETHE_PLUGIN.
std::vector<OptionSpec> option_specs();

// Reads the options. Every complaint goes to `report`, if there is one; the first is the Error.
Result<Rules> read_rules(const Options& options, Report* report);

}  // namespace lethe::decrypt

#endif  // LETHE_DECRYPT_RULES_H_
