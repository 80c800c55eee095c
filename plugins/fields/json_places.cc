// SPDX-License-Identifier: Apache-2.0
#include "plugins/fields/json_places.h"

#include "plugins/fields/json_string.h"
#include "plugins/fields/path.h"

namespace lethe::fields {
namespace {

constexpr std::size_t kSegmentHead = 3;  // kind, length

void append_segment_head(Segment::Kind kind, std::size_t size, std::string& out) {
  out.push_back(static_cast<char>(kind));
  append_u16(size, out);
}

void set_u16(std::size_t value, char* out) noexcept {
  out[0] = static_cast<char>(value >> 8 & 0xFF);
  out[1] = static_cast<char>(value & 0xFF);
}

// A segment for a name as it stands in the document.
bool append_member(std::string_view body, std::string& out) {
  const std::size_t head = out.size();
  if (has_escape(body)) {
    append_segment_head(Segment::Kind::kName, 0, out);
    if (!append_decoded(body, out)) return false;
    body = std::string_view(out).substr(head + kSegmentHead);
    if (body.size() <= kMaxNameSize) set_u16(body.size(), out.data() + head + 1);
  } else if (body.size() <= kMaxNameSize) {
    append_name_segment(body, out);
  }
  return body.size() <= kMaxNameSize && !body.starts_with('\0');
}

}  // namespace

void append_u16(std::size_t value, std::string& out) {
  char bytes[2];
  set_u16(value, bytes);
  out.append(bytes, sizeof bytes);
}

void append_name_segment(std::string_view name, std::string& out) {
  append_segment_head(Segment::Kind::kName, name.size(), out);
  out.append(name);
}

void append_any_index_segment(std::string& out) {
  append_segment_head(Segment::Kind::kAnyIndex, 0, out);
}

std::string encode_fixed_path(const Selector& selector) {
  std::string path;
  append_u16(selector.steps().size(), path);
  for (const Step& step : selector.steps()) {
    if (step.kind == Step::Kind::kName) {
      append_name_segment(step.name, path);
    } else {
      append_any_index_segment(path);
    }
  }
  return path;
}

bool Places::append_path(const Tokens& tokens, std::uint32_t levels, std::string& out) const {
  if (levels > kMaxSegments) return false;
  const std::size_t before = out.size();
  append_u16(levels, out);
  for (std::uint32_t level = 0; level < levels; ++level) {
    const Token name = names_[level];
    if (name == nullptr) {
      append_any_index_segment(out);
    } else if (!append_member(tokens.string_body(name), out)) {
      out.resize(before);
      return false;
    }
  }
  return true;
}

}  // namespace lethe::fields
