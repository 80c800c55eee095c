// SPDX-License-Identifier: Apache-2.0
//
// Private to the YAML door: turns the library's events into a Node tree. Events come with marks, so
// every node knows its place, and names given twice are seen (the library's own tree loses both).
// One document; anything that the door does not take is thrown as Refused and caught in yaml.cc.
// Limits on depth and size keep a short file of aliases from becoming a huge tree.

#ifndef LETHE_WORKER_CONFIG_YAML_TREE_H_
#define LETHE_WORKER_CONFIG_YAML_TREE_H_

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "worker/config/diagnostics.h"
#include "worker/config/node.h"

namespace lethe::worker::config {

// Thrown inside the door, never out of it.
struct Refused {
  Place place;
  std::string message;
};

// The lines of a file; turns the library's marks (bytes) into places (characters).
class SourceText {
 public:
  SourceText(std::string_view text, std::string file);

  Place place(const YAML::Mark& mark) const;
  // From the mark to the end of its line.
  std::string_view rest_of_line(const YAML::Mark& mark) const;
  std::string_view line(int number) const;  // from 0; empty beyond the end
  // False: a quoted text begins at the mark and never ends (the library takes it up to the end).
  bool is_closed(const YAML::Mark& mark) const;

 private:
  std::string_view text_;
  std::vector<std::string_view> lines_;
  std::string file_;
};

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const SourceText& source, Diagnostics& diagnostics)
      : source_(source), diagnostics_(diagnostics) {}

  // The finished document; nothing if there was none.
  std::optional<Node> take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override;
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    Node node;
    YAML::anchor_t anchor;
    std::optional<std::string> name;  // of the member whose value comes next
    Place name_place;
    bool skip = false;  // the name was given before
  };

  bool wants_name() const;
  void take_name(std::string name, Place place);
  void open(Node node, YAML::anchor_t anchor);
  void close();
  void finish(Node node, YAML::anchor_t anchor);
  void check_tag(const std::string& tag, const Place& place) const;

  const SourceText& source_;
  Diagnostics& diagnostics_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Node> anchors_;
  std::optional<Node> root_;
  YAML::Mark last_scalar_ = YAML::Mark::null_mark();
  std::size_t nodes_ = 0;
  bool started_ = false;
};

}  // namespace lethe::worker::config

#endif  // LETHE_WORKER_CONFIG_YAML_TREE_H_
