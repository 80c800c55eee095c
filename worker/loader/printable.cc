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

bool is_utf8(std::string_view text) noexcept {
  constexpr std::uint32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    if (lead < 0x80) continue;
    if (lead < 0xc2 || lead > 0xf4) return false;
    const std::size_t more = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    if (text.size() - i < more) return false;
    std::uint32_t point = lead & (0x3fu >> more);
    for (std::size_t k = 0; k < more; ++k) {
      const auto next = static_cast<unsigned char>(text[i++]);
      if ((next & 0xc0) != 0x80) return false;
      point = point << 6 | (next & 0x3fu);
    }
    if (point < kLeast[more] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
      return false;
  }
  return true;
}

}  // namespace lethe::worker::loader
