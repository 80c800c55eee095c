// SPDX-License-Identifier: Apache-2.0

#include "worker/cli/selftest_value.h"

#include <charconv>

#include "plugins/fields/decimal.h"
#include "worker/cli/selftest_operations.h"

namespace lethe::worker::cli {
namespace {

using fields::ValueType;
using Body = std::optional<Octets>;

template <class T>
Octets big_endian(T number) {
  const auto bits = static_cast<std::uint64_t>(number);
  Octets bytes;
  for (std::size_t shift = sizeof(T); shift-- != 0;)
    bytes.push_back(static_cast<std::uint8_t>(bits >> (8 * shift)));
  return bytes;
}

template <class T>
T number_of(fields::ByteView bytes) {
  std::uint64_t bits = 0;
  for (const std::uint8_t byte : bytes) bits = bits << 8 | byte;
  return static_cast<T>(bits);
}

template <class T>
Body integer_body(const Arguments& in) {
  const auto digits = in.text("value");
  if (!digits) return std::nullopt;
  T number{};
  const char* end = digits->data() + digits->size();
  const auto parsed = std::from_chars(digits->data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return big_endian(number);
}

Body text_body(const Arguments& in) {
  const auto text = in.text("value");
  if (!text) return std::nullopt;
  return Octets(text->begin(), text->end());
}

void append(Octets& body, std::span<const std::uint8_t> bytes) {
  body.insert(body.end(), bytes.begin(), bytes.end());
}

Body avro_body(const Arguments& in) {
  const json::Value* value = in.given("value");
  if (value == nullptr) return std::nullopt;
  auto body = Arguments(*value).bytes("fingerprint");
  const auto datum = Arguments(*value).bytes("datum");
  if (!body || body->size() != 8 || !datum) return std::nullopt;
  append(*body, *datum);
  return body;
}

Body protobuf_body(const Arguments& in) {
  const json::Value* value = in.given("value");
  if (value == nullptr) return std::nullopt;
  const auto message = Arguments(*value).text("message");
  const auto bytes = Arguments(*value).bytes("bytes");
  if (!message || message->size() > 0xFFFF || !bytes) return std::nullopt;
  Octets body = big_endian(static_cast<std::uint16_t>(message->size()));
  append(body, bytes_of(*message));
  append(body, *bytes);
  return body;
}

Body decimal_body(const Arguments& in) {
  const json::Value* value = in.given("value");
  const json::Value* scale = value == nullptr ? nullptr : value->find("scale");
  if (scale == nullptr || !scale->integer() || !std::in_range<std::int32_t>(*scale->integer()))
    return std::nullopt;
  const auto digits = Arguments(*value).text("unscaled");
  const auto number = digits ? fields::to_twos_complement(*digits) : std::nullopt;
  if (!number) return std::nullopt;
  Octets body = big_endian(static_cast<std::int32_t>(*scale->integer()));
  append(body, *number);
  return body;
}

struct TypeName {
  std::string_view name;
  ValueType type;
  Body (*body)(const Arguments&);
};

constexpr TypeName kTypes[] = {
    {"int64", ValueType::kInt64, integer_body<std::int64_t>},
    {"int32", ValueType::kInt32, integer_body<std::int32_t>},
    {"uint64", ValueType::kUInt64, integer_body<std::uint64_t>},
    {"float64", ValueType::kFloat64, [](const Arguments& in) { return in.bytes("value"); }},
    {"float32", ValueType::kFloat32, [](const Arguments& in) { return in.bytes("value"); }},
    {"string", ValueType::kString, text_body},
    {"bytes", ValueType::kBytes, [](const Arguments& in) { return in.bytes("value"); }},
    {"json", ValueType::kJson, text_body},
    {"avro", ValueType::kAvro, avro_body},
    {"protobuf", ValueType::kProtobuf, protobuf_body},
    {"decimal", ValueType::kDecimal, decimal_body},
};

}  // namespace

std::optional<TypedBody> body_of(const Arguments& in) {
  const auto type = in.text("type");
  if (!type) return std::nullopt;
  if (*type == "null" && in.given("value") == nullptr) return TypedBody{ValueType::kNull, {}};
  if (*type == "bool") {
    const auto value = in.boolean("value");
    if (!value) return std::nullopt;
    return TypedBody{*value ? ValueType::kTrue : ValueType::kFalse, {}};
  }
  for (const TypeName& candidate : kTypes) {
    if (candidate.name != *type) continue;
    const Body body = candidate.body(in);
    if (!body || fields::check_body(candidate.type, *body) != fields::SealedError::kNone)
      return std::nullopt;
    return TypedBody{candidate.type, *body};
  }
  return std::nullopt;
}

json::Value value_of(const fields::Plaintext& plaintext) {
  const fields::ByteView body = plaintext.body;
  switch (plaintext.type) {
    case ValueType::kNull:
      return {};
    case ValueType::kFalse:
      return false;
    case ValueType::kTrue:
      return true;
    case ValueType::kInt64:
      return std::to_string(number_of<std::int64_t>(body));
    case ValueType::kInt32:
      return std::to_string(number_of<std::int32_t>(body));
    case ValueType::kUInt64:
      return std::to_string(number_of<std::uint64_t>(body));
    case ValueType::kString:
    case ValueType::kJson:
      return text_of(body);
    case ValueType::kFloat64:
    case ValueType::kFloat32:
    case ValueType::kBytes:
      return hex(body);
    case ValueType::kAvro:
      return json::Value()
          .set("fingerprint", hex(body.first(8)))
          .set("datum", hex(body.subspan(8)));
    case ValueType::kProtobuf: {
      const auto size = number_of<std::uint16_t>(body.first(2));
      return json::Value()
          .set("message", text_of(body.subspan(2, size)))
          .set("bytes", hex(body.subspan(2u + size)));
    }
    case ValueType::kDecimal:
      return json::Value()
          .set("scale", number_of<std::int32_t>(body.first(4)))
          .set("unscaled", fields::to_digits(body.subspan(4)));
  }
  return {};
}

std::optional<fields::Padding> padding_of(const Arguments& in) {
  if (in.given("padding") == nullptr) return fields::Padding::kNone;
  const auto name = in.text("padding");
  if (name == "none") return fields::Padding::kNone;
  if (name == "bucket") return fields::Padding::kBucket;
  if (name == "padme") return fields::Padding::kPadme;
  return std::nullopt;
}

Outcome run_encode(const Arguments& in) {
  const auto value = body_of(in);
  const auto padding = padding_of(in);
  if (!value || !padding) return Outcome::invalid();
  Octets plaintext(fields::plaintext_size(value->body.size(), *padding));
  fields::write_plaintext(value->type, value->body, *padding, plaintext.data());
  return Outcome::of(json::Value().set("plaintext", hex(plaintext)));
}

Outcome run_decode(const Arguments& in) {
  const auto bytes = in.bytes("plaintext");
  if (!bytes) return Outcome::invalid();
  fields::Plaintext plaintext;
  const fields::SealedError error =
      fields::read_plaintext(*bytes, in.boolean("padded").value_or(false), plaintext);
  if (error != fields::SealedError::kNone) return Outcome::error(fields::name(error));
  return Outcome::of(
      json::Value().set("type", fields::name(plaintext.type)).set("value", value_of(plaintext)));
}

}  // namespace lethe::worker::cli
