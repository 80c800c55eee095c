// SPDX-License-Identifier: Apache-2.0
#include "kms/store/redis_target.h"

#include <charconv>
#include <optional>

namespace lethe::kms::store::redis {
namespace {

constexpr std::string_view kScheme = "redis://";

Error no_address() {
  return bad_config(
      "`kms.cache.redis` is not an address of Redis; write redis://:PASSWORD@HOST:PORT/DATABASE, "
      "without a password redis://HOST:PORT");
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    std::uint8_t byte = 0;
    const std::string_view digits = text.substr(i + 1, 2);
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, byte, 16);
    if (digits.size() != 2 || error != std::errc() || stop != end) return std::nullopt;
    decoded += static_cast<char>(byte);
    i += 2;
  }
  return decoded;
}

bool read_credentials(std::string_view text, Target& target) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  auto user = percent_decoded(text.substr(0, colon));
  auto password = percent_decoded(text.substr(colon + 1));
  if (!user || !password || password->empty()) return false;
  target.user = std::move(*user);
  target.password = std::move(*password);
  return true;
}

// HOST, HOST:PORT or [ADDRESS]:PORT.
bool read_host(std::string_view text, Target& target) {
  std::size_t end = text.find(':');
  if (text.starts_with('[')) {
    const std::size_t bracket = text.find(']');
    if (bracket == std::string_view::npos) return false;
    target.host = text.substr(1, bracket - 1);
    end = bracket + 1;
  } else {
    target.host = text.substr(0, end);
  }
  if (target.host.empty()) return false;
  if (end >= text.size()) return true;
  return text[end] == ':' && read_number(text.substr(end + 1), target.port) && target.port != 0;
}

}  // namespace

Result<Target> Target::parse(std::string_view url) {
  if (url.starts_with("rediss://"))
    return bad_config("`kms.cache.redis` asks for TLS, which is not available; use redis:// there");
  if (!url.starts_with(kScheme)) return no_address();
  url.remove_prefix(kScheme.size());
  Target target;
  if (const std::size_t at = url.rfind('@'); at != std::string_view::npos) {
    if (!read_credentials(url.substr(0, at), target)) return no_address();
    url.remove_prefix(at + 1);
  }
  if (const std::size_t slash = url.find('/'); slash != std::string_view::npos) {
    const std::string_view database = url.substr(slash + 1);
    if (!database.empty() && !read_number(database, target.database)) return no_address();
    url = url.substr(0, slash);
  }
  if (!read_host(url, target)) return no_address();
  return target;
}

std::string Target::name() const {
  return "redis cache " + host + ":" + std::to_string(port);
}

}  // namespace lethe::kms::store::redis
