// SPDX-License-Identifier: Apache-2.0

#include "plugins/sdk/testing/harness.h"

#include <string_view>
#include <utility>

#include "lethe/strided.h"
#include "plugins/sdk/testing/json_parts.h"

namespace lethe::testing {
namespace {

using worker::loader::LoadedPlugin;
using Lines = std::vector<std::string>;

std::string kind_text(std::int32_t kind) {
  if (kind < LETHE_TRANSIENT || kind > LETHE_INTERNAL)
    return "unknown kind " + std::to_string(kind);
  return std::string(to_string(static_cast<ErrorKind>(kind)));
}

bool is_declared(const lethe_module& module, std::string_view message) {
  for (std::uint64_t i = 0; i < module.n_messages; ++i)
    if (to_text(module.messages[i]) == message) return true;
  return false;
}

void compare(std::string_view what, const std::string& expected, const std::string& got,
             Lines& lines) {
  if (expected != got)
    lines.push_back(std::string(what) + ": expected " + expected + ", got " + got);
}

std::string to_json(const HeaderList& headers) {
  std::string json;
  for (const auto& [name, value] : headers)
    json += (json.empty() ? "[" : ", [") + testing::to_json(Text(name)) + ", " +
            testing::to_json(value) + "]";
  return "[" + json + "]";
}

// The call of check(), and what the worker would say before it.
void check_options(const lethe_plugin& plugin, const lethe_options& options, Lines& lines) {
  const Options given(&options);
  const Strided<const lethe_option> specs(plugin.options, plugin.option_stride, plugin.n_options);
  for (std::size_t i = 0; i < given.size(); ++i) {
    bool known = false;
    for (const lethe_option& spec : specs) known |= to_text(spec.name) == given.name_at(i);
    if (!known) lines.push_back("options: " + std::string(given.name_at(i)) + " is no option");
  }
  for (const lethe_option& spec : specs)
    if ((spec.flags & LETHE_OPTION_REQUIRED) != 0 && !given[to_text(spec.name)])
      lines.push_back("options: " + std::string(to_text(spec.name)) + " is required");
  if (plugin.check == nullptr) return;
  const auto complain = [](void* self, lethe_view path, lethe_view text) {
    static_cast<Lines*>(self)->push_back(
        std::string("options: ").append(to_text(path)).append(": ").append(to_text(text)));
  };
  const lethe_report report{sizeof(lethe_report), 0, &lines, complain};
  if (const std::int32_t code = plugin.check(&options, &report); code != LETHE_OK)
    lines.push_back("check() failed: " + kind_text(code));
}

void compare_failure(const LoadedPlugin& plugin, const GoldenRecord& golden, std::int32_t kind,
                     std::string_view message, Lines& lines) {
  if (golden.outcome != Outcome::kFailed) {
    lines.push_back("it failed: " + kind_text(kind) + ": " + std::string(message));
    return;
  }
  compare("kind", golden.fail_kind, kind_text(kind), lines);
  compare("message", golden.fail_message, std::string(message), lines);
  if (!is_declared(*plugin.module, message))
    lines.push_back("message: it is not among the plugin's messages(), the worker withholds it");
}

void compare_record(const LoadedPlugin& plugin, const GoldenRecord& golden, const FakeBatch& batch,
                    Lines& lines) {
  const lethe_verdict& verdict = batch.verdict(0);
  if (verdict.action < LETHE_KEEP || verdict.action > LETHE_FAILED) {
    lines.push_back("the verdict's action is " + std::to_string(verdict.action));
    return;
  }
  if (batch.failed(0))
    return compare_failure(plugin, golden, verdict.error_kind, batch.message(0), lines);
  if (batch.dropped(0) || golden.outcome != Outcome::kGoesOn) {
    constexpr std::string_view kWords[] = {"goes on", "dropped", "failed"};
    return compare("outcome", std::string(kWords[static_cast<std::size_t>(golden.outcome)]),
                   batch.dropped(0) ? "dropped" : "goes on", lines);
  }
  compare("topic", golden.out.topic, batch.topic_after(0), lines);
  compare("key", testing::to_json(golden.out.key), testing::to_json(batch.key_after(0)), lines);
  compare("value", testing::to_json(golden.out.value), testing::to_json(batch.value_after(0)),
          lines);
  compare("headers", to_json(golden.out.headers), to_json(batch.headers_after(0)), lines);
}

void fill(FakeBatch& batch, const Content& in) {
  RecordBuilder& record = batch.add().topic(in.topic).key(in.key).value(in.value);
  record.timestamp_ms(in.timestamp_ms).position(0, 0);
  for (const auto& [name, value] : in.headers) record.header(name, value);
}

void run(const LoadedPlugin& plugin, const GoldenRecord& golden, const lethe_options& options,
         Lines& lines) {
  FakeHost host;
  FakeBatch batch;
  fill(batch, golden.in);
  void* self = nullptr;
  lethe_failure failure{sizeof(lethe_failure), 0, {}, {}};
  const std::int32_t made = plugin.plugin->make(&options, host.abi(), &self, &failure);
  if (made != LETHE_OK) {
    lines.push_back("make() failed: " + kind_text(made) + ": " +
                    std::string(to_text(failure.message)));
    return;
  }
  const std::int32_t applied = plugin.plugin->apply(self, batch.abi(), &failure);
  if (applied == LETHE_OK)
    compare_record(plugin, golden, batch, lines);
  else
    compare_failure(plugin, golden, applied, to_text(failure.message), lines);
  plugin.plugin->destroy(self);
}

}  // namespace

std::vector<std::string> disagreements(const std::vector<LoadedPlugin>& library,
                                       const GoldenRecord& golden) {
  const LoadedPlugin* found = nullptr;
  for (const LoadedPlugin& plugin : library)
    if (plugin.name() == golden.plugin && plugin.plugin->kind == LETHE_TRANSFORM) found = &plugin;
  if (found == nullptr) return {"the library offers no transform \"" + golden.plugin + "\""};
  Lines lines;
  const lethe_options options = golden.options.abi();
  try {
    check_options(*found->plugin, options, lines);
    if (lines.empty()) run(*found, golden, options, lines);
  } catch (...) {
    lines.push_back("it let an exception out of the library, which ends the worker's task");
  }
  return lines;
}

}  // namespace lethe::testing
