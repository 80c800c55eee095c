// SPDX-License-Identifier: Apache-2.0
#include "plugins/fields/json_sealed_walk.h"

#include <utility>

#include "plugins/fields/json_string.h"
#include "plugins/fields/selection.h"

namespace lethe::fields {

struct SealedWalk::Document {
  Tokens& tokens;
  Hits& hits;
  const bool has_escapes;

  std::uint32_t depth(const std::vector<Open>& open) const noexcept {
    return static_cast<std::uint32_t>(open.size());
  }
};

SealedWalk::SealedWalk(std::string marker) : marker_(std::move(marker)) {
  open_.reserve(kMaxDepth);
}

LocateStatus SealedWalk::run(Tokens& tokens, bool has_escapes, Hits& hits) {
  Document document{tokens, hits, has_escapes};
  open_.clear();
  const LocateError error = walk(document);
  return {error, error == LocateError::kUnbindable ? 0 : kNoTarget};
}

// One turn per value; closing brackets are taken where a value has ended.
LocateError SealedWalk::walk(Document& document) {
  Tokens& tokens = document.tokens;
  do {
    if (!open_.empty() && open_.back().is_object && !take_name(document)) {
      return LocateError::kMalformed;
    }
    const std::uint32_t begin = tokens.position();
    const char first = tokens.take();
    LocateError error = LocateError::kNone;
    if (first == '{' || first == '[') {
      error = open(document, begin, first == '{');
      if (error == LocateError::kNone && tokens.peek() != (first == '{' ? '}' : ']')) continue;
    } else {
      error = take_scalar(document, begin);
    }
    while (error == LocateError::kNone && !open_.empty() && tokens.peek() != ',') {
      error = close(document);
    }
    if (error != LocateError::kNone) return error;
    if (!open_.empty()) tokens.take();
  } while (!open_.empty());
  return LocateError::kNone;
}

LocateError SealedWalk::open(Document& document, std::uint32_t begin, bool is_object) {
  if (open_.size() == kMaxDepth) return LocateError::kTooDeep;
  if (!is_object) places_.enter_element(document.depth(open_));
  open_.push_back({begin, is_object, false, document.hits.size(), document.hits.paths().size()});
  return LocateError::kNone;
}

LocateError SealedWalk::close(Document& document) {
  const Open closed = open_.back();
  if (document.tokens.take() != (closed.is_object ? '}' : ']')) return LocateError::kMalformed;
  open_.pop_back();
  if (!closed.is_marked) return LocateError::kNone;
  document.hits.truncate(closed.hits);
  document.hits.paths().resize(closed.paths);
  return add_hit(document, closed.begin, document.tokens.taken() + 1, TokenKind::kObject);
}

bool SealedWalk::take_name(Document& document) {
  Tokens& tokens = document.tokens;
  const std::uint32_t begin = tokens.position();
  if (tokens.take() != '"' || tokens.peek() != ':') return false;
  const std::string_view body = tokens.name_at(begin);
  tokens.take();
  places_.enter_member(document.depth(open_) - 1, body);
  if (is_marker(document, body)) open_.back().is_marked = true;
  return true;
}

bool SealedWalk::is_marker(const Document& document, std::string_view body) {
  if (!document.has_escapes || !has_escape(body)) return body == marker_;
  decoded_.clear();
  return append_decoded(body, decoded_) && decoded_ == marker_;
}

LocateError SealedWalk::take_scalar(Document& document, std::uint32_t begin) {
  const Tokens& tokens = document.tokens;
  if (!tokens.is_scalar(begin)) return LocateError::kMalformed;
  if (!tokens.begins_string(begin)) return LocateError::kNone;
  const std::uint32_t end = tokens.scalar_end();
  const std::string_view body = tokens.slice(begin + 1, end - 1);
  const bool sealed = body.starts_with(kSealedPrefix) ||
                      (document.has_escapes && decodes_to_prefix(body, kSealedPrefix));
  return sealed ? add_hit(document, begin, end, TokenKind::kString) : LocateError::kNone;
}

LocateError SealedWalk::add_hit(Document& document, std::uint32_t begin, std::uint32_t end,
                                TokenKind kind) {
  std::string& paths = document.hits.paths();
  const std::size_t path = paths.size();
  if (!places_.append_path(document.depth(open_), paths)) return LocateError::kUnbindable;
  const bool escaped = document.has_escapes && kind == TokenKind::kString &&
                       has_escape(document.tokens.slice(begin, end));
  document.hits.add({0, begin, end, kind, escaped, static_cast<std::uint32_t>(path),
                     static_cast<std::uint32_t>(paths.size() - path)});
  return LocateError::kNone;
}

}  // namespace lethe::fields
