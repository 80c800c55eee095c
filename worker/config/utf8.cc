// SPDX-License-Identifier: Apache-2.0
#include "worker/config/utf8.h"

#include <algorithm>
#include <cstdint>

namespace lethe::worker::config {
namespace {

struct Form {
  std::size_t size;     // bytes of the sequence; 0: not a first byte
  unsigned char first;  // mask of the payload in the first byte
  std::uint32_t least;  // smallest character that needs this form
};

Form form_of(unsigned char byte) {
  if (byte < 0x80) return {1, 0x7F, 0};
  if (byte >= 0xC0 && byte < 0xE0) return {2, 0x1F, 0x80};
  if (byte >= 0xE0 && byte < 0xF0) return {3, 0x0F, 0x800};
  if (byte >= 0xF0 && byte < 0xF8) return {4, 0x07, 0x10000};
  return {0, 0, 0};
}

// Length of the valid sequence at the front, or 0.
std::size_t sequence(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const Form form = form_of(byte(0));
  if (form.size == 0 || form.size > text.size()) return 0;
  std::uint32_t character = byte(0) & form.first;
  for (std::size_t i = 1; i < form.size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    character = (character << 6) | (byte(i) & 0x3FU);
  }
  const bool surrogate = character >= 0xD800 && character < 0xE000;
  return character < form.least || character > 0x10FFFF || surrogate ? 0 : form.size;
}

}  // namespace

std::size_t valid_prefix(std::string_view text) {
  std::size_t valid = 0;
  while (valid < text.size()) {
    const std::size_t size = sequence(text.substr(valid));
    if (size == 0) break;
    valid += size;
  }
  return valid;
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace lethe::worker::config
