// SPDX-License-Identifier: Apache-2.0

#include "worker/log/spdlog_log.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/sinks/ostream_sink.h>
#include <unistd.h>

#include <array>
#include <string>
#include <utility>

namespace lethe::worker::log {
namespace {

constexpr std::array<std::string_view, 4> kNames = {"debug", "info", "warning", "error"};
constexpr const char* kTextPattern = "%Y-%m-%dT%H:%M:%S.%eZ %^%-7l%$ %v";
// The payload continues the object: `"message":...}`.
constexpr const char* kJsonPattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v)";

spdlog::level::level_enum spdlog_level(Level level) noexcept {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

// Escapes as JSON does; in text too, so that no message can break out of its line or colour a
// terminal. Other bytes pass: fields are names and messages of our own, in UTF-8.
void append_escaped(std::string& line, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      line += '\\';
      line += c;
    } else if (c == '\n') {
      line += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      line += "\\u00";
      line += kHex[byte >> 4];
      line += kHex[byte & 0xf];
    } else {
      line += c;
    }
  }
}

void append_quoted(std::string& line, std::string_view text) {
  line += '"';
  append_escaped(line, text);
  line += '"';
}

bool stands_unquoted(std::string_view text) noexcept {
  for (const char c : text)
    if (static_cast<unsigned char>(c) <= 0x20 || c == '"' || c == '=' || c == '\\' || c == 0x7f)
      return false;
  return !text.empty();
}

void append_value(std::string& line, const Field::Value& value, Format format) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    line += std::to_string(*integer);
  } else {
    const auto text = std::get<std::string_view>(value);
    if (format == Format::kText && stands_unquoted(text)) {
      line += text;
    } else {
      append_quoted(line, text);
    }
  }
}

std::string text_line(std::string_view message, std::span<const Field> fields) {
  std::string line;
  append_escaped(line, message);
  for (const Field& field : fields) {
    line += ' ';
    line += field.name();
    line += '=';
    append_value(line, field.value(), Format::kText);
  }
  return line;
}

std::string json_line(std::string_view message, std::span<const Field> fields) {
  std::string line = "\"message\":";
  append_quoted(line, message);
  for (const Field& field : fields) {
    line += ',';
    append_quoted(line, field.name());
    line += ':';
    append_value(line, field.value(), Format::kJson);
  }
  line += '}';
  return line;
}

}  // namespace

std::string_view to_string(Level level) noexcept {
  return kNames[static_cast<std::size_t>(level) % kNames.size()];
}

std::optional<Level> parse_level(std::string_view text) noexcept {
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if (kNames[i] == text) return static_cast<Level>(i);
  return std::nullopt;
}

struct SpdlogLog::Writer {
  Writer(spdlog::sink_ptr sink, Format chosen, Level lowest)
      : logger("lethe", std::move(sink)), format(chosen) {
    const char* pattern = format == Format::kText ? kTextPattern : kJsonPattern;
    logger.set_formatter(
        std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
    logger.set_level(spdlog_level(lowest));
    logger.flush_on(spdlog::level::debug);
    // The default handler prints the offending text; a lost line is not worth a second one.
    logger.set_error_handler([](const std::string&) {});
  }

  spdlog::logger logger;
  Format format;
};

SpdlogLog::SpdlogLog(std::unique_ptr<Writer> writer) : writer_(std::move(writer)) {}
SpdlogLog::~SpdlogLog() = default;

std::unique_ptr<SpdlogLog> SpdlogLog::to_stderr(Level lowest) {
  const Format format = ::isatty(STDERR_FILENO) == 1 ? Format::kText : Format::kJson;
  const auto colours =
      format == Format::kText ? spdlog::color_mode::automatic : spdlog::color_mode::never;
  auto sink = std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>(colours);
  return std::unique_ptr<SpdlogLog>(
      new SpdlogLog(std::make_unique<Writer>(std::move(sink), format, lowest)));
}

std::unique_ptr<SpdlogLog> SpdlogLog::to_stream(std::ostream& out, Format format, Level lowest) {
  auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(out);
  return std::unique_ptr<SpdlogLog>(
      new SpdlogLog(std::make_unique<Writer>(std::move(sink), format, lowest)));
}

void SpdlogLog::write(Level level, std::string_view message,
                      std::span<const Field> fields) noexcept {
  try {
    const auto wanted = spdlog_level(level);
    if (!writer_->logger.should_log(wanted)) return;
    writer_->logger.log(wanted, spdlog::string_view_t(writer_->format == Format::kText
                                                          ? text_line(message, fields)
                                                          : json_line(message, fields)));
  } catch (...) {  // no memory for the line, or a broken stream: the contract is to lose it
  }
}

}  // namespace lethe::worker::log
