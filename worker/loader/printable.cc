// SPDX-License-Identifier: Apache-2.0

#include "worker/loader/printable.h"

#include <algorithm>

namespace lethe::worker::loader {

std::string printable(std::string_view text, std::size_t limit) {
  constexpr std::string_view kMore = "...";
  const bool cut = text.size() > limit;
  std::string clean(text.substr(0, cut ? limit - kMore.size() : limit));
  std::replace_if(
      clean.begin(), clean.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  if (cut) clean += kMore;
  return clean;
}

std::string printable(const lethe_view& text, std::size_t limit) {
  if (text.data == nullptr) return {};
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(text.size, limit + 1));
  return printable(std::string_view(text.data, size), limit);
}

}  // namespace lethe::worker::loader
