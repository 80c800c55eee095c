// SPDX-License-Identifier: Apache-2.0

#include "plugins/decrypt/rules.h"

#include <utility>

#include "plugins/fields/complaints.h"
#include "plugins/fields/json_value.h"

namespace lethe::decrypt {
namespace {

using fields::Complaints;

OnShredded on_shredded_named(std::string_view name) {
  if (name == "null") return OnShredded::kNull;
  if (name == "drop_field") return OnShredded::kDropField;
  if (name == "drop_record") return OnShredded::kDropRecord;
  if (name == "dead_letter") return OnShredded::kDeadLetter;
  if (name == "fail") return OnShredded::kFail;
  return OnShredded::kCiphertext;
}

void read_shredded(const Options& options, Rules& rules) {
  const Node node = options["on_shredded"];
  if (!node.is_map()) {
    rules.on_shredded = on_shredded_named(node.text());
    return;
  }
  rules.on_shredded = OnShredded::kRedact;
  fields::append_json_string(node["redact"].text(), rules.redaction);
}

void read_fields(const Options& options, Rules& rules, Complaints& complaints) {
  const Node list = options["fields"];
  rules.selection.every_sealed_value = !list;
  if (list && list.size() == 0)
    complaints.add("fields", "no field is selected; leave 'fields' out to open every sealed value");
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string place = "fields[" + std::to_string(i) + "]";
    Result<fields::Selector> selector = fields::Selector::parse(list.at(i).text());
    if (!selector) {
      complaints.add(place, selector.error().message());
      continue;
    }
    for (const fields::Target& other : rules.selection.targets)
      if (fields::overlaps(other.selector, *selector))
        complaints.add(place, "field '" + selector->text() + "' is selected twice: '" +
                                  other.selector.text() +
                                  "' selects it, or a part of it, already; remove one of them");
    rules.paths.emplace_back(list.at(i).text());
    rules.selection.targets.push_back({std::move(selector).value(), false});
  }
}

void read_accept(const Options& options, Rules& rules, Complaints& complaints) {
  const Node algorithms = options["accept"]["algorithms"];
  std::vector<std::uint8_t> suites;
  for (std::size_t i = 0; i < algorithms.size(); ++i) {
    const std::string place = "accept.algorithms[" + std::to_string(i) + "]";
    if (const Suite* suite = fields::read_suite(algorithms.at(i).text(), place, complaints))
      suites.push_back(suite->number);
  }
  if (!algorithms)
    for (const Suite& suite : kSuites)
      if (suite.built) suites.push_back(suite.number);
  rules.accept.only_suites(suites);

  const Node aad = options["accept"]["aad"];
  std::vector<std::uint8_t> profiles;
  for (std::size_t i = 0; i < aad.size(); ++i) {
    const std::string_view name = aad.at(i).text();
    profiles.push_back(name == "dataset" ? 2 : name == "record_key" ? 3 : name == "tenant" ? 4 : 1);
  }
  if (!aad) profiles = {1, 2, 3, 4};
  rules.accept.only_profiles(profiles);
}

}  // namespace

std::vector<OptionSpec> option_specs() {
  std::vector<OptionSpec> redact;
  redact.push_back(text_option("redact", "The text to write in its place.").required());
  std::vector<OptionSpec> shredded;
  shredded.push_back(
      enum_option("", "ciphertext|null|drop_field|drop_record|dead_letter|fail", "A policy."));
  shredded.push_back(map_option("", "A constant: {redact: \"[erased]\"}.", std::move(redact)));
  std::vector<OptionSpec> accept;
  accept.push_back(list_option("algorithms", "Suites to accept; all that are built, if not given.",
                               text_option("", "")));
  accept.push_back(list_option("aad", "Bindings to accept; all of them, if not given.",
                               enum_option("", "field|dataset|record_key|tenant", "")));

  std::vector<OptionSpec> specs;
  specs.push_back(
      list_option("fields", "Only these; every sealed value, if not given.", text_option("", "")));
  specs.push_back(one_of_option("on_shredded", "What a reader gets for an erased person's value.",
                                std::move(shredded))
                      .default_to("ciphertext"));
  specs.push_back(enum_option("on_not_encrypted", "pass|fail", "A selected field that is in clear.")
                      .default_to("pass"));
  specs.push_back(map_option("accept", "What this reader trusts.", std::move(accept)));
  return specs;
}

Result<Rules> read_rules(const Options& options, Report* report) {
  Complaints complaints(report);
  Rules rules;
  read_fields(options, rules, complaints);
  read_shredded(options, rules);
  read_accept(options, rules, complaints);
  rules.fail_not_encrypted = options["on_not_encrypted"].text() == "fail";
  if (rules.fail_not_encrypted && rules.selection.every_sealed_value)
    complaints.add("on_not_encrypted",
                   "'fail' needs 'fields': without a list nothing says which "
                   "values ought to be sealed");
  if (auto first = complaints.first()) return *std::move(first);
  return rules;
}

}  // namespace lethe::decrypt
