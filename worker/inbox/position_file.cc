// SPDX-License-Identifier: Apache-2.0

#include "worker/inbox/position_file.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "json/json.h"

namespace lethe::worker::inbox {
namespace {

using connectors::keycloak::Position;

std::int64_t number(const json::Value& value, std::string_view name) {
  const json::Value* member = value.find(name);
  return member == nullptr ? 0 : member->integer().value_or(0);
}

}  // namespace

Position PositionFile::read() const {
  std::ifstream file(path_);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const Result<json::Value> parsed = json::parse(text);
  const json::Value* of = parsed ? parsed->find("of") : nullptr;
  if (of == nullptr || of->string() == nullptr || *of->string() != of_) return {};
  return {number(*parsed, "admin_ms"), number(*parsed, "user_ms")};
}

Result<void> PositionFile::write(const Position& position) const {
  json::Value value;
  value.set("v", 1)
      .set("of", of_)
      .set("admin_ms", position.admin_ms)
      .set("user_ms", position.user_ms);
  const std::string fresh = path_ + ".new";
  std::ofstream file(fresh, std::ios::trunc);
  file << value.dump() << '\n';
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(fresh, path_, error);
  if (file && !error) return {};
  return bad_config("cannot write " + path_ + "; make its folder writable");
}

}  // namespace lethe::worker::inbox
