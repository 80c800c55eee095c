// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/reapply.h"

#include <utility>

#include "lethe/strided.h"
#include "worker/pipeline/chain.h"

namespace lethe::worker::pipeline {
namespace {

// Copies views into an arena; remembers if one did not fit, which must not pass for a null.
class Copier {
 public:
  explicit Copier(connectors::Arena& arena) : arena_(arena) {}

  lethe_view operator()(const lethe_view& original) {
    if (original.data == nullptr) return connectors::kNullView;
    const std::string_view copied = arena_.copy(connectors::text(original));
    if (copied.data() == nullptr) failed_ = true;
    return connectors::view(copied);
  }

  const lethe_header* headers(const lethe_record& record) {
    if (record.n_headers == 0) return nullptr;
    const Strided<const lethe_header> originals(record.headers, record.header_stride,
                                                record.n_headers);
    auto* copied = static_cast<lethe_header*>(
        arena_.allocate(originals.size() * sizeof(lethe_header), alignof(lethe_header)));
    if (copied == nullptr) {
      failed_ = true;
      return nullptr;
    }
    for (std::size_t i = 0; i < originals.size(); ++i)
      copied[i] = {(*this)(originals[i].name), (*this)(originals[i].value)};
    return copied;
  }

  bool failed() const noexcept { return failed_; }

 private:
  connectors::Arena& arena_;
  bool failed_ = false;
};

connectors::Record restore(const connectors::Record& record, Copier& copy) {
  connectors::Record fresh{};
  fresh.in = record.in;
  fresh.in.topic = copy(record.in.topic);
  fresh.in.key = copy(record.in.key);
  fresh.in.value = copy(record.in.value);
  fresh.in.headers = copy.headers(record.in);
  fresh.in.header_stride = sizeof(lethe_header);
  fresh.out = fresh.in;
  // The source failed it before any transform saw it, and would again.
  if (record.failed && record.stage == kSourceStage) {
    fresh.failed = true;
    fresh.error_kind = record.error_kind;
    fresh.error_message = record.error_message;  // a text of the source
  }
  return fresh;
}

}  // namespace

Result<connectors::Batch> restore(connectors::Batch abandoned) {
  connectors::Batch fresh;
  Copier copy(fresh.arena);
  fresh.records.reserve(abandoned.records.size());
  for (const connectors::Record& record : abandoned.records)
    fresh.records.push_back(restore(record, copy));
  if (copy.failed()) return internal("applying a batch again: no memory for its originals");
  fresh.checkpoint = std::move(abandoned.checkpoint);
  fresh.bytes = abandoned.bytes;
  fresh.end = abandoned.end;
  return fresh;
}

}  // namespace lethe::worker::pipeline
