// SPDX-License-Identifier: Apache-2.0
#include "worker/config/yaml_tree.h"

#include <algorithm>
#include <utility>

#include "worker/config/utf8.h"

namespace lethe::worker::config {
namespace {

constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxNodes = 100'000;

// The library drops how a null was spelled, but `on_shredded: null` means the word.
std::string null_text(std::string_view source) {
  for (const std::string_view spelling : {"null", "Null", "NULL", "~"})
    if (source.substr(0, spelling.size()) == spelling) return std::string(spelling);
  return {};
}

}  // namespace

SourceText::SourceText(std::string_view text, std::string file)
    : text_(text), file_(std::move(file)) {
  while (true) {
    const std::size_t end = text.find('\n');
    lines_.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

std::string_view SourceText::line(int number) const {
  const auto index = static_cast<std::size_t>(std::max(number, 0));
  return index < lines_.size() ? lines_[index] : std::string_view();
}

std::string_view SourceText::rest_of_line(const YAML::Mark& mark) const {
  const std::string_view text = line(mark.line);
  return text.substr(std::min(text.size(), static_cast<std::size_t>(std::max(mark.column, 0))));
}

Place SourceText::place(const YAML::Mark& mark) const {
  if (mark.line < 0) return {file_, 0, 0};
  const std::string_view before =
      line(mark.line).substr(0, line(mark.line).size() - rest_of_line(mark).size());
  return {file_, mark.line + 1, static_cast<int>(count_characters(before)) + 1};
}

bool SourceText::is_closed(const YAML::Mark& mark) const {
  const std::string_view first = rest_of_line(mark);
  if (first.empty() || (first[0] != '\'' && first[0] != '"')) return true;
  const char quote = first[0];
  std::string_view rest = text_.substr(static_cast<std::size_t>(first.data() - text_.data()) + 1);
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const bool doubled = quote == '\'' && rest.substr(i, 2) == "''";
    const bool escape = quote == '"' && rest[i] == '\\';
    if (doubled || escape)
      ++i;
    else if (rest[i] == quote)
      return true;
  }
  return false;
}

void TreeBuilder::OnDocumentStart(const YAML::Mark& mark) {
  if (started_) {
    const bool explicitly = source_.line(mark.line).substr(0, 3) == "---";
    throw Refused{source_.place(mark),
                  explicitly
                      ? "a second document begins here; write one pipeline a file, without '---'"
                      : "this does not continue what stands above; look at the indentation"};
  }
  started_ = true;
}

void TreeBuilder::OnDocumentEnd() {
  if (!last_scalar_.is_null() && !source_.is_closed(last_scalar_))
    throw Refused{source_.place(last_scalar_), "this quoted text is not closed"};
}

void TreeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const Place place = source_.place(mark);
  if (wants_name()) throw Refused{place, "a name is missing before ':'"};
  finish(Node::scalar(null_text(source_.rest_of_line(mark)), place), anchor);
}

void TreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const Place place = source_.place(mark);
  if (wants_name()) throw Refused{place, "an alias cannot be a name"};
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end()) throw Refused{place, "this alias stands inside its own anchor"};
  if (open_.size() + found->second.depth() > kMaxDepth)
    throw Refused{place, "this alias nests values too deeply (64 levels)"};
  nodes_ += found->second.count();
  if (nodes_ > kMaxNodes) throw Refused{place, "aliases make this file too large"};
  finish(found->second, 0);
}

void TreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& value) {
  const Place place = source_.place(mark);
  check_tag(tag, place);
  last_scalar_ = mark;
  if (wants_name()) return take_name(value, place);
  finish(Node::scalar(value, place, tag != "?" && !tag.empty()), anchor);
}

void TreeBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                                  YAML::anchor_t anchor, YAML::EmitterStyle::value) {
  check_tag(tag, source_.place(mark));
  open(Node::list(source_.place(mark)), anchor);
}

void TreeBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value) {
  check_tag(tag, source_.place(mark));
  open(Node::map(source_.place(mark)), anchor);
}

bool TreeBuilder::wants_name() const {
  return !open_.empty() && open_.back().node.is_map() && !open_.back().name;
}

void TreeBuilder::take_name(std::string name, Place place) {
  if (name == "<<")
    throw Refused{place, "merge keys ('<<') are not supported; use an alias for a whole value"};
  Open& map = open_.back();
  const Member* before = map.node.find_member(name);
  map.skip = before != nullptr;
  if (before != nullptr)
    diagnostics_.error(place, "'" + name + "' was already given at line " +
                                  std::to_string(before->place.line) + "; remove one of them");
  map.name = std::move(name);
  map.name_place = std::move(place);
}

void TreeBuilder::open(Node node, YAML::anchor_t anchor) {
  if (wants_name())
    throw Refused{node.place(),
                  "a name must be plain text; put a text that begins with '{' or '[' in quotes"};
  if (open_.size() >= kMaxDepth)
    throw Refused{node.place(), "values are nested too deeply here (64 levels)"};
  open_.push_back({std::move(node), anchor, std::nullopt, {}, false});
}

void TreeBuilder::close() {
  Open closed = std::move(open_.back());
  open_.pop_back();
  finish(std::move(closed.node), closed.anchor);
}

void TreeBuilder::finish(Node node, YAML::anchor_t anchor) {
  if (++nodes_ > kMaxNodes) throw Refused{node.place(), "this file is too large"};
  if (anchor != 0) anchors_.insert_or_assign(anchor, node);
  if (open_.empty()) {
    root_ = std::move(node);
    return;
  }
  Open& parent = open_.back();
  if (parent.node.is_list()) return parent.node.push(std::move(node));
  if (!parent.skip)
    parent.node.members().push_back({std::move(*parent.name), parent.name_place, std::move(node)});
  parent.name.reset();
}

void TreeBuilder::check_tag(const std::string& tag, const Place& place) const {
  if (tag.empty() || tag == "?" || tag == "!" || tag == "tag:yaml.org,2002:str") return;
  throw Refused{place, "tags ('!...') are not used here; remove it"};
}

}  // namespace lethe::worker::config
