// SPDX-License-Identifier: Apache-2.0
//
// Asks for bytes that will be needed soon, so that memory is read while something else is computed:
// a batch of records is larger than the caches near the processor. Any thread.

#ifndef LETHE_FIELDS_PREFETCH_H_
#define LETHE_FIELDS_PREFETCH_H_

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace lethe::fields {

// The beginning of it, if it is long: what follows is then found by the processor itself.
inline void prefetch(std::string_view bytes) noexcept {
  constexpr std::size_t kLine = 64;
  constexpr std::size_t kMost = 4096;
  const std::size_t size = std::min(bytes.size(), kMost);
  for (std::size_t at = 0; at < size; at += kLine) __builtin_prefetch(bytes.data() + at);
}

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_PREFETCH_H_
