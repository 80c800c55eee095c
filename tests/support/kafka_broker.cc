// SPDX-License-Identifier: Apache-2.0

#include "tests/support/kafka_broker.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

namespace lethe::testing {
namespace {

const std::string kScript = LETHE_SOURCE_DIR "/tests/support/kafka/kafka.sh";

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

// The broker takes one port and its controller that plus 100; below the range that the kernel gives
// to outgoing connections. Different processes begin at different places.
int free_port() {
  const int first = 20000 + static_cast<int>(::getpid() % 5000);
  for (int port = first; port < first + 5000; ++port) {
    if (is_free(port) && is_free(port + 100)) return port;
  }
  throw std::runtime_error("no free port for a broker");
}

bool has_command(const std::string& name) {
  return std::system(("command -v " + name + " >/dev/null 2>&1").c_str()) == 0;
}

}  // namespace

std::unique_ptr<KafkaBroker> KafkaBroker::start(std::string& why_not) {
  if (!has_command("java")) {
    why_not = "a real broker needs Java 17";
    return nullptr;
  }
  std::unique_ptr<KafkaBroker> broker(new KafkaBroker());
  if (!broker->run("install")) {
    why_not = "Kafka's jars are not there and Maven could not fetch them";
    return nullptr;
  }
  const int port = free_port();
  if (!broker->run("-p " + std::to_string(port) + " start")) {
    throw std::runtime_error("the broker did not start; see " + kScript);
  }
  broker->address_ = "localhost:" + std::to_string(port);
  return broker;
}

KafkaBroker::~KafkaBroker() {
  run("wipe");
}

bool KafkaBroker::run(const std::string& command) const {
  // A machine that builds at the same time needs longer than the script allows by itself.
  const std::string line =
      "KAFKA_WAIT=240 " + kScript + " -w " + dir_.path("kafka") + " " + command + " >&2";
  return std::system(line.c_str()) == 0;
}

void KafkaBroker::crash() {
  if (!run("kill")) throw std::runtime_error("the broker could not be killed");
}

void KafkaBroker::restart() {
  if (!run("start")) throw std::runtime_error("the broker did not start again");
}

void KafkaBroker::pause() {
  if (!run("pause")) throw std::runtime_error("the broker could not be stopped");
}

void KafkaBroker::resume() {
  if (!run("resume")) throw std::runtime_error("the broker could not be continued");
}

}  // namespace lethe::testing
