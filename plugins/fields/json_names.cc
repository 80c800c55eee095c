// SPDX-License-Identifier: Apache-2.0
#include "plugins/fields/json_names.h"

#include <algorithm>
#include <cstring>

namespace lethe::fields {

void Names::clear() noexcept {
  names_.clear();
  copies_.clear();
}

void Names::add(std::string_view name, bool in_document) {
  Name entry{0, in_document ? name.data() : nullptr, copies_.size(), name.size()};
  std::memcpy(&entry.front, name.data(), std::min(name.size(), sizeof entry.front));
  if (!in_document) copies_.append(name);
  names_.push_back(entry);
}

bool Names::close(std::size_t first) {
  const auto begin = names_.begin() + static_cast<std::ptrdiff_t>(first);
  std::sort(begin, names_.end(), [this](const Name& a, const Name& b) {
    if (a.front != b.front) return a.front < b.front;
    if (a.size != b.size) return a.size < b.size;
    return text(a) < text(b);
  });
  const auto twice = std::adjacent_find(begin, names_.end(), [this](const Name& a, const Name& b) {
    return a.front == b.front && a.size == b.size && text(a) == text(b);
  });
  const bool all_differ = twice == names_.end();
  names_.erase(begin, names_.end());
  return all_differ;
}

std::string_view Names::text(const Name& name) const noexcept {
  if (name.document != nullptr) return {name.document, name.size};
  return std::string_view(copies_).substr(name.begin, name.size);
}

}  // namespace lethe::fields
