// SPDX-License-Identifier: Apache-2.0

#include "worker/log/throttling_log.h"

#include <utility>

namespace lethe::worker::log {
namespace {
constexpr std::string_view kOther = "further messages";
}

ThrottlingLog::ThrottlingLog(Log& log, Limits limits, std::function<Clock::time_point()> now)
    : log_(log), limits_(limits), now_(std::move(now)) {}

ThrottlingLog::~ThrottlingLog() {
  report_repeats(true);
}

void ThrottlingLog::write(Level level, std::string_view message,
                          std::span<const Field> fields) noexcept {
  try {
    const std::lock_guard lock(mutex_);
    if (admit(level, message)) log_.write(level, message, fields);
  } catch (...) {  // no memory for an account: better one line too many than none
    log_.write(level, message, fields);
  }
}

bool ThrottlingLog::admit(Level level, std::string_view message) {
  const auto now = now_();
  auto account = accounts_.find(message);
  if (account == accounts_.end()) {
    const std::string_view name = accounts_.size() < limits_.messages ? message : kOther;
    account = accounts_.try_emplace(std::string(name), Account{level, now}).first;
  }
  if (now - account->second.since >= limits_.interval) {
    report(account->first, account->second);
    account->second = Account{level, now};
  }
  return ++account->second.seen <= limits_.lines;
}

void ThrottlingLog::report_repeats(bool all) noexcept {
  const std::lock_guard lock(mutex_);
  const auto now = now_();
  for (auto account = accounts_.begin(); account != accounts_.end();) {
    if (!all && now - account->second.since < limits_.interval) {
      ++account;
      continue;
    }
    report(account->first, account->second);
    account = accounts_.erase(account);
  }
}

void ThrottlingLog::report(const std::string& message, Account& account) noexcept {
  if (account.seen <= limits_.lines) return;
  const Field repeated("repeated", account.seen - limits_.lines);
  log_.write(account.level, message, {&repeated, 1});
}

}  // namespace lethe::worker::log
