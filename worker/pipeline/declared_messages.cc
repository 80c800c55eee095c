// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/declared_messages.h"

#include <cstddef>
#include <cstdint>

#include "connectors/batch.h"

namespace lethe::worker::pipeline {
namespace {
constexpr std::uint64_t kLongestPath = 200;
}

std::string_view DeclaredMessages::find(const lethe_view& text) const noexcept {
  if (text.data == nullptr || module_.messages == nullptr) return kWithheldMessage;
  const std::string_view wanted = connectors::text(text);
  for (std::uint64_t i = 0; i < module_.n_messages; ++i) {
    const std::string_view declared = connectors::text(module_.messages[i]);
    if (declared.data() == wanted.data() && declared.size() == wanted.size()) return declared;
    if (!declared.empty() && declared == wanted) return declared;
  }
  return kWithheldMessage;
}

std::string_view showable_path(const lethe_view& path) noexcept {
  if (path.data == nullptr || path.size == 0) return {};
  if (path.size > kLongestPath) return kWithheldPath;
  const std::string_view shown = connectors::text(path);
  for (const char c : shown)
    if (c < 0x20 || c > 0x7e) return kWithheldPath;
  return shown;
}

}  // namespace lethe::worker::pipeline
