// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/field_editor/json_oracle.h"

#include <algorithm>
#include <map>
#include <tuple>

#include <nlohmann/json.hpp>

#include "tests/contract/field_editor/engines.h"

namespace lethe::fields {
namespace {

using Kind = Step::Kind;

class TreeBuilder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  JsonTree take() { return std::move(root_); }

  bool null() override { return put({TokenKind::kNull, {}, {}, {}, 0}); }
  bool boolean(bool value) override {
    return put({value ? TokenKind::kTrue : TokenKind::kFalse, {}, {}, {}, 0});
  }
  bool number_integer(std::int64_t value) override { return number(std::to_string(value)); }
  bool number_unsigned(std::uint64_t value) override { return number(std::to_string(value)); }
  bool number_float(double, const std::string& token) override { return number(token); }
  bool string(std::string& value) override { return put({TokenKind::kString, value, {}, {}, 0}); }
  bool binary(nlohmann::json::binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(TokenKind::kObject); }
  bool start_array(std::size_t) override { return open(TokenKind::kArray); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(std::string& name) override {
    names_.back() = name;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override {
    return false;
  }

 private:
  bool number(std::string token) { return put({TokenKind::kNumber, std::move(token), {}, {}, 0}); }
  bool open(TokenKind kind) {
    open_.push_back({kind, {}, {}, {}, order_++});
    names_.emplace_back();
    return true;
  }
  bool close() {
    JsonTree closed = std::move(open_.back());
    open_.pop_back();
    names_.pop_back();
    return attach(std::move(closed));
  }
  bool put(JsonTree scalar) {
    scalar.order = order_++;
    return attach(std::move(scalar));
  }
  bool attach(JsonTree tree) {
    if (open_.empty()) {
      root_ = std::move(tree);
    } else if (open_.back().kind == TokenKind::kObject) {
      open_.back().members.emplace_back(names_.back(), std::move(tree));
    } else {
      open_.back().elements.push_back(std::move(tree));
    }
    return true;
  }

  JsonTree root_;
  std::vector<JsonTree> open_;
  std::vector<std::string> names_;
  std::size_t order_ = 0;
};

class Search {
 public:
  explicit Search(const Selection& selection) : selection_(selection) {}

  Expectation run(const JsonTree& root) {
    if (selection_.every_sealed_value) {
      sealed(root);
    } else {
      for (target_ = 0; target_ < selection_.targets.size(); ++target_) follow(root, 0, false);
      find_overlaps(root, false);
    }
    for (auto& [key, value] : found_) result_.values.push_back(value);
    return std::move(result_);
  }

 private:
  const std::vector<Step>& steps() const { return selection_.targets[target_].selector.steps(); }

  void found(const JsonTree& value) {
    found_.emplace(std::tuple(value.order, target_),
                   Expectation::Value{value.order, target_, path_of(path_), &value});
  }
  void complain(LocateError error) { result_.errors.insert(error); }

  template <class Visit>
  void each_child(const JsonTree& tree, Visit visit) {
    for (const auto& [name, child] : tree.members) inside(name, child, visit);
    for (const JsonTree& child : tree.elements) inside("[*]", child, visit);
  }
  template <class Visit>
  void inside(const std::string& segment, const JsonTree& child, Visit visit) {
    path_.push_back(segment);
    visit(child);
    path_.pop_back();
  }

  static bool has_duplicates(const JsonTree& tree) {
    std::set<std::string> names;
    for (const auto& [name, child] : tree.members) names.insert(name);
    return names.size() != tree.members.size();
  }

  void follow(const JsonTree& tree, std::size_t at, bool any_shape) {
    if (at == steps().size()) return found(tree);
    const Step& step = steps()[at];
    if (step.kind == Kind::kAnyDepth) {
      if (has_duplicates(tree)) complain(LocateError::kDuplicateKey);
      follow(tree, at + 1, true);
      return each_child(tree, [&](const JsonTree& child) { follow(child, at, true); });
    }
    if (tree.kind == TokenKind::kNull) return;
    const bool by_name = step.kind == Kind::kName || step.kind == Kind::kAnyMember;
    if (tree.kind != (by_name ? TokenKind::kObject : TokenKind::kArray)) {
      if (!any_shape) complain(LocateError::kUnexpectedShape);
      return;
    }
    std::size_t matches = 0;
    std::uint32_t index = 0;
    for (const auto& [name, child] : tree.members) {
      if (step.kind == Kind::kName && step.name != name) continue;
      ++matches;
      inside(name, child, [&](const JsonTree& next) { follow(next, at + 1, false); });
    }
    for (const JsonTree& child : tree.elements) {
      if (step.kind == Kind::kIndex && step.index != index++) continue;
      inside("[*]", child, [&](const JsonTree& next) { follow(next, at + 1, false); });
    }
    if (step.kind == Kind::kName && matches > 1) complain(LocateError::kDuplicateKey);
    if (step.kind == Kind::kAnyMember && has_duplicates(tree)) complain(LocateError::kDuplicateKey);
  }

  void find_overlaps(const JsonTree& tree, bool in_field) {
    std::size_t fields = in_field ? 1 : 0;
    for (std::uint32_t target = 0; target < selection_.targets.size(); ++target) {
      if (selection_.targets[target].is_template_variable) continue;
      fields += found_.count(std::tuple(tree.order, target));
      if (found_.count(std::tuple(tree.order, target)) != 0 && fields > 1) {
        complain(LocateError::kOverlap);
      }
    }
    each_child(tree, [&](const JsonTree& child) { find_overlaps(child, fields > 0); });
  }

  void sealed(const JsonTree& tree) {
    const bool marked =
        std::any_of(tree.members.begin(), tree.members.end(),
                    [this](const auto& member) { return member.first == selection_.marker; });
    const bool text = tree.kind == TokenKind::kString && tree.scalar.substr(0, 5) == kSealedPrefix;
    if (marked || text) return found(tree);
    each_child(tree, [&](const JsonTree& child) { sealed(child); });
  }

  const Selection& selection_;
  std::uint32_t target_ = 0;
  std::vector<std::string> path_;
  std::map<std::tuple<std::size_t, std::uint32_t>, Expectation::Value> found_;
  Expectation result_;
};

}  // namespace

std::optional<JsonTree> parse_tree(std::string_view document) {
  // nlohmann/json skips a byte order mark; RFC 8259 lets us refuse it, and we do.
  if (document.substr(0, 3) == "\xEF\xBB\xBF") return std::nullopt;
  TreeBuilder builder;
  if (!nlohmann::json::sax_parse(document, &builder)) return std::nullopt;
  return builder.take();
}

Expectation expect(const JsonTree& document, const Selection& selection) {
  return Search(selection).run(document);
}

}  // namespace lethe::fields
