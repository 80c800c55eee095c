// SPDX-License-Identifier: Apache-2.0
#include "kms/backup/lines.h"

#include <cstdint>
#include <span>
#include <utility>

#include "json/json.h"
#include "kms/base64.h"
#include "kms/hex.h"

namespace lethe::kms::backup {
namespace {

using json::Value;

std::string base64_of(std::string_view text) {
  return to_base64({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

// ---- writing

void put(Value& line, const store::ControlRow& row) {
  line.set("key", row.key).set("value", row.value);
}

void put(Value& line, const store::EdekRow& row) {
  line.set("subject", to_hex(row.subject.bytes)).set("dek_id", to_hex(row.dek_id.bytes));
  line.set("purpose", row.purpose).set("suite", row.suite);
  line.set("fence_ver", row.fence_version).set("rotation", row.rotation);
  if (!row.name.empty()) line.set("name", base64_of(row.name));
  line.set("record", base64_of(row.record));
}

void put(Value& line, const store::FenceRow& row) {
  line.set("subject", to_hex(row.subject.bytes)).set("version", row.version);
  line.set("key", row.key).set("value", row.value);
}

void put(Value& line, const store::ErasedRow& row) {
  line.set("dek_id", to_hex(row.dek_id.bytes)).set("key", row.key).set("value", row.value);
}

void put(Value& line, const store::StateRow& row) {
  line.set("subject", to_hex(row.subject.bytes)).set("key", row.key).set("value", row.value);
}

void put(Value& line, const store::JournalRow& row) {
  line.set("seq", row.seq).set("key", row.key).set("value", row.value);
}

// ---- reading

// Takes members out of a line and remembers whether each was there in its form.
class Members {
 public:
  explicit Members(const Value& line) : line_(line) {}

  std::string text(std::string_view name) {
    const Value* value = line_.find(name);
    return require(value != nullptr && value->string() != nullptr) ? *value->string()
                                                                   : std::string();
  }
  template <class Tag>
  store::Id<Tag> id(std::string_view name) {
    store::Id<Tag> id;
    require(from_hex(text(name), id.bytes));
    return id;
  }
  std::string bytes(std::string_view name) {
    const auto decoded = from_base64(text(name));
    return require(decoded.has_value()) ? std::string(decoded->begin(), decoded->end())
                                        : std::string();
  }
  template <class T>
  T number(std::string_view name) {
    const Value* value = line_.find(name);
    const auto number = value == nullptr ? std::nullopt : value->unsigned_integer();
    return require(number && std::in_range<T>(*number)) ? static_cast<T>(*number) : T{};
  }
  bool has(std::string_view name) const { return line_.find(name) != nullptr; }
  bool sound() const { return sound_; }

 private:
  bool require(bool holds) {
    sound_ = sound_ && holds;
    return holds;
  }

  const Value& line_;
  bool sound_ = true;
};

void take(Members& line, store::ControlRow& row) {
  row = {line.text("key"), line.text("value")};
}

void take(Members& line, store::EdekRow& row) {
  row.subject = line.id<store::SubjectHashTag>("subject");
  row.dek_id = line.id<store::DekIdTag>("dek_id");
  row.purpose = line.number<std::uint8_t>("purpose");
  row.suite = line.number<std::uint8_t>("suite");
  row.fence_version = line.number<std::uint64_t>("fence_ver");
  row.rotation = line.number<std::uint32_t>("rotation");
  if (line.has("name")) row.name = line.bytes("name");
  row.record = line.bytes("record");
}

void take(Members& line, store::FenceRow& row) {
  row = {line.id<store::SubjectHashTag>("subject"), line.number<std::uint64_t>("version"),
         line.text("key"), line.text("value")};
}

void take(Members& line, store::ErasedRow& row) {
  row = {line.id<store::DekIdTag>("dek_id"), line.text("key"), line.text("value")};
}

void take(Members& line, store::StateRow& row) {
  row = {line.id<store::SubjectHashTag>("subject"), line.text("key"), line.text("value")};
}

void take(Members& line, store::JournalRow& row) {
  row = {line.number<std::uint64_t>("seq"), line.text("key"), line.text("value")};
}

template <class Kind>
std::optional<Row> read(const Value& value) {
  Members line(value);
  Kind row;
  take(line, row);
  return line.sound() ? std::optional<Row>(std::move(row)) : std::nullopt;
}

template <std::size_t... I>
std::optional<Row> read_named(const std::string& name, const Value& value,
                              std::index_sequence<I...>) {
  std::optional<Row> row;
  ((name == kRowNames[I] && (row = read<std::variant_alternative_t<I, Row>>(value), true)) || ...);
  return row;
}

}  // namespace

std::string to_line(const Row& row) {
  Value line;
  line.set("row", kRowNames[row.index()]);
  std::visit([&](const auto& one) { put(line, one); }, row);
  return line.dump();
}

std::optional<Row> to_row(std::string_view line) {
  const auto value = json::parse(line);
  if (!value) return std::nullopt;
  const Value* name = value->find("row");
  if (name == nullptr || name->string() == nullptr) return std::nullopt;
  return read_named(*name->string(), *value, std::make_index_sequence<std::variant_size_v<Row>>());
}

}  // namespace lethe::kms::backup
