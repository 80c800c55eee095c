// SPDX-License-Identifier: Apache-2.0
//
// The names of the objects a wild card goes through, to tell whether one of them stands twice.
// Objects nest, so names are kept on one stack and each object checks its own part when it closes:
// sorted, with a total order, so that no choice of names by a stranger makes it slow. Belongs to
// one walk; reused.

#ifndef LETHE_FIELDS_JSON_NAMES_H_
#define LETHE_FIELDS_JSON_NAMES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lethe::fields {

class Names {
 public:
  void clear() noexcept;
  // Where the next object's names begin; hand it back to close().
  std::size_t open() const noexcept { return names_.size(); }
  // A name of the innermost object. `in_document`: its bytes outlive the walk; else they are
  // copied.
  void add(std::string_view name, bool in_document);
  // Forgets the names added since; true if all of them differ.
  bool close(std::size_t first);

 private:
  struct Name {
    std::uint64_t front;   // the first bytes, zero-padded: decides nearly every comparison
    const char* document;  // null: the bytes are in copies_
    std::size_t begin;     // in copies_
    std::size_t size;
  };

  std::string_view text(const Name& name) const noexcept;

  std::vector<Name> names_;
  std::string copies_;
};

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_JSON_NAMES_H_
