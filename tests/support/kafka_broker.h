// SPDX-License-Identifier: Apache-2.0
//
// A real Kafka broker of a test's own, run by tests/support/kafka/kafka.sh on free ports in a
// folder of its own, and stopped (by its pid file) at the end of the scope.

#ifndef LETHE_TESTS_SUPPORT_KAFKA_BROKER_H_
#define LETHE_TESTS_SUPPORT_KAFKA_BROKER_H_

#include <memory>
#include <string>

#include "tests/support/temp_dir.h"

namespace lethe::testing {

class KafkaBroker {
 public:
  // Null when there is no Java, or no Maven to fetch Kafka with; `why_not` then says what is
  // missing.
  static std::unique_ptr<KafkaBroker> start(std::string& why_not);
  ~KafkaBroker();
  KafkaBroker(const KafkaBroker&) = delete;
  KafkaBroker& operator=(const KafkaBroker&) = delete;

  const std::string& address() const noexcept { return address_; }

  void crash();    // SIGKILL
  void restart();  // with the data it had
  void pause();    // hangs, until resume()
  void resume();

 private:
  KafkaBroker() = default;
  bool run(const std::string& command) const;

  TempDir dir_;
  std::string address_;
};

}  // namespace lethe::testing

#endif  // LETHE_TESTS_SUPPORT_KAFKA_BROKER_H_
