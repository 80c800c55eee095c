// SPDX-License-Identifier: Apache-2.0
//
// Removing a member or element from a JSON document by its value's place: the range to cut, the
// comma included, so that what is left is still valid. For documents that an editor has validated.
// Stateless.

#ifndef LETHE_DECRYPT_MEMBER_H_
#define LETHE_DECRYPT_MEMBER_H_

#include <cstddef>
#include <string_view>

namespace lethe::decrypt {

struct Range {
  std::size_t begin;
  std::size_t end;
};

// The range of the member (or array element) whose value is document[begin, end). `cut` is the end
// of the cut before it, 0 if there was none: cuts are made from left to right. A value that is the
// whole document has no member around it; its own range is returned.
Range member_range(std::string_view document, std::size_t begin, std::size_t end,
                   std::size_t cut) noexcept;

}  // namespace lethe::decrypt

#endif  // LETHE_DECRYPT_MEMBER_H_
