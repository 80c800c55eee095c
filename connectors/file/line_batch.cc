// SPDX-License-Identifier: Apache-2.0

#include "connectors/file/line_batch.h"

#include <utility>

#include "connectors/file/descriptor.h"

namespace lethe::connectors::file {
namespace {

struct BlockOwner final : BatchOwner {
  BlockOwner(std::shared_ptr<char[]> lines, std::shared_ptr<const std::string> name)
      : block(std::move(lines)), topic(std::move(name)) {}
  std::shared_ptr<char[]> block;
  std::shared_ptr<const std::string> topic;
};

}  // namespace

LineBatcher::LineBatcher(std::string topic, LineFormat format, BatchLimits limits)
    : topic_(std::make_shared<const std::string>(std::move(topic))),
      format_(std::move(format)),
      limits_(limits) {}

Result<bool> LineBatcher::fill(int fd, LineReader& reader, std::chrono::milliseconds wait,
                               Batch& batch) {
  while (batch.records.size() < limits_.records && batch.bytes < limits_.bytes) {
    std::string_view line;
    if (reader.next(line)) {
      add(reader, line, batch);
      continue;
    }
    if (!batch.empty() && !reader.has_room()) return false;
    // A batch that has something leaves at once when the input pauses.
    if (!wait_readable(fd, batch.empty() ? wait : std::chrono::milliseconds(0))) return false;
    const LineReader::Filled filled = LETHE_TRY(reader.fill());
    if (filled == LineReader::Filled::kEnd) return true;
    if (filled == LineReader::Filled::kNothing) return false;
  }
  return false;
}

void LineBatcher::add(LineReader& reader, std::string_view line, Batch& batch) {
  if (is_blank(line)) return;
  if (batch.owner == nullptr) {
    batch.owner = std::make_unique<BlockOwner>(reader.block(), topic_);
    batch.records.reserve(limits_.records);
  }
  Record& record = batch.records.emplace_back();
  record.in = {sizeof(lethe_record),
               -1,
               static_cast<std::int64_t>(reader.lines()),
               -1,
               view(*topic_),
               kNullView,
               kNullView,
               nullptr,
               0,
               sizeof(lethe_header)};
  read_line(format_, line, batch.arena, record);
  batch.bytes += line.size();
}

}  // namespace lethe::connectors::file
