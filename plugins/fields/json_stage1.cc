// SPDX-License-Identifier: Apache-2.0
#include "plugins/fields/json_stage1.h"

#include <array>
#include <vector>

#include <simdjson.h>

#include "plugins/fields/json_string.h"

#ifdef LETHE_SIMDJSON_STAGE1
#include "plugins/fields/json_stage1_simdjson.h"
#endif

namespace lethe::fields {
namespace {

enum class Byte : std::uint8_t { kOther, kSpace, kOperator, kQuote };

constexpr std::array<Byte, 256> make_bytes() {
  std::array<Byte, 256> table{};
  const auto set = [&table](std::string_view characters, Byte byte) {
    for (const char c : characters) table[static_cast<unsigned char>(c)] = byte;
  };
  set(" \t\n\r", Byte::kSpace);
  set("{}[]:,", Byte::kOperator);
  set("\"", Byte::kQuote);
  return table;
}
constexpr std::array<Byte, 256> kBytes = make_bytes();

// The closing quote of a string whose body begins at `at`; null if it is not closed or holds a
// control character.
const char* closing_quote(const char* at, const char* end) noexcept {
  for (;;) {
    at = string_stop(at, end);
    if (at == end) return nullptr;
    if (*at == '"') return at;
    if (*at != '\\' || end - at < 2) return nullptr;
    at += 2;
  }
}

// The last byte of the run that begins at `at`. A backslash has no place there, but should it
// escape a quote, that begins no string: so both engines see the same strings in malformed
// documents too.
const char* last_of_run(const char* at, const char* end) noexcept {
  for (bool escaped = false;; ++at) {
    escaped = *at == '\\' && !escaped;
    if (at + 1 == end) return at;
    const Byte next = kBytes[static_cast<unsigned char>(at[1])];
    if (next != Byte::kOther && !(escaped && next == Byte::kQuote)) return at;
  }
}

class PortableStage1 final : public Stage1 {
 public:
  TokenIndexes scan(std::string_view document) override {
    if (!is_utf8(document)) return {};
    if (begins_.size() < document.size() + 1) begins_.resize(document.size() + 1);
    const char* const first = document.data();
    const char* const end = first + document.size();
    std::uint32_t size = 0;
    for (const char* at = first; at != end; ++at) {
      const Byte byte = kBytes[static_cast<unsigned char>(*at)];
      if (byte == Byte::kSpace) continue;
      begins_[size++] = static_cast<std::uint32_t>(at - first);
      if (byte == Byte::kQuote) {
        at = closing_quote(at + 1, end);
        if (at == nullptr) return {};
      } else if (byte == Byte::kOther) {
        at = last_of_run(at, end);
      }
    }
    return {begins_.data(), size};
  }

  std::string_view name() const noexcept override { return "portable"; }

 private:
  std::vector<std::uint32_t> begins_;
};

}  // namespace

std::unique_ptr<Stage1> Stage1::make(Engine engine) {
#ifdef LETHE_SIMDJSON_STAGE1
  if (engine == Engine::kFastest) {
    if (auto fastest = make_simdjson_stage1()) return fastest;
  }
#else
  static_cast<void>(engine);
#endif
  return std::make_unique<PortableStage1>();
}

bool is_utf8(std::string_view text) noexcept {
  return simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace lethe::fields
