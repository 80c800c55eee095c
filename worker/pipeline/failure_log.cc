// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/failure_log.h"

namespace lethe::worker::pipeline {

void log_failure(log::Log& log, std::string_view pipeline, std::string_view where,
                 const connectors::Record& record, Disposition disposition) noexcept {
  const log::Level level =
      disposition == Disposition::kStop ? log::Level::kError : log::Level::kWarning;
  const log::Field fields[] = {{"pipeline", pipeline},
                               {"transform", where},
                               {"kind", lethe::to_string(record.error_kind)},
                               {"on_error", to_string(disposition)},
                               {"topic", connectors::text(record.in.topic)},
                               {"partition", record.in.partition},
                               {"offset", record.in.offset},
                               {"path", record.error_path}};
  const std::size_t n = std::size(fields) - (record.error_path.empty() ? 1 : 0);
  log.write(level, record.error_message, {fields, n});
}

std::string describe_failure(std::string_view where, const connectors::Record& record) {
  std::string sentence(where);
  sentence.append(": ").append(record.error_message);
  if (!record.error_path.empty()) sentence.append(" (path ").append(record.error_path).append(")");
  sentence.append(", at topic ").append(connectors::text(record.in.topic));
  sentence.append(" partition ").append(std::to_string(record.in.partition));
  sentence.append(" offset ").append(std::to_string(record.in.offset));
  return sentence;
}

}  // namespace lethe::worker::pipeline
