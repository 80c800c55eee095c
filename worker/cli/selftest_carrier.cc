// SPDX-License-Identifier: Apache-2.0

#include "worker/cli/selftest_carrier.h"

#include "worker/cli/selftest_operations.h"

namespace lethe::worker::cli {

using fields::SealedError;

ReadCarrier read_carrier(std::string_view carrier, const std::string& input,
                         std::string_view marker, const fields::Limits& limits) {
  ReadCarrier read;
  if (carrier == "compact" || carrier == "avro") {
    const auto bytes = unhex(input);
    if (!bytes) return read;
    read.input = *bytes;
  }
  read.buffer.resize(input.size() + fields::kHeaderSize);
  std::uint8_t* const buffer = read.buffer.data();
  if (carrier == "compact") {
    read.error = fields::read_compact(read.input, limits, read.value);
  } else if (carrier == "text") {
    read.error = fields::read_text(input, limits, buffer, read.value);
  } else if (carrier == "json") {
    read.error = fields::read_object(input, marker, limits, buffer, read.value, &read.hints);
  } else if (carrier == "avro") {
    read.error = fields::read_avro(read.input, limits, buffer, read.value, &read.hints);
  }
  return read;
}

std::optional<std::string> write_carrier(std::string_view carrier, const fields::SealedValue& value,
                                         const fields::Hints& hints) {
  const std::size_t size = value.compact.size();
  if (carrier == "compact") return hex(value.compact);
  if (carrier == "text") {
    std::string text(fields::text_size(size), '\0');
    fields::write_text(value.compact, text.data());
    return text;
  }
  if (carrier == "json") {
    std::string text(fields::object_size_bound(size, fields::kDefaultMarker, hints), '\0');
    const char* end = fields::write_object(value, fields::kDefaultMarker, hints, text.data());
    text.resize(static_cast<std::size_t>(end - text.data()));
    return text;
  }
  if (carrier == "avro") {
    Octets datum(fields::avro_size_bound(size, hints));
    const std::uint8_t* end = fields::write_avro(value, hints, datum.data());
    return hex({datum.data(), end});
  }
  return std::nullopt;
}

std::optional<fields::Hints> hints_of(const Arguments& in) {
  fields::Hints hints;
  if (in.given("key_id") != nullptr) {
    hints.key_id = in.text("key_id");
    if (!hints.key_id || hints.key_id->size() > fields::kMaxKeyIdSize) return std::nullopt;
  }
  if (in.given("key_version") != nullptr) {
    hints.key_version = in.number_as<std::int32_t>("key_version");
    if (!hints.key_version) return std::nullopt;
  }
  return hints;
}

std::optional<fields::Limits> limits_of(const Arguments& in) {
  fields::Limits limits;
  if (in.given("max_field") == nullptr) return limits;
  const auto most = in.number_as<std::uint32_t>("max_field");
  if (!most) return std::nullopt;
  limits.max_field = *most;
  return limits;
}

Outcome run_transcode(const Arguments& in) {
  const auto from = in.text("from");
  const auto to = in.text("to");
  const auto input = in.text("value");
  const auto supplied = hints_of(in);
  const auto limits = limits_of(in);
  if (!from || !to || !input || !supplied || !limits) return Outcome::invalid();
  const ReadCarrier read = read_carrier(*from, *input, fields::kDefaultMarker, *limits);
  if (read.error != SealedError::kNone) return Outcome::error(fields::name(read.error));
  fields::Hints hints = read.hints;
  if (supplied->key_id) hints.key_id = supplied->key_id;
  if (supplied->key_version) hints.key_version = supplied->key_version;
  const auto output = write_carrier(*to, read.value, hints);
  return output ? Outcome::of(json::Value().set("value", *output)) : Outcome::invalid();
}

}  // namespace lethe::worker::cli
