// SPDX-License-Identifier: Apache-2.0
//
// The C++ face of the plugin ABI: derive from Transform (a record at a time) or BatchTransform,
// name the options, end the file with LETHE_PLUGIN. Header-only; each thunk is noexcept and turns
// an exception into a failure without its text, since parsers quote their input.
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

namespace lethe {

// A function of a record. An Error stays on its record; the text should be a declared Message.
class Transform {
 public:
  virtual ~Transform() = default;
  virtual Result<void> apply(Record& record) = 0;
};

// A function of a batch, for those who ask services once per batch. Failures of single records are
// said with Record::fail; a returned Error fails the batch as a whole (the store is away).
class BatchTransform {
 public:
  virtual ~BatchTransform() = default;
  virtual Result<void> apply(Batch& batch) = 0;
};

namespace plugin_detail {

inline constexpr Message kThrew{"the plugin threw an exception"};
inline constexpr Message kTooLarge{"the batch has no memory left for this record"};

inline void describe(lethe_failure* failure, std::string_view message) noexcept {
  if (failure != nullptr) failure->message = to_view(message);
}

// Text that outlives the call, for failures of make(): kept by the thread until its next failure.
inline std::string& last_message() {
  static thread_local std::string text;
  return text;
}

inline std::int32_t fail(lethe_failure* failure, const Error& error) {
  last_message() = error.message();
  describe(failure, last_message());
  return static_cast<std::int32_t>(error.kind());
}

inline void apply_one(Transform& transform, Record record) noexcept {
  try {
    Result<void> done = transform.apply(record);
    if (done.has_value()) return;
    const std::string_view text = record.arena().copy(done.error().message());
    record.fail(done.error().kind(), Message(text));
  } catch (const std::bad_alloc&) {
    record.fail(ErrorKind::kBadRecord, kTooLarge);
  } catch (...) {
    record.fail(ErrorKind::kInternal, kThrew);
  }
}

template <class T>
std::int32_t apply(void* self, const lethe_batch* raw, lethe_failure* failure) noexcept {
  try {
    Batch batch(raw);
    if constexpr (std::is_base_of_v<BatchTransform, T>) {
      Result<void> done = static_cast<T*>(self)->apply(batch);
      if (!done.has_value()) return fail(failure, done.error());
    } else {
      for (std::size_t i = 0; i < batch.size(); ++i) apply_one(*static_cast<T*>(self), batch[i]);
    }
    return LETHE_OK;
  } catch (...) {
    describe(failure, kThrew.text);
    return LETHE_INTERNAL;
  }
}

template <class T>
std::int32_t make(const lethe_options* options, const lethe_host* host, void** self,
                  lethe_failure* failure) noexcept {
  try {
    Host services(host);
    Result<std::unique_ptr<T>> made = T::make(Options(options), services);
    if (!made.has_value()) return fail(failure, made.error());
    *self = std::move(made).value().release();
    return LETHE_OK;
  } catch (...) {
    describe(failure, kThrew.text);
    return LETHE_INTERNAL;
  }
}

template <class T>
void destroy(void* self) noexcept {
  delete static_cast<T*>(self);
}

template <class T, class = void>
struct HasCheck : std::false_type {};
template <class T>
struct HasCheck<
    T, std::void_t<decltype(T::check(std::declval<const Options&>(), std::declval<Report&>()))>>
    : std::true_type {};

template <class T>
std::int32_t check(const lethe_options* options, const lethe_report* report) noexcept {
  try {
    Report complaints(report);
    T::check(Options(options), complaints);
    return LETHE_OK;
  } catch (...) {
    return LETHE_INTERNAL;
  }
}

}  // namespace plugin_detail

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

// One or several lethe::transform<...>(...), separated by commas. Once per library.
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
