// SPDX-License-Identifier: Apache-2.0
//
// Records for a test, what a plugin made of them, and the memory between:
//
//   FakeBatch batch;
//   batch.add().topic("notes").key("7").value("call 555").header("trace", "a1");
//   Record record = batch[0];
//   EXPECT_TRUE(redact->apply(record));
//   EXPECT_EQ(batch.value_after(0), "call ***");
//
// Every allocation of the arena is a block of its own, so that AddressSanitizer sees a plugin write
// beyond it. One thread.

#ifndef LETHE_TESTING_FAKE_BATCH_H_
#define LETHE_TESTING_FAKE_BATCH_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lethe/abi.h"
#include "lethe/record.h"

namespace lethe::testing {

class FakeArena {
 public:
  explicit FakeArena(std::uint64_t limit = std::uint64_t{1} << 30) : left_(limit) {
    abi_ = {sizeof(lethe_arena), 0, this, &FakeArena::allocate};
  }
  FakeArena(const FakeArena&) = delete;
  FakeArena& operator=(const FakeArena&) = delete;

  const lethe_arena* abi() const noexcept { return &abi_; }
  std::size_t allocations() const noexcept { return blocks_.size(); }

 private:
  static void* allocate(void* self, std::uint64_t size, std::uint64_t) {
    auto& arena = *static_cast<FakeArena*>(self);
    if (size > arena.left_) return nullptr;
    arena.left_ -= size;
    arena.blocks_.push_back(std::make_unique<unsigned char[]>(static_cast<std::size_t>(size)));
    return arena.blocks_.back().get();
  }

  std::uint64_t left_;
  std::vector<std::unique_ptr<unsigned char[]>> blocks_;
  lethe_arena abi_;
};

using Text = std::optional<std::string>;  // nothing: null
using HeaderList = std::vector<std::pair<std::string, Text>>;

class RecordBuilder {
 public:
  RecordBuilder& topic(std::string text) { return topic_ = std::move(text), *this; }
  RecordBuilder& key(Text text) { return key_ = std::move(text), *this; }
  RecordBuilder& value(Text text) { return value_ = std::move(text), *this; }
  RecordBuilder& header(std::string name, Text text) {
    headers_.emplace_back(std::move(name), std::move(text));
    return *this;
  }
  RecordBuilder& timestamp_ms(std::int64_t since_1970) { return timestamp_ = since_1970, *this; }
  RecordBuilder& position(std::int32_t partition, std::int64_t offset) {
    return partition_ = partition, offset_ = offset, *this;
  }

  // Views into this object.
  lethe_record abi() {
    views_.clear();
    for (const auto& [name, text] : headers_) views_.push_back({to_view(name), nullable(text)});
    return {sizeof(lethe_record), partition_,          offset_,          timestamp_,
            to_view(topic_),      nullable(key_),      nullable(value_), views_.data(),
            views_.size(),        sizeof(lethe_header)};
  }

 private:
  static lethe_view nullable(const Text& text) noexcept {
    return text ? to_view(*text) : lethe_view{nullptr, 0};
  }

  std::string topic_ = "topic";
  Text key_;
  Text value_;
  HeaderList headers_;
  std::int64_t timestamp_ = -1;
  std::int32_t partition_ = -1;
  std::int64_t offset_ = -1;
  std::vector<lethe_header> views_;
};

class FakeBatch {
 public:
  // arena_limit: bytes a plugin may allocate before allocate() answers NULL.
  explicit FakeBatch(std::uint64_t arena_limit = std::uint64_t{1} << 30) : arena_(arena_limit) {}

  // Another record, to be filled in before the first call of abi().
  RecordBuilder& add() { return builders_.emplace_back(); }

  // The batch as a plugin's apply() gets it; verdicts are empty at the first call.
  const lethe_batch* abi() {
    if (records_.size() != builders_.size()) freeze();
    return &batch_;
  }
  Batch view() { return Batch(abi()); }
  Record operator[](std::size_t i) { return view()[i]; }
  const FakeArena& arena() const noexcept { return arena_; }

  const lethe_verdict& verdict(std::size_t i) const { return verdicts_.at(i); }
  std::string_view message(std::size_t i) const { return to_text(verdict(i).message); }
  bool kept(std::size_t i) const { return verdict(i).action == LETHE_KEEP; }
  bool dropped(std::size_t i) const { return verdict(i).action == LETHE_DROP; }
  bool failed(std::size_t i) const { return verdict(i).action == LETHE_FAILED; }

  // The record as it goes on.
  Text key_after(std::size_t i) const {
    return text(replaced(i, LETHE_REPLACED_KEY) ? verdict(i).key : records_.at(i).key);
  }
  Text value_after(std::size_t i) const {
    return text(replaced(i, LETHE_REPLACED_VALUE) ? verdict(i).value : records_.at(i).value);
  }
  std::string topic_after(std::size_t i) const {
    return std::string(
        to_text(replaced(i, LETHE_REPLACED_TOPIC) ? verdict(i).topic : records_.at(i).topic));
  }
  HeaderList headers_after(std::size_t i) const {
    const bool anew = replaced(i, LETHE_REPLACED_HEADERS);
    const lethe_header* first = anew ? verdict(i).headers : records_.at(i).headers;
    const std::uint64_t n = anew ? verdict(i).n_headers : records_.at(i).n_headers;
    HeaderList headers;
    for (std::uint64_t h = 0; h < n; ++h)
      headers.emplace_back(std::string(to_text(first[h].name)), text(first[h].value));
    return headers;
  }

 private:
  static Text text(const lethe_view& view) {
    return view.data == nullptr ? Text() : Text(std::string(to_text(view)));
  }
  bool replaced(std::size_t i, std::uint32_t what) const {
    return verdict(i).action == LETHE_REPLACED && (verdict(i).replaced & what) != 0;
  }
  void freeze() {
    records_.clear();
    for (RecordBuilder& builder : builders_) records_.push_back(builder.abi());
    lethe_verdict empty{};
    empty.struct_size = sizeof(lethe_verdict);
    verdicts_.assign(records_.size(), empty);
    batch_ = {sizeof(lethe_batch), 0,
              records_.data(),     sizeof(lethe_record),
              verdicts_.data(),    sizeof(lethe_verdict),
              records_.size(),     arena_.abi()};
  }

  FakeArena arena_;
  std::deque<RecordBuilder> builders_;  // add() hands out references
  std::vector<lethe_record> records_;
  std::vector<lethe_verdict> verdicts_;
  lethe_batch batch_{};
};

}  // namespace lethe::testing

#endif  // LETHE_TESTING_FAKE_BATCH_H_
