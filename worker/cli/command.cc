// SPDX-License-Identifier: Apache-2.0

#include "worker/cli/command.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <iostream>

#include "worker/log/spdlog_log.h"
#include "worker/wiring.h"

namespace lethe::worker::cli {

std::unique_ptr<log::Log> make_log(const LogOptions& options) {
  const log::Level level = log::parse_level(options.level).value_or(log::Level::kInfo);
  if (options.format.empty()) return log::SpdlogLog::to_stderr(level);
  const log::Format format = options.format == "json" ? log::Format::kJson : log::Format::kText;
  return log::SpdlogLog::to_stream(std::cerr, format, level);
}

int report(const Error& error) {
  std::cerr << "lethe: " << error.message() << '\n';
  return error.kind() == ErrorKind::kBadConfig ? kUsage : kFailed;
}

void show(const config::Diagnostics& diagnostics) {
  for (const config::Diagnostic& diagnostic : diagnostics.entries())
    std::cerr << to_string(diagnostic) << '\n';
}

void print(const json::Value& value) {
  std::cout << value.dump() << '\n';
}

void print(const std::string& text) {
  std::cout << text;
  if (!text.empty() && text.back() != '\n') std::cout << '\n';
}

Result<std::unique_ptr<kms::GatewayKms>> open_kms(const Files& files, Custody custody,
                                                  log::Log& log) {
  harden_process();
  config::Diagnostics diagnostics;
  Result<config::WorkerConfig> worker = load_worker_only(files, diagnostics);
  show(diagnostics);
  if (!worker) return std::move(worker).error();
  return make_kms(*worker, custody, log);
}

void harden_process() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
}

}  // namespace lethe::worker::cli
