// SPDX-License-Identifier: Apache-2.0

#include "worker/loader/option_check.h"

#include <charconv>
#include <cstddef>
#include <set>
#include <string_view>

#include "lethe/options.h"
#include "lethe/strided.h"
#include "worker/loader/module_check.h"
#include "worker/loader/printable.h"
#include "worker/loader/refusal.h"

namespace lethe::worker::loader {
namespace {

constexpr std::size_t kOptionSize = offsetof(lethe_option, child_stride) + sizeof(std::uint64_t);

bool is_one_of(std::string_view text, std::string_view choices) {
  while (true) {
    const std::size_t bar = choices.find('|');
    if (choices.substr(0, bar) == text) return true;
    if (bar == std::string_view::npos) return false;
    choices.remove_prefix(bar + 1);
  }
}

bool is_int(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

// Lists and maps may describe their default in words; what a scalar says is used.
bool default_fits(const lethe_option& option) {
  if (option.default_text.data == nullptr) return true;
  const std::string_view text = to_text(option.default_text);
  switch (option.type) {
    case LETHE_TYPE_BOOL:
      return text == "true" || text == "false";
    case LETHE_TYPE_INT:
      return is_int(text);
    case LETHE_TYPE_ENUM:
      return is_one_of(text, to_text(option.choices));
    default:
      return true;
  }
}

bool children_fit(const lethe_option& option) {
  switch (option.type) {
    case LETHE_TYPE_LIST:
      return option.n_children == 1;
    case LETHE_TYPE_MAP:
      return true;
    case LETHE_TYPE_ONE_OF:
      return option.n_children > 0;
    default:
      return option.n_children == 0;
  }
}

class OptionJudge {
 public:
  OptionJudge(const lethe_plugin& plugin, const std::string& file) : plugin_(plugin), file_(file) {}

  Result<void> judge_all(const lethe_option* first, std::uint64_t stride, std::uint64_t n,
                         const std::string& path, bool named, int depth) {
    if (n == 0) return {};
    if (!is_array(first, stride, kOptionSize)) return no(path, "are missing");
    if (depth > kMaxOptionDepth || n > kMaxOptions - seen_) return no(path, "never end");
    seen_ += n;
    std::set<std::string_view> names;
    for (const lethe_option& option : Strided<const lethe_option>(first, stride, n)) {
      LETHE_TRY(judge(option, stride, path, named, depth));
      if (named && !names.insert(to_text(option.name)).second)
        return no(path + printable(option.name), "are there twice");
    }
    return {};
  }

 private:
  Result<void> judge(const lethe_option& option, std::uint64_t stride, const std::string& parent,
                     bool named, int depth) {
    if (option.struct_size < kOptionSize || option.struct_size > stride)
      return no(parent, "say a size of " + std::to_string(option.struct_size));
    if (named && !is_name(option.name)) return no(parent, "include one without a proper name");
    const std::string path = named ? parent + std::string(to_text(option.name)) : parent;
    if (option.type < LETHE_TYPE_STRING || option.type > LETHE_TYPE_ONE_OF)
      return no(path, "are of unknown type " + std::to_string(option.type));
    if (!texts_fit(option)) return no(path, "have an improper doc, default or choices");
    if (!children_fit(option)) return no(path, "have too many or too few children");
    return judge_all(option.children, option.child_stride, option.n_children, inside(option, path),
                     option.type == LETHE_TYPE_MAP, depth + 1);
  }

  static bool texts_fit(const lethe_option& option) {
    return is_prose(option.doc, kMaxDocLength) && is_prose(option.default_text, kMaxDocLength) &&
           is_prose(option.choices, kMaxDocLength) &&
           (option.type == LETHE_TYPE_ENUM) == (option.choices.data != nullptr) &&
           default_fits(option);
  }

  static std::string inside(const lethe_option& option, const std::string& path) {
    if (option.type == LETHE_TYPE_LIST) return path + "[]";
    return option.type == LETHE_TYPE_MAP ? path + "." : path;
  }

  Error no(const std::string& path, const std::string& what) const {
    const std::string where = path.empty() ? "" : " at " + printable(path);
    return refused(
        file_, "the options of its plugin \"" + printable(plugin_.name) + "\"" + where + " " + what,
        kMend);
  }

  const lethe_plugin& plugin_;
  const std::string& file_;
  std::uint64_t seen_ = 0;
};

}  // namespace

Result<void> check_options(const lethe_plugin& plugin, const std::string& file) {
  return OptionJudge(plugin, file)
      .judge_all(plugin.options, plugin.option_stride, plugin.n_options, "", true, 1);
}

}  // namespace lethe::worker::loader
