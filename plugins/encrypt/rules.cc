// SPDX-License-Identifier: Apache-2.0

#include "plugins/encrypt/rules.h"

#include <optional>
#include <utility>

#include "plugins/fields/complaints.h"

namespace lethe::encrypt {
namespace {

using fields::Complaints;

constexpr std::string_view kScheme = "gateway-kms://";

// A field as written: "visa" or {path: visa, subject: ..., algorithm: ..., required: true}.
struct FieldText {
  std::string_view path;
  std::string_view subject;
  std::string_view algorithm;
  bool required = false;
  std::string place;  // "fields[2]" or "fields[2].path"
  std::string subject_place;
  std::string algorithm_place;
};

FieldText field_text(const Options& options, std::size_t i) {
  const Node node = options["fields"].at(i);
  FieldText field;
  field.place = "fields[" + std::to_string(i) + "]";
  field.subject_place = "subject";
  field.algorithm_place = "algorithm";
  field.subject = options["subject"].text();
  field.algorithm = options["algorithm"].text_or("AES256_GCM");
  if (!node.is_map()) {
    field.path = node.text();
    return field;
  }
  field.path = node["path"].text();
  field.required = node["required"].bool_or(false);
  if (node["subject"]) {
    field.subject = node["subject"].text();
    field.subject_place = field.place + ".subject";
  }
  if (node["algorithm"]) {
    field.algorithm = node["algorithm"].text();
    field.algorithm_place = field.place + ".algorithm";
  }
  field.place += ".path";
  return field;
}

// Index of the template, added if new; nothing after a complaint.
std::optional<std::uint32_t> read_subject(const FieldText& field, Rules& rules,
                                          std::vector<std::string>& texts, Complaints& complaints) {
  std::string_view text = field.subject;
  if (text.empty()) {
    complaints.add(field.place,
                   "no subject says whose key seals this field; write subject: "
                   "\"{{record.value.userId}}\" or the like");
    return std::nullopt;
  }
  if (text.substr(0, kScheme.size()) == kScheme) text.remove_prefix(kScheme.size());
  for (std::size_t i = 0; i < texts.size(); ++i)
    if (texts[i] == text) return static_cast<std::uint32_t>(i);
  Result<fields::SubjectTemplate> parsed = fields::SubjectTemplate::parse(text);
  if (!parsed) {
    complaints.add(field.subject_place, parsed.error().message());
    return std::nullopt;
  }
  texts.emplace_back(text);
  rules.subjects.push_back(std::move(parsed).value());
  return static_cast<std::uint32_t>(texts.size() - 1);
}

void check_overlaps(const Rules& rules, const std::vector<std::string>& places,
                    Complaints& complaints) {
  for (std::size_t i = 0; i < rules.fields.size(); ++i)
    for (std::size_t j = i + 1; j < rules.fields.size(); ++j)
      if (fields::overlaps(rules.fields[i].selector, rules.fields[j].selector))
        complaints.add(places[j], "field '" + rules.fields[j].path + "' is selected twice: '" +
                                      rules.fields[i].path +
                                      "' selects it, or a part of it, already; remove one of them");
}

// A subject read from a sealed field would be another one after each encryption.
void check_templates(const Rules& rules, const std::vector<std::string>& subject_places,
                     Complaints& complaints) {
  for (std::size_t s = 0; s < rules.subjects.size(); ++s)
    for (const fields::TemplateVariable& variable : rules.subjects[s].variables())
      for (const FieldRule& field : rules.fields)
        if (variable.source == fields::TemplateVariable::Source::kValue &&
            fields::passes_through(variable.path, field.selector)) {
          complaints.add(subject_places[s], "the subject is read from '" + field.path +
                                                "', which is itself encrypted; name a field that "
                                                "stays in clear");
          break;
        }
}

void check_unsupported(const Options& options, Complaints& complaints) {
  const auto refuse = [&](const char* name, std::string_view allowed, const char* remedy) {
    const Node node = options[name];
    if (node && (allowed.empty() || node.text() != allowed))
      complaints.add(name,
                     std::string("'") + name + "' is not supported by this version; " + remedy);
  };
  refuse("payload", {}, "list the fields to encrypt under 'fields'");
  refuse("headers", {}, "headers pass in clear: put nothing personal into them");
  refuse("key_fields", {}, "record keys pass in clear: use a pseudonym as key");
  if (options["as"].text() == "avro")
    complaints.add("as", "the avro carrier is not supported by this version; write text or object");
  const Node list = options["fields"];
  for (std::size_t i = 0; i < list.size(); ++i)
    if (list.at(i)["deterministic"].bool_or(false))
      complaints.add("fields[" + std::to_string(i) + "].deterministic",
                     "deterministic encryption (AES256_SIV) is not supported by this version");
}

void read_policies(const Options& options, Rules& rules) {
  const std::string_view aad = options["aad"].text_or("field");
  rules.aad_profile = aad == "dataset" ? 2 : aad == "record_key" ? 3 : aad == "tenant" ? 4 : 1;
  rules.carrier = options["as"].text() == "object" ? Carrier::kObject : Carrier::kText;
  const std::string_view padding = options["padding"].text();
  rules.padding = padding == "bucket"  ? fields::Padding::kBucket
                  : padding == "padme" ? fields::Padding::kPadme
                                       : fields::Padding::kNone;
  rules.encrypt_nulls = options["encrypt_nulls"].bool_or(false);
  const std::string_view already = options["on_already_encrypted"].text();
  rules.on_already_encrypted = already == "skip"   ? OnAlreadyEncrypted::kSkip
                               : already == "fail" ? OnAlreadyEncrypted::kFail
                                                   : OnAlreadyEncrypted::kEncrypt;
  const std::string_view erased = options["on_erased_subject"].text();
  rules.on_erased = erased == "recreate" ? LETHE_ERASED_RECREATE
                    : erased == "drop"   ? LETHE_ERASED_DROP
                                         : LETHE_ERASED_BLOCK;
}

}  // namespace

std::vector<OptionSpec> option_specs() {
  std::vector<OptionSpec> field_members;
  field_members.push_back(
      text_option("path", "Where the field lies: address.street, contacts[*].email.").required());
  field_members.push_back(
      text_option("subject", "Whose key seals this field, if not the common one."));
  field_members.push_back(text_option("algorithm", "AES256_GCM or AES128_GCM."));
  field_members.push_back(bool_option("required", "A record without this field fails."));
  field_members.push_back(
      bool_option("deterministic", "Equal values stay equal (not in this version)."));
  std::vector<OptionSpec> field_forms;
  field_forms.push_back(text_option("", "A path."));
  field_forms.push_back(
      map_option("", "A path with options of its own.", std::move(field_members)));

  std::vector<OptionSpec> specs;
  specs.push_back(
      text_option("subject", "Template of the key name: user-{{record.value.userId}}."));
  specs.push_back(
      list_option("fields", "The fields to seal.", one_of_option("", "", std::move(field_forms)))
          .required());
  specs.push_back(text_option("algorithm", "Suite for all fields: AES256_GCM or AES128_GCM.")
                      .default_to("AES256_GCM"));
  specs.push_back(enum_option("aad", "field|dataset|record_key|tenant",
                              "What a sealed value is bound to, beside the person's key.")
                      .default_to("field"));
  specs.push_back(
      enum_option("as", "text|object|avro", "How a sealed value is spelled.").default_to("text"));
  specs.push_back(enum_option("padding", "none|bucket|padme", "Hides the length of short values.")
                      .default_to("none"));
  specs.push_back(bool_option("encrypt_nulls", "Seal nulls too.").default_to("false"));
  specs.push_back(enum_option("on_missing", "count|fail", "A record that lacks a selected field.")
                      .default_to("count"));
  specs.push_back(enum_option("on_already_encrypted", "encrypt|skip|fail",
                              "A value that looks sealed; skip only if it opens under a known key.")
                      .default_to("encrypt"));
  specs.push_back(enum_option("on_erased_subject", "block|recreate|drop",
                              "A new record of a person who was erased.")
                      .default_to("block"));
  specs.push_back(
      enum_option("payload", "value|key", "Seal the whole value or key (not in this version)."));
  specs.push_back(text_option("headers", "Headers to seal (not in this version)."));
  specs.push_back(list_option("key_fields", "Fields of the key to seal (not in this version).",
                              text_option("", "")));
  return specs;
}

Result<Rules> read_rules(const Options& options, Report* report) {
  Complaints complaints(report);
  Rules rules;
  std::vector<std::string> texts, places, subject_places;
  const Node list = options["fields"];
  if (list.size() == 0)
    complaints.add("fields",
                   "no field is selected, so nothing would be encrypted; list at least one");
  const bool fail_missing = options["on_missing"].text() == "fail";
  for (std::size_t i = 0; i < list.size(); ++i) {
    const FieldText field = field_text(options, i);
    Result<fields::Selector> selector = fields::Selector::parse(field.path);
    if (!selector) complaints.add(field.place, selector.error().message());
    const Suite* suite = fields::read_suite(field.algorithm, field.algorithm_place, complaints);
    const std::optional<std::uint32_t> subject = read_subject(field, rules, texts, complaints);
    if (subject && *subject == subject_places.size()) subject_places.push_back(field.subject_place);
    if (!selector) continue;  // after any complaint the rules are good for further complaints only
    places.push_back(field.place);
    rules.fields.push_back({std::string(field.path), std::move(selector).value(),
                            subject.value_or(0), suite, field.required || fail_missing});
  }
  read_policies(options, rules);
  check_overlaps(rules, places, complaints);
  check_templates(rules, subject_places, complaints);
  check_unsupported(options, complaints);
  if (std::optional<Error> first = complaints.first()) return *std::move(first);
  return rules;
}

}  // namespace lethe::encrypt
