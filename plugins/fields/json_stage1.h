// SPDX-License-Identifier: Apache-2.0
//
// The first pass over a JSON document: where each token begins. Structural characters, opening
// quotes and the first byte of every other run are indexed; what they mean is the walk's business
// (json_tokens.h). Checked here, because it is cheap here: UTF-8, control characters inside
// strings, the last string is closed. Two engines give the same answer to the same contract test:
// simdjson's stage 1 (an internal interface, so its version is pinned) and our own scanner, for
// processors and versions it does not cover. Neither reads a byte beyond the document, so that it
// needs no padded copy.
//
// simdjson is included by json_stage1.cc and json_stage1_simdjson.cc alone. One instance, one
// thread.

#ifndef LETHE_FIELDS_JSON_STAGE1_H_
#define LETHE_FIELDS_JSON_STAGE1_H_

#include <cstdint>
#include <memory>
#include <string_view>

namespace lethe::fields {

enum class Engine : std::uint8_t {
  kFastest,   // simdjson's stage 1 where it is known and vectorised, else as below
  kPortable,  // our own scanner
};

// Begins of tokens, ascending; the engine owns them until its next scan. One more slot behind the
// last may be written: the walk puts its sentinel there.
struct TokenIndexes {
  std::uint32_t* begins = nullptr;
  std::uint32_t size = 0;
};

class Stage1 {
 public:
  static std::unique_ptr<Stage1> make(Engine engine);
  virtual ~Stage1() = default;

  // No tokens at all: the document is refused (empty, not UTF-8, a bad string). Throws bad_alloc.
  virtual TokenIndexes scan(std::string_view document) = 0;
  // The engine's name, for benchmarks and diagnostics: "icelake", "portable" ...
  virtual std::string_view name() const noexcept = 0;
};

bool is_utf8(std::string_view text) noexcept;

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_JSON_STAGE1_H_
