// SPDX-License-Identifier: Apache-2.0
//
// Finding and replacing fields in a record's own bytes. A record is its original bytes plus edits:
// an editor validates the whole document, reports where the selected fields lie, and never builds a
// tree. What lies between the fields is copied as it was, so encrypt then decrypt returns the input
// byte for byte. One editor per format (JSON first); the interface is theirs in common. An editor
// belongs to one plugin instance and one thread.
//
// Fail closed: a document that is malformed anywhere, a duplicate key on the way to a selected
// field, a selected path of unexpected shape are errors, never "not found". Nothing slips through
// in clear because it looked odd.

#ifndef LETHE_FIELDS_FIELD_EDITOR_H_
#define LETHE_FIELDS_FIELD_EDITOR_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lethe/result.h"

namespace lethe::fields {

enum class TokenKind : std::uint8_t { kNull, kFalse, kTrue, kNumber, kString, kObject, kArray };

// A selected value: its exact token (no white space around it) inside the document.
struct Hit {
  std::uint32_t target;  // which target of the selection
  std::uint32_t begin;   // byte range in the document
  std::uint32_t end;
  TokenKind kind;
  bool escaped;              // kString: holds a backslash
  std::uint32_t path_begin;  // the encoded path (specification, section 5) in Hits::path
  std::uint32_t path_size;
};

// The hits of many documents, so that a whole batch can be located before keys are asked for.
// Reused: clear() keeps the memory. Paths of targets without wild cards are stored once, by the
// editor.
class Hits {
 public:
  void clear() noexcept {
    hits_.clear();
    paths_.clear();
  }
  std::size_t size() const noexcept { return hits_.size(); }
  const Hit& operator[](std::size_t i) const noexcept { return hits_[i]; }
  std::span<const Hit> since(std::size_t first) const noexcept {
    return std::span<const Hit>(hits_).subspan(first);
  }
  // Encoded path of a hit; valid until clear() or the next locate().
  std::string_view path(const Hit& hit) const noexcept {
    return std::string_view(paths_).substr(hit.path_begin, hit.path_size);
  }

  // For editors.
  void add(const Hit& hit) { hits_.push_back(hit); }
  void truncate(std::size_t size) { hits_.resize(size); }
  std::string& paths() noexcept { return paths_; }
  std::vector<Hit>& hits() noexcept { return hits_; }

 private:
  std::vector<Hit> hits_;
  std::string paths_;
};

enum class LocateError : std::uint8_t {
  kNone,
  kMalformed,        // not one valid document: grammar, UTF-8, escapes, numbers, trailing bytes
  kDuplicateKey,     // on a selected path or on the way to it
  kUnexpectedShape,  // a selected path exists with another shape
  kOverlap,          // two targets select the same value, or one inside the other
  kTooDeep,          // nested deeper than kMaxDepth
  kTooLarge,         // document above 4 GiB - 64
  kUnbindable,       // found at a place that no path can name (specification, section 5)
};

// All of them but kNone, for those who declare the texts of describe().
inline constexpr LocateError kLocateErrors[] = {
    LocateError::kMalformed, LocateError::kDuplicateKey, LocateError::kUnexpectedShape,
    LocateError::kOverlap,   LocateError::kTooDeep,      LocateError::kTooLarge,
    LocateError::kUnbindable};

inline constexpr std::uint32_t kMaxDepth = 1024;
inline constexpr std::uint32_t kNoTarget = 0xFFFFFFFFu;

// One declared, data-free sentence per error, for verdicts.
std::string_view describe(LocateError error) noexcept;

struct LocateStatus {
  LocateError error = LocateError::kNone;
  std::uint32_t target = kNoTarget;  // the target concerned, where one is
  explicit operator bool() const noexcept { return error == LocateError::kNone; }
};

class FieldEditor {
 public:
  virtual ~FieldEditor() = default;

  // Validates `document` as a whole and appends its hits in document order. On error the hits of
  // this document are removed again. Allocates nothing once its buffers have grown. `document` need
  // not be padded. A target without a hit is simply absent.
  virtual LocateStatus locate(std::string_view document, Hits& hits) = 0;
};

// A replacement of document[begin, end) by size bytes.
struct Edit {
  std::uint32_t begin;
  std::uint32_t end;
  std::string_view text;
};

// Length of the document after the edits (ordered, not overlapping).
std::size_t spliced_size(std::string_view document, std::span<const Edit> edits) noexcept;
// Writes it to out (spliced_size bytes).
void splice(std::string_view document, std::span<const Edit> edits, char* out) noexcept;

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_FIELD_EDITOR_H_
