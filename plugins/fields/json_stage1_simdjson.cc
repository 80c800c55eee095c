// SPDX-License-Identifier: Apache-2.0
#include "plugins/fields/json_stage1_simdjson.h"

#include <algorithm>
#include <bit>
#include <new>
#include <string>

#include <simdjson.h>

namespace lethe::fields {
namespace {

// What we rely on and what no public interface promises: indexes hold structural characters outside
// strings, opening quotes and the first byte of each other run; the array has slots to spare behind
// them; the last block is read through a copy, so nothing beyond the document is touched; control
// characters in strings, an open string and bad UTF-8 are refused. Read in 3.0.x. For another
// version read it again, run tests/contract/field_editor, then widen this and editor.cmake.
static_assert(simdjson::SIMDJSON_VERSION_MAJOR == 3 && simdjson::SIMDJSON_VERSION_MINOR == 0);

constexpr std::size_t kSmallestCapacity = 4096;
constexpr std::size_t kNoStage2 = 1;  // depth of the stacks of a stage that is never run

class SimdjsonStage1 final : public Stage1 {
 public:
  explicit SimdjsonStage1(const simdjson::implementation& implementation)
      : implementation_(implementation), name_(implementation.name()) {}

  TokenIndexes scan(std::string_view document) override {
    if (document.size() > capacity_) grow(document.size());
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(document.data());
    const auto error = parser_->stage1(bytes, document.size(), simdjson::stage1_mode::regular);
    if (error != simdjson::SUCCESS) return {};
    return {parser_->structural_indexes.get(), parser_->n_structural_indexes};
  }

  std::string_view name() const noexcept override { return name_; }

 private:
  // Four bytes of index per byte of the largest document seen.
  void grow(std::size_t size) {
    const std::size_t wanted = std::bit_ceil(std::max(size, kSmallestCapacity));
    const std::size_t capacity = std::min<std::size_t>(wanted, simdjson::SIMDJSON_MAXSIZE_BYTES);
    capacity_ = 0;
    const auto error =
        implementation_.create_dom_parser_implementation(capacity, kNoStage2, parser_);
    if (error != simdjson::SUCCESS) throw std::bad_alloc();
    capacity_ = capacity;
  }

  const simdjson::implementation& implementation_;
  const std::string name_;
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser_;
  std::size_t capacity_ = 0;
};

}  // namespace

std::unique_ptr<Stage1> make_simdjson_stage1() {
  const simdjson::implementation* active = simdjson::get_active_implementation();
  // The scalar fallback indexes by other rules, and our own scanner is not slower.
  if (active->name() == "fallback" || active->name() == "unsupported") return nullptr;
  return std::make_unique<SimdjsonStage1>(*active);
}

}  // namespace lethe::fields
