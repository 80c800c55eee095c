// SPDX-License-Identifier: Apache-2.0
#include "plugins/fields/field_editor.h"

#include <cstring>

namespace lethe::fields {

std::string_view describe(LocateError error) noexcept {
  switch (error) {
    case LocateError::kNone:
      return "the document is well formed";
    case LocateError::kMalformed:
      return "the document is not one valid JSON value; fix the producer";
    case LocateError::kDuplicateKey:
      return "an object on the way to a selected field holds the same key twice";
    case LocateError::kUnexpectedShape:
      return "a selected path exists, but its value has another shape than the path expects";
    case LocateError::kOverlap:
      return "two selected fields are the same value or lie one inside the other";
    case LocateError::kTooDeep:
      return "the document is nested deeper than 1024 levels";
    case LocateError::kTooLarge:
      return "the document is larger than 4 GiB - 64 bytes";
    case LocateError::kUnbindable:
      return "a selected value lies at a path that cannot be bound: more than 64 segments, a name "
             "of "
             "more than 1024 bytes, or a name that is reserved or not valid Unicode";
  }
  return "the document cannot be read";
}

std::size_t spliced_size(std::string_view document, std::span<const Edit> edits) noexcept {
  std::size_t size = document.size();
  for (const Edit& edit : edits) size = size - (edit.end - edit.begin) + edit.text.size();
  return size;
}

void splice(std::string_view document, std::span<const Edit> edits, char* out) noexcept {
  std::size_t copied = 0;
  const auto put = [&out](std::string_view text) {
    if (!text.empty()) std::memcpy(out, text.data(), text.size());
    out += text.size();
  };
  for (const Edit& edit : edits) {
    put(document.substr(copied, edit.begin - copied));
    put(edit.text);
    copied = edit.end;
  }
  put(document.substr(copied));
}

}  // namespace lethe::fields
