// SPDX-License-Identifier: Apache-2.0
//
// The gate through which a plugin's words reach logs, dead letters and status: only texts that its
// module declared when it was loaded, and paths that are short and printable. Anything else is
// withheld, since it may quote a record. Immutable; the texts live as long as the library, which is
// never unloaded.

#ifndef LETHE_WORKER_PIPELINE_DECLARED_MESSAGES_H_
#define LETHE_WORKER_PIPELINE_DECLARED_MESSAGES_H_

#include <string_view>

#include "lethe/abi.h"

namespace lethe::worker::pipeline {

inline constexpr std::string_view kWithheldMessage =
    "message withheld: the plugin did not declare this text; update the plugin";
inline constexpr std::string_view kWithheldPath = "(withheld)";

class DeclaredMessages {
 public:
  explicit DeclaredMessages(const lethe_module& module) : module_(module) {}

  // The module's own copy of the text, or kWithheldMessage.
  std::string_view find(const lethe_view& text) const noexcept;

 private:
  const lethe_module& module_;
};

// The path if it may be shown, kWithheldPath if not, empty if there is none.
std::string_view showable_path(const lethe_view& path) noexcept;

}  // namespace lethe::worker::pipeline

#endif  // LETHE_WORKER_PIPELINE_DECLARED_MESSAGES_H_
