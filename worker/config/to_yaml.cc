// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cctype>
#include <string>
#include <string_view>

#include "worker/config/dump.h"

namespace lethe::worker::config {
namespace {

bool is_plain_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("_-./+@${}").find(c) != std::string_view::npos;
}

// Only texts that no reader of YAML takes for something else go unquoted.
bool is_plain(const std::string& text) {
  if (text.empty() || std::string_view("-.@{}").find(text.front()) != std::string_view::npos)
    return false;
  for (const char c : text)
    if (!is_plain_character(c)) return false;
  return true;
}

std::string quoted(const std::string& text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      out.append(1, '\\').append(1, c);
    else if (c == '\n')
      out.append("\\n");
    else if (byte < 0x20 || byte == 0x7F)
      out.append("\\x").append(1, kHex[byte >> 4]).append(1, kHex[byte & 15U]);
    else
      out.append(1, c);
  }
  return out.append("\"");
}

class Writer {
 public:
  std::string take() { return std::move(out_); }

  void members(const Node& map, std::size_t indent) {
    for (const Member& member : map.members()) {
      begin_line(indent);
      out_.append(is_plain(member.name) ? member.name : quoted(member.name)).append(":");
      value(member.value, indent);
    }
  }

  void scalar(const Node& node) {
    const bool plain = !node.quoted() && is_plain(node.written());
    out_.append(plain ? node.written() : quoted(node.written()));
  }

 private:
  void items(const Node& list, std::size_t indent) {
    for (const Node& item : list.items()) {
      begin_line(indent);
      out_.append("-");
      if (item.is_map() && item.size() > 0) {
        out_.append(" ");
        continues_ = true;  // the first member stands on the line of the dash
        members(item, indent + 2);
      } else {
        value(item, indent);
      }
    }
  }

  void value(const Node& node, std::size_t indent) {
    if (!node.is_scalar() && node.size() == 0) {
      out_.append(node.is_map() ? " {}\n" : " []\n");
    } else if (node.is_scalar()) {
      out_.append(" ");
      if (!node.is_blank()) scalar(node);
      out_.append("\n");
    } else {
      out_.append("\n");
      node.is_map() ? members(node, indent + 2) : items(node, indent + 2);
    }
  }

  void begin_line(std::size_t indent) {
    if (!continues_) out_.append(indent, ' ');
    continues_ = false;
  }

  std::string out_;
  bool continues_ = false;
};

}  // namespace

std::string to_yaml(const Node& tree) {
  Writer writer;
  if (tree.is_map()) writer.members(tree, 0);
  return writer.take();
}

}  // namespace lethe::worker::config
