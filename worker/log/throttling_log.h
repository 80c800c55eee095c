// SPDX-License-Identifier: Apache-2.0
//
// A log for what may happen to every record: the first few lines of a message in an interval are
// written, the rest are counted and reported as one line when the interval is over ("...
// repeated=N"). Messages are told apart by their text, of which there are few: texts beyond a bound
// share one account. Thread-safe; borrows the log behind it.

#ifndef LETHE_WORKER_LOG_THROTTLING_LOG_H_
#define LETHE_WORKER_LOG_THROTTLING_LOG_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "worker/log/log.h"

namespace lethe::worker::log {

class ThrottlingLog final : public Log {
 public:
  using Clock = std::chrono::steady_clock;
  struct Limits {
    std::uint64_t lines = 5;  // of one message in an interval
    std::chrono::seconds interval{10};
    std::size_t messages = 256;  // told apart
  };

  explicit ThrottlingLog(Log& log) : ThrottlingLog(log, Limits{}, &Clock::now) {}
  ThrottlingLog(Log& log, Limits limits, std::function<Clock::time_point()> now);
  ~ThrottlingLog() override;

  void write(Level level, std::string_view message,
             std::span<const Field> fields) noexcept override;

  // Reports the repeats of intervals that are over, or of all. The destructor does the latter.
  void report_repeats(bool all = false) noexcept;

 private:
  struct Account {
    Level level;
    Clock::time_point since;
    std::uint64_t seen = 0;
  };
  using Accounts = std::map<std::string, Account, std::less<>>;

  bool admit(Level level, std::string_view message);
  void report(const std::string& message, Account& account) noexcept;

  Log& log_;
  const Limits limits_;
  const std::function<Clock::time_point()> now_;
  std::mutex mutex_;
  Accounts accounts_;
};

}  // namespace lethe::worker::log

#endif  // LETHE_WORKER_LOG_THROTTLING_LOG_H_
