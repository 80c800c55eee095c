// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/worker/config/fake_plugins.h"

#include <array>
#include <set>
#include <stdexcept>

namespace lethe::worker::config {
namespace {

constexpr lethe_view v(std::string_view text) {
  return {text.data(), text.size()};
}
std::string_view text(lethe_view view) {
  return view.data == nullptr ? std::string_view() : std::string_view(view.data, view.size);
}

constexpr lethe_view kNone = {nullptr, 0};
constexpr std::uint32_t kSize = sizeof(lethe_option);

constexpr lethe_option option(std::uint32_t type, std::string_view name, std::uint32_t flags = 0,
                              lethe_view default_text = kNone, lethe_view choices = kNone) {
  return {kSize,        type,    flags,   0, v(name), v("what it is for"),
          default_text, choices, nullptr, 0, 0};
}

constexpr lethe_option parent(std::uint32_t type, std::string_view name,
                              const lethe_option* children, std::uint64_t n,
                              std::uint32_t flags = 0) {
  return {kSize, type, flags, 0, v(name), v("what it is for"), kNone, kNone, children, n, kSize};
}

constexpr lethe_view kAlgorithms = v("AES256_GCM|AES128_GCM");

const std::array kFieldMembers = {
    option(LETHE_TYPE_STRING, "path", LETHE_OPTION_REQUIRED),
    option(LETHE_TYPE_STRING, "subject"),
    option(LETHE_TYPE_ENUM, "algorithm", 0, kNone, kAlgorithms),
    option(LETHE_TYPE_BOOL, "required"),
};
const std::array kFieldForms = {
    option(LETHE_TYPE_STRING, ""),
    parent(LETHE_TYPE_MAP, "", kFieldMembers.data(), kFieldMembers.size()),
};
const std::array kField = {parent(LETHE_TYPE_ONE_OF, "", kFieldForms.data(), kFieldForms.size())};
const std::array kEncryptOptions = {
    option(LETHE_TYPE_STRING, "subject"),
    parent(LETHE_TYPE_LIST, "fields", kField.data(), 1, LETHE_OPTION_REQUIRED),
    option(LETHE_TYPE_ENUM, "algorithm", 0, v("AES256_GCM"), kAlgorithms),
    option(LETHE_TYPE_ENUM, "on_missing", 0, kNone, v("count|fail")),
    option(LETHE_TYPE_INT, "padding"),
    option(LETHE_TYPE_STRING, "token", LETHE_OPTION_SECRET),
};

const std::array kRedact = {option(LETHE_TYPE_STRING, "redact", LETHE_OPTION_REQUIRED)};
const std::array kShreddedForms = {
    option(LETHE_TYPE_ENUM, "", 0, kNone, v("ciphertext|null|drop_record|fail")),
    parent(LETHE_TYPE_MAP, "", kRedact.data(), 1),
};
const std::array kAcceptMembers = {
    parent(LETHE_TYPE_LIST, "algorithms", kFieldForms.data(), 1),
    parent(LETHE_TYPE_MAP, "free", nullptr, 0),
};
const std::array kDecryptOptions = {
    parent(LETHE_TYPE_ONE_OF, "on_shredded", kShreddedForms.data(), kShreddedForms.size()),
    option(LETHE_TYPE_ENUM, "on_not_encrypted", 0, kNone, v("pass|fail")),
    parent(LETHE_TYPE_MAP, "accept", kAcceptMembers.data(), kAcceptMembers.size()),
};

const std::array kHeaderOptions = {option(LETHE_TYPE_STRING, "name", LETHE_OPTION_REQUIRED)};

struct Reader {
  const lethe_options* options;
  const lethe_report* report;

  const lethe_node* find(const lethe_node* map, std::string_view name) const {
    return options->functions->find(map, v(name));
  }
  std::string_view read(const lethe_node* node) const {
    return node == nullptr ? std::string_view() : text(options->functions->text(node));
  }
  void complain(const std::string& path, const std::string& what) const {
    report->complain(report->self, v(path), v(what));
  }
};

// The template of a field and its path, from either form.
std::int32_t check_encrypt(const lethe_options* options, const lethe_report* report) {
  const Reader reader{options, report};
  const lethe_node_functions& f = *options->functions;
  const std::string_view common = reader.read(reader.find(options->root, "subject"));
  const lethe_node* fields = reader.find(options->root, "fields");
  if (common.substr(0, 9) == "forbidden")
    reader.complain("subject", "refuses " + std::string(common));
  std::set<std::string> paths;
  for (std::uint64_t i = 0; i < f.size(fields); ++i) {
    const lethe_node* field = f.at(fields, i);
    const bool is_map = f.kind(field) == LETHE_NODE_MAP;
    const std::string at = "fields[" + std::to_string(i) + "]";
    const std::string_view path = reader.read(is_map ? reader.find(field, "path") : field);
    const lethe_node* own = is_map ? reader.find(field, "subject") : nullptr;
    if (own == nullptr && common.empty()) reader.complain(at + ".subject", "no subject");
    if (!paths.insert(std::string(path)).second)
      reader.complain(at + ".path", "this field is selected twice");
  }
  for (const std::string& path : paths)
    if (common == "{{record.value." + path + "}}")
      reader.complain("subject", "the template reads a field that is itself encrypted");
  return LETHE_OK;
}

template <std::size_t N>
lethe_plugin plugin(std::uint32_t kind, std::string_view name,
                    const std::array<lethe_option, N>& options) {
  lethe_plugin made{};
  made.struct_size = sizeof made;
  made.kind = kind;
  made.name = v(name);
  made.options = options.data();
  made.n_options = N;
  made.option_stride = sizeof(lethe_option);
  return made;
}

const lethe_plugin kEncryptPlugin = [] {
  lethe_plugin made = plugin(LETHE_TRANSFORM, "encrypt", kEncryptOptions);
  made.check = check_encrypt;
  return made;
}();
const lethe_plugin kDecryptPlugin = plugin(LETHE_TRANSFORM, "decrypt", kDecryptOptions);
const lethe_plugin kTombstone = plugin(LETHE_PREDICATE, "tombstone", std::array<lethe_option, 0>());
const lethe_plugin kHeader = plugin(LETHE_PREDICATE, "header", kHeaderOptions);

const std::array<lethe_plugin, 2> kMisbehaving = [] {
  std::array<lethe_plugin, 2> made = {
      plugin(LETHE_TRANSFORM, "rogue", std::array<lethe_option, 0>()),
      plugin(LETHE_TRANSFORM, "rogue", std::array<lethe_option, 0>())};
  made[0].check = [](const lethe_options*, const lethe_report*) -> std::int32_t {
    throw std::runtime_error("canary");
  };
  made[1].check = [](const lethe_options*, const lethe_report*) -> std::int32_t {
    return LETHE_INTERNAL;
  };
  return made;
}();

}  // namespace

const loader::PluginCatalog& fake_catalog() {
  static const loader::PluginCatalog catalog = [] {
    loader::PluginCatalog made;
    for (const lethe_plugin* each : {&kEncryptPlugin, &kDecryptPlugin, &kTombstone, &kHeader})
      made.add({each, nullptr, "fake.so"});
    return made;
  }();
  return catalog;
}

Plugins fake_plugins() {
  return {fake_catalog(), {"/opt/plugins", "lib/lethe/plugins"}};
}

loader::PluginCatalog misbehaving_catalog(Misbehaviour misbehaviour) {
  loader::PluginCatalog catalog;
  catalog.add({&kMisbehaving[misbehaviour == Misbehaviour::kThrows ? 0 : 1], nullptr, "rogue.so"});
  return catalog;
}

}  // namespace lethe::worker::config
