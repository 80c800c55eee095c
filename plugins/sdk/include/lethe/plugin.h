// SPDX-License-Identifier: Apache-2.0
//
// The C++ face of the plugin ABI: derive from Transform (a record at a time), BatchTransform or
// Predicate, name the options, end the file with LETHE_PLUGIN. Header-only.
//
//   class Redact final : public lethe::Transform {
//    public:
//     static lethe::Result<std::unique_ptr<Redact>> make(const lethe::Options&, lethe::Host&);
//     lethe::Result<void> apply(lethe::Record& record) override;
//   };
//   LETHE_PLUGIN(lethe::transform<Redact>("redact", "Replaces a field by a constant.", {...}))
//
// A class may also have `static void check(const lethe::Options&, lethe::Report&)`, which is called
// before make(), without I/O.

#ifndef LETHE_PLUGIN_H_
#define LETHE_PLUGIN_H_

#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "lethe/abi.h"
#include "lethe/host.h"
#include "lethe/option_spec.h"
#include "lethe/options.h"
#include "lethe/record.h"
#include "lethe/result.h"
#include "lethe/thunks.h"
#include "lethe/transform.h"

namespace lethe {

// One plugin of a module: its table and the strings behind it.
class PluginSpec {
 public:
  PluginSpec(lethe_plugin functions, std::string name, std::string doc,
             std::vector<OptionSpec> options)
      : table_(functions),
        name_(std::move(name)),
        doc_(std::move(doc)),
        options_(std::move(options)) {}

  PluginSpec version(std::string text) && {
    version_ = std::move(text);
    return std::move(*this);
  }
  // Every text that a verdict, failure or log line of this plugin may carry.
  PluginSpec messages(std::vector<Message> texts) && {
    messages_ = std::move(texts);
    return std::move(*this);
  }

  const std::string& name() const noexcept { return name_; }
  const std::string& version() const noexcept { return version_; }
  const std::vector<Message>& messages() const noexcept { return messages_; }

  // Views into this object, which must stay where it is.
  lethe_plugin abi() {
    option_abi_.clear();
    for (OptionSpec& option : options_) option_abi_.push_back(option.abi());
    table_.struct_size = sizeof(lethe_plugin);
    table_.name = to_view(name_);
    table_.version = to_view(version_);
    table_.doc = to_view(doc_);
    table_.options = option_abi_.data();
    table_.n_options = option_abi_.size();
    table_.option_stride = sizeof(lethe_option);
    return table_;
  }

 private:
  lethe_plugin table_;
  std::string name_;
  std::string version_ = "0.0.0";
  std::string doc_;
  std::vector<OptionSpec> options_;
  std::vector<lethe_option> option_abi_;
  std::vector<Message> messages_;
};

template <class T>
PluginSpec transform(std::string name, std::string doc, std::vector<OptionSpec> options = {}) {
  static_assert(std::is_base_of_v<Transform, T> || std::is_base_of_v<BatchTransform, T>,
                "derive from lethe::Transform or lethe::BatchTransform");
  lethe_plugin table{};
  table.kind = LETHE_TRANSFORM;
  table.make = &plugin_detail::make<T>;
  table.destroy = &plugin_detail::destroy<T>;
  table.apply = &plugin_detail::apply<T>;
  if constexpr (plugin_detail::HasCheck<T>::value) table.check = &plugin_detail::check<T>;
  return {table, std::move(name), std::move(doc), std::move(options)};
}

template <class T>
PluginSpec predicate(std::string name, std::string doc, std::vector<OptionSpec> options = {}) {
  static_assert(std::is_base_of_v<Predicate, T>, "derive from lethe::Predicate");
  lethe_plugin table{};
  table.kind = LETHE_PREDICATE;
  table.make = &plugin_detail::make<T>;
  table.destroy = &plugin_detail::destroy<T>;
  table.test = &plugin_detail::test<T>;
  if constexpr (plugin_detail::HasCheck<T>::value) table.check = &plugin_detail::check<T>;
  return {table, std::move(name), std::move(doc), std::move(options)};
}

// The module table of a library, made at the first call of lethe_module_v1.
class ModuleSpec {
 public:
  template <class... Specs>
  explicit ModuleSpec(Specs&&... specs) {
    (specs_.push_back(std::forward<Specs>(specs)), ...);
    messages_.push_back(to_view(plugin_detail::kThrew.text));
    messages_.push_back(to_view(plugin_detail::kTooLarge.text));
    for (PluginSpec& spec : specs_) {
      tables_.push_back(spec.abi());
      for (const Message& message : spec.messages()) messages_.push_back(to_view(message.text));
    }
    module_.struct_size = sizeof(lethe_module);
    module_.abi_minor = LETHE_ABI_MINOR;
    module_.min_minor = 0;
    module_.name = to_view(specs_.front().name());
    module_.version = to_view(specs_.front().version());
    module_.plugins = tables_.data();
    module_.n_plugins = tables_.size();
    module_.plugin_stride = sizeof(lethe_plugin);
    module_.messages = messages_.data();
    module_.n_messages = messages_.size();
  }
  ModuleSpec(const ModuleSpec&) = delete;
  ModuleSpec& operator=(const ModuleSpec&) = delete;

  const lethe_module* table() const noexcept { return &module_; }

 private:
  std::vector<PluginSpec> specs_;
  std::vector<lethe_plugin> tables_;
  std::vector<lethe_view> messages_;
  lethe_module module_{};
};

}  // namespace lethe

// One or several lethe::transform<...>(...) and lethe::predicate<...>(...), separated by commas.
// Once per library.
#define LETHE_PLUGIN(...)                                             \
  extern "C" LETHE_EXPORT const lethe_module* lethe_module_v1(void) { \
    try {                                                             \
      static const lethe::ModuleSpec module(__VA_ARGS__);             \
      return module.table();                                          \
    } catch (...) {                                                   \
      return nullptr;                                                 \
    }                                                                 \
  }

#endif  // LETHE_PLUGIN_H_
