// SPDX-License-Identifier: Apache-2.0
#include "kms/store/redis_shelf.h"

#include <algorithm>
#include <cstdint>

#include "kms/hex.h"

namespace lethe::kms::store::redis {
namespace {

constexpr std::string_view kFormat = "LR1";
constexpr std::size_t kMostOfACommand = 1024;  // a longer one would keep others waiting

template <class Number>
void put_number(std::string& text, Number number) {
  for (std::size_t i = sizeof number; i-- > 0;)
    text += static_cast<char>(static_cast<std::uint64_t>(number) >> (8 * i));
}

void put_id(std::string& text, const crypto::Id16& id) {
  text.append(reinterpret_cast<const char*>(id.data()), id.size());
}

// Takes parts off the front of a text; once something is missing, nothing is there any more.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::string_view bytes(std::size_t size) {
    if (size > text_.size()) {
      complete_ = false;
      text_ = {};
      return {};
    }
    const std::string_view taken = text_.substr(0, size);
    text_.remove_prefix(size);
    return taken;
  }
  template <class Number>
  Number number() {
    std::uint64_t number = 0;
    for (const char byte : bytes(sizeof(Number)))
      number = number << 8 | static_cast<std::uint8_t>(byte);
    return static_cast<Number>(number);
  }
  crypto::Id16 id() {
    crypto::Id16 id{};
    const std::string_view taken = bytes(id.size());
    std::copy(taken.begin(), taken.end(), id.begin());
    return id;
  }
  bool is_finished() const { return complete_ && text_.empty(); }

 private:
  std::string_view text_;
  bool complete_ = true;
};

std::string key_of(std::string_view store_id, const DekId& id) {
  return std::string("lethe:").append(store_id).append(":").append(to_hex(id.bytes));
}

// One command for each part of the ids.
std::vector<Command> commands_for(const char* verb, std::string_view store_id,
                                  std::span<const DekId> ids) {
  std::vector<Command> commands;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (i % kMostOfACommand == 0) commands.push_back({verb});
    commands.back().push_back(key_of(store_id, ids[i]));
  }
  return commands;
}

}  // namespace

std::string write_row(const EdekRow& row) {
  std::string text(kFormat);
  put_id(text, row.subject.bytes);
  put_id(text, row.dek_id.bytes);
  put_number(text, row.purpose);
  put_number(text, row.suite);
  put_number(text, row.fence_version);
  put_number(text, row.rotation);
  put_number(text, static_cast<std::uint32_t>(row.record.size()));
  return text += row.record;
}

std::optional<EdekRow> read_row(std::string_view text, const DekId& id) {
  Reader reader(text);
  if (reader.bytes(kFormat.size()) != kFormat) return std::nullopt;
  EdekRow row;
  row.subject.bytes = reader.id();
  row.dek_id.bytes = reader.id();
  row.purpose = reader.number<std::uint8_t>();
  row.suite = reader.number<std::uint8_t>();
  row.fence_version = reader.number<std::uint64_t>();
  row.rotation = reader.number<std::uint32_t>();
  row.record = reader.bytes(reader.number<std::uint32_t>());
  if (!reader.is_finished() || row.dek_id != id) return std::nullopt;
  return row;
}

std::vector<EdekRow> Shelf::find(std::string_view store_id, std::span<const DekId> ids) {
  std::vector<EdekRow> rows;
  if (ids.empty()) return rows;
  const auto replies = link_.run(commands_for("MGET", store_id, ids));
  if (!replies) return rows;
  auto id = ids.begin();
  for (const Reply& reply : *replies) {
    const auto asked = std::min<std::ptrdiff_t>(kMostOfACommand, ids.end() - id);
    if (static_cast<std::ptrdiff_t>(reply.size()) != asked) return rows;  // no answer to MGET
    for (const std::optional<std::string>& value : reply) {
      auto row = value ? read_row(*value, *id) : std::nullopt;
      if (row) rows.push_back(std::move(*row));
      ++id;
    }
  }
  return rows;
}

void Shelf::put(std::string_view store_id, std::span<const EdekRow> rows) {
  std::vector<Command> commands;
  for (const EdekRow& row : rows)
    if (row.name.empty())
      commands.push_back({"SET", key_of(store_id, row.dek_id), write_row(row), "EX", ttl_});
  if (commands.empty()) return;
  link_.run(commands);  // trouble is the link's to report
}

void Shelf::drop(std::string_view store_id, std::span<const DekId> ids) {
  if (ids.empty()) return;
  link_.run(commands_for("UNLINK", store_id, ids));  // likewise; the fence makes them dead
}

}  // namespace lethe::kms::store::redis
