// SPDX-License-Identifier: Apache-2.0
//
// Options as data: what a plugin takes, so that lint, `plugins describe`, REST validate and the
// reference page need not run it.
//
//   {text_option("field", "The field to redact.").required(),
//    enum_option("mode", "null|stars", "What to write.").default_to("stars"),
//    list_option("skip", "Topics to leave alone.", text_option("", ""))}

#ifndef LETHE_OPTION_SPEC_H_
#define LETHE_OPTION_SPEC_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "lethe/abi.h"
#include "lethe/options.h"

namespace lethe {

class OptionSpec {
 public:
  OptionSpec(std::uint32_t type, std::string name, std::string doc,
             std::vector<OptionSpec> children = {}, std::string choices = {})
      : type_(type),
        name_(std::move(name)),
        doc_(std::move(doc)),
        choices_(std::move(choices)),
        children_(std::move(children)) {}

  OptionSpec required() && {
    flags_ |= LETHE_OPTION_REQUIRED;
    return std::move(*this);
  }
  OptionSpec secret() && {
    flags_ |= LETHE_OPTION_SECRET;
    return std::move(*this);
  }
  OptionSpec default_to(std::string text) && {
    default_ = std::move(text);
    has_default_ = true;
    return std::move(*this);
  }

  // The C form; views into this object, which must stay where it is.
  lethe_option abi() {
    child_abi_.clear();
    for (OptionSpec& child : children_) child_abi_.push_back(child.abi());
    lethe_option option{};
    option.struct_size = sizeof(lethe_option);
    option.type = type_;
    option.flags = flags_;
    option.name = to_view(name_);
    option.doc = to_view(doc_);
    if (has_default_) option.default_text = to_view(default_);
    if (!choices_.empty()) option.choices = to_view(choices_);
    option.children = child_abi_.data();
    option.n_children = child_abi_.size();
    option.child_stride = sizeof(lethe_option);
    return option;
  }

 private:
  std::uint32_t type_;
  std::uint32_t flags_ = 0;
  std::string name_;
  std::string doc_;
  std::string default_;
  std::string choices_;
  bool has_default_ = false;
  std::vector<OptionSpec> children_;
  std::vector<lethe_option> child_abi_;
};

inline OptionSpec text_option(std::string name, std::string doc) {
  return {LETHE_TYPE_STRING, std::move(name), std::move(doc)};
}
inline OptionSpec bool_option(std::string name, std::string doc) {
  return {LETHE_TYPE_BOOL, std::move(name), std::move(doc)};
}
inline OptionSpec int_option(std::string name, std::string doc) {
  return {LETHE_TYPE_INT, std::move(name), std::move(doc)};
}
// choices: "first|second|third".
inline OptionSpec enum_option(std::string name, std::string choices, std::string doc) {
  return {LETHE_TYPE_ENUM, std::move(name), std::move(doc), {}, std::move(choices)};
}
inline OptionSpec list_option(std::string name, std::string doc, OptionSpec element) {
  std::vector<OptionSpec> children;
  children.push_back(std::move(element));
  return {LETHE_TYPE_LIST, std::move(name), std::move(doc), std::move(children)};
}
inline OptionSpec map_option(std::string name, std::string doc, std::vector<OptionSpec> members) {
  return {LETHE_TYPE_MAP, std::move(name), std::move(doc), std::move(members)};
}
// Any of the alternatives' types.
inline OptionSpec one_of_option(std::string name, std::string doc,
                                std::vector<OptionSpec> alternatives) {
  return {LETHE_TYPE_ONE_OF, std::move(name), std::move(doc), std::move(alternatives)};
}

}  // namespace lethe

#endif  // LETHE_OPTION_SPEC_H_
