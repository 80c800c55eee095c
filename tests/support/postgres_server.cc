// SPDX-License-Identifier: Apache-2.0

#include "tests/support/postgres_server.h"

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <stdexcept>

namespace lethe::testing {
namespace {

const std::string kScript = LETHE_SOURCE_DIR "/tests/support/postgres/postgres.sh";
constexpr int kMissing = 77;

bool is_free(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool bound = ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return bound;
}

// Below the range that the kernel gives to outgoing connections.
std::string free_port() {
  static std::atomic<int> next{26000 + static_cast<int>(::getpid() % 4000)};
  for (int tried = 0; tried < 2000; ++tried)
    if (const int port = next++; is_free(port)) return std::to_string(port);
  throw std::runtime_error("no free port for PostgreSQL");
}

}  // namespace

// The server runs as another user, who must be able to enter the folder.
PostgresServer::PostgresServer() {
  ::chmod(dir_.path("").c_str(), 0711);
}

PostgresServer::~PostgresServer() {
  run("wipe");
}

std::unique_ptr<PostgresServer> PostgresServer::start(std::string& why_not, bool safe) {
  std::unique_ptr<PostgresServer> server(new PostgresServer());
  const std::string port = free_port();
  const int status = server->run("-p " + port + (safe ? " -s start" : " start"));
  if (status == kMissing) {
    why_not = "PostgreSQL's server programs are not installed";
    return nullptr;
  }
  if (status != 0) throw std::runtime_error("PostgreSQL did not start");
  server->address_ = "postgresql://test:test@127.0.0.1:" + port;
  return server;
}

std::unique_ptr<PostgresServer> PostgresServer::standby_of(const PostgresServer& primary) {
  std::unique_ptr<PostgresServer> server(new PostgresServer());
  const std::string port = free_port();
  server->must("-p " + port + " standby " + primary.dir_.path("node"));
  server->address_ = "postgresql://test:test@127.0.0.1:" + port;
  return server;
}

int PostgresServer::run(const std::string& command) const {
  const std::string line = kScript + " -w " + dir_.path("node") + " " + command + " >&2";
  const int status = std::system(line.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void PostgresServer::must(const std::string& command) const {
  if (run(command) != 0) throw std::runtime_error("failed: postgres.sh " + command);
}

std::string PostgresServer::host_and_port() const {
  return address_.substr(address_.find('@') + 1);
}

void PostgresServer::crash() {
  must("kill");
}

void PostgresServer::restart() {
  must("start");
}

void PostgresServer::pause() {
  must("pause");
}

void PostgresServer::resume() {
  must("resume");
}

void PostgresServer::promote() {
  must("promote");
}

const std::string& shared_postgres(std::string& why_not) {
  static std::unique_ptr<PostgresServer> own;
  static const std::string address = [&] {
    std::string left = TempDir::read(LETHE_BINARY_DIR "/postgres-for-tests/address");
    while (!left.empty() && left.back() == '\n') left.pop_back();
    if (left.empty() && (own = PostgresServer::start(why_not)) != nullptr) {
      left = own->url("");
      left.pop_back();
    }
    return left;
  }();
  return address;
}

PostgresDatabase::PostgresDatabase() {
  static std::atomic<int> next{0};
  std::string why_not;
  const std::string& address = shared_postgres(why_not);
  if (address.empty()) throw std::runtime_error(why_not);
  name_ = "lethe_" + std::to_string(::getpid()) + "_" + std::to_string(next++);
  postgres_query(address + "/postgres", "drop database if exists " + name_ + " with (force)");
  postgres_query(address + "/postgres", "create database " + name_);
  url_ = address + "/" + name_;
}

PostgresDatabase::~PostgresDatabase() {
  std::string why_not;
  try {
    postgres_query(shared_postgres(why_not) + "/postgres",
                   "drop database " + name_ + " with (force)");
  } catch (const std::exception&) {
    // A leftover in a throw-away server fails no test.
  }
}

std::string PostgresDatabase::query(const std::string& sql) const {
  return postgres_query(url_, sql);
}

std::string postgres_query(const std::string& url, const std::string& sql) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(url.c_str()), PQfinish);
  if (PQstatus(connection.get()) != CONNECTION_OK)
    throw std::runtime_error(PQerrorMessage(connection.get()));
  PQsetNoticeProcessor(
      connection.get(), [](void*, const char*) {}, nullptr);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), sql.c_str()),
                                                             PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    throw std::runtime_error(PQresultErrorMessage(result.get()));
  return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

}  // namespace lethe::testing
