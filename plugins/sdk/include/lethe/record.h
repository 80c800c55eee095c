// SPDX-License-Identifier: Apache-2.0
//
// A record as a plugin meets it: the original's views, and the verdict about it. A Record is a
// handle of two pointers; copy it freely, keep it no longer than the call. What a plugin puts into
// a record must live in the batch's arena: the set_ functions copy, the place_ functions take bytes
// that allocate() gave.
//
// Of several words about one record the gravest stays, in whatever order they are said: failed over
// dropped over replaced.

#ifndef LETHE_RECORD_H_
#define LETHE_RECORD_H_

#include <cstdint>
#include <cstring>
#include <new>
#include <optional>
#include <string_view>

#include "lethe/abi.h"
#include "lethe/options.h"
#include "lethe/result.h"
#include "lethe/strided.h"

namespace lethe {

// A declared text: the only kind a verdict, failure or log line may carry. Declare each once, list
// it in the plugin's messages():  inline constexpr Message kNotText{"the field is not a string"};
struct Message {
  std::string_view text;
  constexpr explicit Message(std::string_view declared) noexcept : text(declared) {}
};

// What becomes of a failed record.
enum class Disposition : std::int32_t {
  kByPolicy = LETHE_BY_POLICY,
  kStop = LETHE_STOP,
  kDeadLetter = LETHE_DEAD_LETTER,
  kDiscard = LETHE_DISCARD,
  kPass = LETHE_PASS,
};

class ArenaRef {
 public:
  explicit ArenaRef(const lethe_arena* arena) noexcept : arena_(arena) {}

  // Throws std::bad_alloc when the batch would become too large; the thunks turn it into a verdict.
  char* allocate(std::size_t size, std::size_t align = 1) const {
    void* bytes = arena_->allocate(arena_->self, size, align);
    if (bytes == nullptr) throw std::bad_alloc();
    return static_cast<char*>(bytes);
  }
  std::string_view copy(std::string_view text) const {
    if (text.empty()) return {"", 0};
    char* bytes = allocate(text.size());
    std::memcpy(bytes, text.data(), text.size());
    return {bytes, text.size()};
  }

 private:
  const lethe_arena* arena_;
};

class Record {
 public:
  Record(const lethe_record& in, lethe_verdict& out, const lethe_arena* arena) noexcept
      : in_(&in), out_(&out), arena_(arena) {}

  std::string_view topic() const noexcept { return to_text(in_->topic); }
  std::int32_t partition() const noexcept { return in_->partition; }
  std::int64_t offset() const noexcept { return in_->offset; }
  std::int64_t timestamp_ms() const noexcept { return in_->timestamp_ms; }
  std::optional<std::string_view> key() const noexcept { return optional(in_->key); }
  // Nothing: a tombstone.
  std::optional<std::string_view> value() const noexcept { return optional(in_->value); }
  Strided<const lethe_header> headers() const noexcept {
    return {in_->headers, in_->header_stride, in_->n_headers};
  }
  // The last header of that name; nothing if there is none or its value is null.
  std::optional<std::string_view> header(std::string_view name) const noexcept {
    std::optional<std::string_view> found;
    for (const lethe_header& header : headers())
      if (to_text(header.name) == name) found = optional(header.value);
    return found;
  }

  ArenaRef arena() const noexcept { return arena_; }

  // Copies.
  void set_value(std::string_view value) { place_value(arena_.copy(value)); }
  void set_key(std::string_view key) { place_key(arena_.copy(key)); }
  void set_topic(std::string_view topic) {
    out_->topic = to_view(arena_.copy(topic));
    replaced(LETHE_REPLACED_TOPIC);
  }
  void set_tombstone() noexcept {
    out_->value = {nullptr, 0};
    replaced(LETHE_REPLACED_VALUE);
  }
  // Puts a header behind those that are there.
  void add_header(std::string_view name, std::string_view value) {
    const bool again = (out_->replaced & LETHE_REPLACED_HEADERS) != 0;
    const Strided<const lethe_header> old =
        again ? Strided<const lethe_header>(out_->headers, sizeof(lethe_header), out_->n_headers)
              : headers();
    auto* all = reinterpret_cast<lethe_header*>(
        arena_.allocate(sizeof(lethe_header) * (old.size() + 1), alignof(lethe_header)));
    for (std::size_t i = 0; i < old.size(); ++i) all[i] = old[i];
    all[old.size()] = {to_view(arena_.copy(name)), to_view(arena_.copy(value))};
    place_headers(all, old.size() + 1);
  }

  // Take bytes of the arena as they are.
  void place_value(std::string_view in_arena) noexcept {
    out_->value = to_view(in_arena);
    replaced(LETHE_REPLACED_VALUE);
  }
  void place_key(std::string_view in_arena) noexcept {
    out_->key = to_view(in_arena);
    replaced(LETHE_REPLACED_KEY);
  }

  // The whole list of headers, in place of those that are there.
  void place_headers(const lethe_header* in_arena, std::size_t n) noexcept {
    out_->headers = in_arena;
    out_->n_headers = n;
    replaced(LETHE_REPLACED_HEADERS);
  }

  void drop() noexcept {
    if (!failed()) out_->action = LETHE_DROP;
  }

  // path: an option or field path that outlives the batch (or lies in the arena), or empty.
  void fail(ErrorKind kind, const Message& message, std::string_view path = {},
            Disposition disposition = Disposition::kByPolicy) noexcept {
    out_->action = LETHE_FAILED;
    out_->error_kind = static_cast<std::int32_t>(kind);
    out_->message = to_view(message.text);
    out_->path = to_view(path);
    out_->disposition = static_cast<std::int32_t>(disposition);
  }
  bool failed() const noexcept { return out_->action == LETHE_FAILED; }

  lethe_verdict& verdict() noexcept { return *out_; }

 private:
  static std::optional<std::string_view> optional(const lethe_view& view) noexcept {
    if (view.data == nullptr) return std::nullopt;
    return std::string_view(view.data, view.size);
  }
  void replaced(std::uint32_t what) noexcept {
    out_->replaced |= what;
    if (out_->action == LETHE_KEEP) out_->action = LETHE_REPLACED;
  }

  const lethe_record* in_;
  lethe_verdict* out_;
  ArenaRef arena_;
};

// The records of one call.
class Batch {
 public:
  explicit Batch(const lethe_batch* batch) noexcept : batch_(batch) {}

  std::size_t size() const noexcept { return static_cast<std::size_t>(batch_->n); }
  Record operator[](std::size_t i) const noexcept {
    return {Strided<const lethe_record>(batch_->records, batch_->record_stride, batch_->n)[i],
            Strided<lethe_verdict>(batch_->verdicts, batch_->verdict_stride, batch_->n)[i],
            batch_->arena};
  }
  ArenaRef arena() const noexcept { return ArenaRef(batch_->arena); }

 private:
  const lethe_batch* batch_;
};

}  // namespace lethe

#endif  // LETHE_RECORD_H_
