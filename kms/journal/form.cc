// SPDX-License-Identifier: Apache-2.0
#include "kms/journal/form.h"

#include <algorithm>
#include <utility>

#include "kms/hex.h"
#include "kms/row_texts.h"

namespace lethe::kms::journal {
namespace {

constexpr std::size_t kMaxText = 255;

const json::Value kNull;
const json::Array kNothing;

template <class T>
bool strictly_ascending(const std::vector<T>& values) {
  return std::adjacent_find(values.begin(), values.end(),
                            [](const T& a, const T& b) { return !(a < b); }) == values.end();
}

std::optional<crypto::Digest> digest_of(const json::Value& value) {
  crypto::Digest digest;
  if (value.string() == nullptr || !from_hex(*value.string(), digest)) return std::nullopt;
  return digest;
}

std::optional<std::uint64_t> positive(const json::Value& value) {
  const auto number = value.unsigned_integer();
  return number && *number >= 1 ? number : std::nullopt;
}

}  // namespace

const json::Value& Form::take(std::string_view name) {
  const json::Value* value = object_.find(name);
  ++taken_;
  return value == nullptr ? kNull : *value;
}

template <class T>
T Form::or_unsound(std::optional<T> value) {
  require(value.has_value());
  return std::move(value).value_or(T{});
}

std::string Form::any_text(std::string_view name) {
  const std::string* text = take(name).string();
  return or_unsound(text == nullptr ? std::nullopt : std::optional(*text));
}

std::string Form::text(std::string_view name) {
  std::string value = any_text(name);
  require(!value.empty() && value.size() <= kMaxText);
  return value;
}

std::string Form::name(std::string_view name) {
  std::string value = text(name);
  require(value.find('\0') == value.npos);
  return value;
}

std::string Form::erasure_id(std::string_view name) {
  std::string value = any_text(name);
  require(is_erasure_id(value));
  return value;
}

std::uint64_t Form::number(std::string_view name) {
  return or_unsound(positive(take(name)));
}

std::int64_t Form::integer(std::string_view name) {
  return or_unsound(take(name).integer());
}

crypto::Digest Form::digest(std::string_view name) {
  return or_unsound(digest_of(take(name)));
}

Time Form::time(std::string_view name) {
  return or_unsound(to_time(any_text(name)));
}

const json::Array& Form::array(std::string_view name) {
  const json::Array* array = take(name).array();
  require(array != nullptr);
  return array == nullptr ? kNothing : *array;
}

std::vector<store::DekId> Form::dek_ids(std::string_view name) {
  std::vector<store::DekId> ids;
  for (const json::Value& value : array(name)) {
    store::DekId id;
    require(value.string() != nullptr && from_hex(*value.string(), id.bytes));
    ids.push_back(id);
  }
  require(strictly_ascending(ids));
  return ids;
}

std::vector<std::uint64_t> Form::numbers(std::string_view name) {
  std::vector<std::uint64_t> numbers;
  for (const json::Value& value : array(name)) numbers.push_back(or_unsound(positive(value)));
  require(!numbers.empty() && strictly_ascending(numbers));
  return numbers;
}

std::vector<std::string> Form::texts(std::string_view name) {
  std::vector<std::string> texts;
  for (const json::Value& value : array(name)) {
    require(value.string() != nullptr);
    if (value.string() != nullptr) texts.push_back(*value.string());
  }
  return texts;
}

std::vector<crypto::Digest> Form::digests(std::string_view name) {
  std::vector<crypto::Digest> digests;
  for (const json::Value& value : array(name)) digests.push_back(or_unsound(digest_of(value)));
  return digests;
}

json::Value Form::object(std::string_view name) {
  const json::Value& value = take(name);
  require(value.object() != nullptr);
  return value;
}

bool Form::is_sound() const {
  return sound_ && object_.object() != nullptr && object_.object()->size() == taken_;
}

}  // namespace lethe::kms::journal
