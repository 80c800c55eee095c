// SPDX-License-Identifier: Apache-2.0
//
// Reads the members of one map into typed values. Each getter remembers its name as a known one, so
// that finish() can call every other member an error, with a suggestion. A value of the wrong type
// is an error that names the wanted one; the fallback is returned then, and reading goes on.
// Borrows node and diagnostics; one thread.

#ifndef LETHE_WORKER_CONFIG_SECTION_H_
#define LETHE_WORKER_CONFIG_SECTION_H_

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "worker/config/diagnostics.h"
#include "worker/config/node.h"

namespace lethe::worker::config {

// A word of the configuration and what it means, in tables.
template <class T>
struct Word {
  std::string_view name;
  T value;
};

class Section {
 public:
  // where: the place to complain at when something is missing. name: "source.kafka"; empty for the
  // file itself. A blank value counts as an empty map, anything else but a map is an error.
  Section(const Node& node, Place where, std::string name, Diagnostics& diagnostics);
  // The section that a member of this one holds.
  Section inside(const Member& member) const;

  const Place& where() const { return where_; }
  // False: it is no map, which was complained about; nothing is missed in it then.
  bool is_usable() const { return usable_; }
  // "source.kafka.topic"
  std::string name_of(std::string_view key) const;

  // The member, or nullptr. It is known from now on.
  const Member* find(std::string_view key);
  // Likewise; its absence is an error: "<section> needs '<key>': <remedy>".
  const Member* require(std::string_view key, std::string_view remedy);

  std::string text(std::string_view key, std::string fallback = {});
  std::string required_text(std::string_view key, std::string_view remedy);
  bool boolean(std::string_view key, bool fallback);
  std::int64_t integer(std::string_view key, std::int64_t fallback, std::int64_t least,
                       std::int64_t most);
  std::uint64_t size(std::string_view key, std::uint64_t fallback);
  std::chrono::milliseconds duration(std::string_view key, std::chrono::milliseconds fallback);
  // A list of texts; a single text counts as a list of one.
  std::vector<std::string> texts(std::string_view key);
  std::vector<const Node*> text_nodes(std::string_view key);

  template <class T, std::size_t N>
  T choice(std::string_view key, T fallback, const std::array<Word<T>, N>& words) {
    const Member* member = find(key);
    if (member == nullptr) return fallback;
    return pick(*member, words).value_or(fallback);
  }
  // The meaning of a member's text; an error if it is none of the words.
  template <class T, std::size_t N>
  std::optional<T> pick(const Member& member, const std::array<Word<T>, N>& words) const {
    std::vector<std::string_view> names;
    for (const Word<T>& word : words) {
      const bool literal = member.value.is_scalar() && !member.value.has_reference();
      if (literal && member.value.text() == word.name) return word.value;
      names.push_back(word.name);
    }
    complain_choice(member, names);
    return std::nullopt;
  }

  // A member that a later version will know: an error that says so.
  void not_yet(std::string_view key, std::string_view remedy);

  // Members that nobody asked for are errors.
  void finish() const;

  // The text of a value; an error if it is empty, a list or a map.
  std::optional<std::string> read_text(const Member& member) const;

 private:
  void complain_choice(const Member& member, const std::vector<std::string_view>& names) const;
  // For numbers and the like, which are neither blank nor references.
  const Node* plain(const Member& member, std::string_view wanted) const;
  void complain_type(const Member& member, std::string_view wanted) const;

  const Node* map_;  // nullptr: nothing to read
  bool usable_;
  Place where_;
  std::string name_;
  std::vector<std::string_view> known_;
  Diagnostics* diagnostics_;
};

// 'written text' for messages: shortened, without line ends. Never what a reference stands for.
std::string quote(const Node& scalar);

}  // namespace lethe::worker::config

#endif  // LETHE_WORKER_CONFIG_SECTION_H_
