// SPDX-License-Identifier: Apache-2.0
#include "plugins/fields/json_sealed_walk.h"

#include <utility>

#include "plugins/fields/json_string.h"
#include "plugins/fields/selection.h"

namespace lethe::fields {

struct SealedWalk::Document {
  const Tokens tokens;
  Hits& hits;
  const bool has_escapes;
};

SealedWalk::SealedWalk(std::string marker) : marker_(std::move(marker)) {
  open_.reserve(kMaxDepth);
}

LocateStatus SealedWalk::run(const Tokens& tokens, Token root, Token end, bool has_escapes,
                             Hits& hits) {
  Document document{tokens, hits, has_escapes};
  open_.clear();
  const LocateError error = walk(document, root, end);
  return {error, error == LocateError::kUnbindable ? 0 : kNoTarget};
}

// One turn per value; closing brackets are taken where a value has ended.
LocateError SealedWalk::walk(Document& document, Token at, Token end) {
  const Tokens& tokens = document.tokens;
  for (;;) {
    const char c = tokens.first(at);
    if (c == '{' || c == '[') {
      if (open_.size() == kMaxDepth) return LocateError::kTooDeep;
      open(document, at, c);
      if (tokens.first(++at) != open_.back().closer) {
        if (c == '{' && (at = take_name(document, at)) == nullptr) return LocateError::kMalformed;
        continue;
      }
    } else if (c == '"' ? !take_string(document, at) : !tokens.is_scalar(at)) {
      return c == '"' ? LocateError::kUnbindable : LocateError::kMalformed;
    } else {
      ++at;
    }
    for (; !open_.empty() && tokens.first(at) != ','; ++at) {
      const LocateError error = close(document, at);
      if (error != LocateError::kNone) return error;
    }
    if (open_.empty()) return at == end ? LocateError::kNone : LocateError::kMalformed;
    ++at;  // the comma
    if (open_.back().closer == '}' && (at = take_name(document, at)) == nullptr) {
      return LocateError::kMalformed;
    }
  }
}

void SealedWalk::open(Document& document, Token at, char bracket) {
  if (bracket == '[') places_.enter_element(depth());
  open_.push_back(
      {*at, bracket == '{' ? '}' : ']', false, document.hits.size(), document.hits.paths().size()});
}

LocateError SealedWalk::close(Document& document, Token at) {
  const Open closed = open_.back();
  if (document.tokens.first(at) != closed.closer) return LocateError::kMalformed;
  open_.pop_back();
  if (!closed.is_marked) return LocateError::kNone;
  document.hits.truncate(closed.hits);
  document.hits.paths().resize(closed.paths);
  const bool bound = add_hit(document, closed.begin, *at + 1, TokenKind::kObject);
  return bound ? LocateError::kNone : LocateError::kUnbindable;
}

Token SealedWalk::take_name(Document& document, Token at) {
  const Token behind = document.tokens.skip_name(at);
  if (behind == nullptr) return nullptr;
  places_.enter_member(depth() - 1, at);
  // Only an escape or the marker's own first character can begin the marker.
  const char front = document.tokens.after_first(at);
  if ((front == marker_[0] || front == '\\') && is_marker(document, at)) {
    open_.back().is_marked = true;
  }
  return behind;
}

bool SealedWalk::is_marker(const Document& document, Token at) {
  const std::string_view body = document.tokens.string_body(at);
  if (!document.has_escapes || !has_escape(body)) return body == marker_;
  decoded_.clear();
  return append_decoded(body, decoded_) && decoded_ == marker_;
}

bool SealedWalk::take_string(Document& document, Token at) {
  const char front = document.tokens.after_first(at);
  if (front != kSealedPrefix[0] && front != '\\') return true;
  const std::string_view body = document.tokens.string_body(at);
  const bool is_sealed = body.starts_with(kSealedPrefix) ||
                         (document.has_escapes && decodes_to_prefix(body, kSealedPrefix));
  if (!is_sealed) return true;
  return add_hit(document, *at, document.tokens.scalar_end(at), TokenKind::kString);
}

bool SealedWalk::add_hit(Document& document, std::uint32_t begin, std::uint32_t end,
                         TokenKind kind) {
  std::string& paths = document.hits.paths();
  const std::size_t path = paths.size();
  if (!places_.append_path(document.tokens, depth(), paths)) return false;
  const bool escaped = document.has_escapes && kind == TokenKind::kString &&
                       has_escape(document.tokens.slice(begin, end));
  document.hits.add({0, begin, end, kind, escaped, static_cast<std::uint32_t>(path),
                     static_cast<std::uint32_t>(paths.size() - path)});
  return true;
}

}  // namespace lethe::fields
