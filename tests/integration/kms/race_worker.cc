// SPDX-License-Identifier: Apache-2.0
//
// A worker process for races and crashes:
//   kms_race_worker seal FOLDER STORE OUTPUT THREADS NAMES POLICY
//     seals under name-0 ... in random order
//   kms_race_worker shred FOLDER STORE OUTPUT NAMES
//     shreds name-0 ..., one after the other
// STORE: "sqlite", or a PostgreSQL URL. Each finished piece of work is one line of OUTPUT, in the
// file before the next one begins, so that what was acknowledged is known when this process is
// killed:
//   STATE NAME DEK-ID SEALED   or   shredded NAME
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "kms/hex.h"
#include "tests/integration/kms/local_gateway.h"
#include "tests/support/kms/sessions.h"

namespace lethe::kms {
namespace {

constexpr std::size_t kBatch = 100;

std::vector<std::string> names_in_random_order(int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.push_back("name-" + std::to_string(i));
  std::shuffle(names.begin(), names.end(), std::mt19937(std::random_device()()));
  return names;
}

bool write_line(int output, const std::string& line) {
  const std::string text = line + "\n";
  return ::write(output, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

std::string hex(const std::string& bytes) {
  return to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

bool seal_batch(KeySession& session, const std::vector<std::string>& names, std::size_t from,
                ErasedPolicy policy, int output) {
  std::vector<lethe_sealing_key> keys;
  for (std::size_t i = from; i < std::min(from + kBatch, names.size()); ++i)
    keys.push_back(sealing_key(names[i]));
  const auto found = session.for_sealing({keys.data(), keys.size()}, policy);
  if (!found) {
    std::fprintf(stderr, "%s\n", found.error().message().c_str());
    return false;
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    std::string sealed;
    if (keys[i].state == LETHE_KEY_AVAILABLE &&
        seal_with(session, keys[i].handle, kA256Gcm, names[from + i], sealed) != LETHE_CRYPTO_OK)
      return false;
    if (!write_line(output, std::to_string(keys[i].state) + " " + names[from + i] + " " +
                                to_hex(id_of(keys[i]).bytes) + " " + hex(sealed)))
      return false;
  }
  return true;
}

bool seal(GatewayKms& kms, int output, int threads, int count, ErasedPolicy policy) {
  std::atomic<bool> good{true};
  std::vector<std::thread> running;
  for (int t = 0; t < threads; ++t)
    running.emplace_back([&] {
      const auto session = kms.session();
      const auto names = names_in_random_order(count);
      for (std::size_t from = 0; from < names.size() && good; from += kBatch)
        if (!seal_batch(*session, names, from, policy, output)) good = false;
    });
  for (std::thread& thread : running) thread.join();
  return good;
}

bool shred(GatewayKms& kms, int output, int count) {
  for (int i = 0; i < count; ++i) {
    const std::string name = "name-" + std::to_string(i);
    const auto erasure = kms.shred(name, {});
    if (!erasure && erasure.error().kind() != ErrorKind::kUnknownKey) {
      std::fprintf(stderr, "%s\n", erasure.error().message().c_str());
      return false;
    }
    if (erasure && !write_line(output, "shredded " + name)) return false;
  }
  return true;
}

int run(const std::vector<std::string>& arguments) {
  const auto kms = local_gateway(arguments[1], arguments[2]);
  if (!kms) {
    std::fprintf(stderr, "%s\n", kms.error().message().c_str());
    return 1;
  }
  const int output = ::open(arguments[3].c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (output < 0) return 1;
  const auto number = [&](std::size_t i) { return std::atoi(arguments[i].c_str()); };
  const bool good = arguments[0] == "seal" ? seal(**kms, output, number(4), number(5),
                                                  static_cast<ErasedPolicy>(number(6)))
                                           : shred(**kms, output, number(4));
  return good ? 0 : 1;
}

}  // namespace
}  // namespace lethe::kms

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 5) return 2;
  return lethe::kms::run(arguments);
}
