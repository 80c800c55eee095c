// SPDX-License-Identifier: Apache-2.0
#include "kms/store/postgres_target.h"

#include <libpq-fe.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <string_view>

namespace lethe::kms::store::postgres {
namespace {

using Parameters = Target::Parameters;

const std::string* find(const Parameters& parameters, std::string_view name) {
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [&](const auto& pair) { return pair.first == name; });
  return found == parameters.end() ? nullptr : &found->second;
}

void set(Parameters& parameters, std::string_view name, std::string value) {
  std::erase_if(parameters, [&](const auto& pair) { return pair.first == name; });
  parameters.emplace_back(name, std::move(value));
}

void set_default(Parameters& parameters, std::string_view name, std::string_view value) {
  if (find(parameters, name) == nullptr) set(parameters, name, std::string(value));
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts;
  std::istringstream stream(list + ",");
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
}

// The parameters that the string gives, without the passwords of libpq's files.
Result<Parameters> given(const std::string& conninfo) {
  char* complaint = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(conninfo.c_str(), &complaint), PQconninfoFree);
  PQfreemem(complaint);  // it may quote a password
  if (!options)
    return bad_config(
        "`kms.store.postgres` is not a connection string; write postgresql://HOST:PORT/DATABASE");
  Parameters parameters;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option)
    if (option->val != nullptr) parameters.emplace_back(option->keyword, option->val);
  return parameters;
}

std::string name_of(const Parameters& parameters) {
  const auto value = [&](std::string_view name) {
    const std::string* found = find(parameters, name);
    return found == nullptr ? std::string() : *found;
  };
  std::string name = "postgres store ";
  if (!value("service").empty()) return name + "of service " + value("service");
  name += value("host").empty() ? value("hostaddr") : value("host");
  if (!value("port").empty()) name += ":" + value("port");
  return name + "/" + value("dbname");
}

// What a key store needs of every connection.
void complete(Parameters& parameters) {
  set(parameters, "target_session_attrs", "read-write");  // never a standby
  set(parameters, "client_encoding", "UTF8");
  set_default(parameters, "fallback_application_name", "lethe");
  set_default(parameters, "keepalives_idle", "10");
  set_default(parameters, "keepalives_interval", "5");
  set_default(parameters, "keepalives_count", "3");
  set_default(parameters, "tcp_user_timeout", "15000");
}

// One set of parameters for each host of a comma-separated list.
std::vector<Parameters> one_by_one(const Parameters& parameters) {
  std::vector<Parameters> hosts;
  const std::string* names = find(parameters, "host");
  const std::string* addresses = find(parameters, "hostaddr");
  const std::string* list = addresses != nullptr ? addresses : names;
  const std::size_t count = list == nullptr ? 1 : split(*list).size();
  for (std::size_t i = 0; i < count; ++i) {
    Parameters host = parameters;
    for (const char* each : {"host", "hostaddr", "port"})
      if (const std::string* values = find(parameters, each)) {
        const std::vector<std::string> parts = split(*values);
        set(host, each, parts[std::min(i, parts.size() - 1)]);
      }
    hosts.push_back(std::move(host));
  }
  return hosts;
}

}  // namespace

Result<Target> Target::parse(const std::string& conninfo) {
  Parameters parameters = LETHE_TRY(given(conninfo));
  Target target;
  target.name = name_of(parameters);
  if (const std::string* seconds = find(parameters, "connect_timeout"))
    if (const int limit = std::atoi(seconds->c_str()); limit > 0)
      target.connect_timeout = std::chrono::seconds(limit);
  complete(parameters);
  target.hosts = one_by_one(parameters);
  return target;
}

}  // namespace lethe::kms::store::postgres
