// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/dead_letter.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "lethe/strided.h"

namespace lethe::worker::pipeline {
namespace {

using connectors::kNullView;
using connectors::text;
using connectors::view;

constexpr std::size_t kMostErrorHeaders = 11;
constexpr std::string_view kArenaIsFull =
    "making a dead letter: the batch is too large; read smaller batches";

// The class of an exception in Connect; for us the kind of the error, in a form that cannot be
// mistaken for a Java class of somebody's.
constexpr std::string_view exception_class(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::kTransient:
      return "lethe.transient";
    case ErrorKind::kBadRecord:
      return "lethe.bad_record";
    case ErrorKind::kBadConfig:
      return "lethe.bad_config";
    case ErrorKind::kShredded:
      return "lethe.shredded";
    case ErrorKind::kUnknownKey:
      return "lethe.unknown_key";
    case ErrorKind::kBlocked:
      return "lethe.blocked";
    case ErrorKind::kInternal:
      return "lethe.internal";
  }
  return "lethe.internal";
}

// Headers that only this file writes: of an earlier life as a dead letter, or made up.
bool is_ours(std::string_view name) noexcept {
  return name.starts_with(kConnectErrorsPrefix) || name == kErrorKindHeader ||
         name == kSealedHeader;
}

// Appends headers, their values copied into the arena: a dead letter needs nothing of whoever made
// it.
class HeaderList {
 public:
  HeaderList(std::size_t most, connectors::Arena& arena)
      : arena_(arena),
        headers_(static_cast<lethe_header*>(
            arena.allocate(most * sizeof(lethe_header), alignof(lethe_header)))),
        full_(headers_ == nullptr) {}

  void keep(const lethe_header& header) {
    if (!full_) headers_[n_++] = header;
  }
  void add(std::string_view name, std::string_view value) {
    const std::string_view copied = arena_.copy(value);
    full_ = full_ || copied.data() == nullptr;
    keep({view(name), view(copied)});
  }
  void add(std::string_view name, std::int64_t number) {
    char digits[24];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
    add(name, std::string_view(digits, static_cast<std::size_t>(end - digits)));
  }

  bool full() const noexcept { return full_; }
  void give_to(lethe_record& record) const noexcept {
    record.headers = headers_;
    record.n_headers = n_;
    record.header_stride = sizeof(lethe_header);
  }

 private:
  connectors::Arena& arena_;
  lethe_header* headers_;
  std::size_t n_ = 0;
  bool full_;
};

}  // namespace

DeadLetters::DeadLetters(Options options, std::vector<StageDescription> stages,
                         std::unique_ptr<DeadLetterSeal> seal)
    : options_(std::move(options)), stages_(std::move(stages)), seal_(std::move(seal)) {}

Result<std::unique_ptr<DeadLetters>> DeadLetters::make(Options options,
                                                       std::vector<StageDescription> stages,
                                                       std::unique_ptr<DeadLetterSeal> seal) {
  const bool protects = std::any_of(stages.begin(), stages.end(),
                                    [](const StageDescription& stage) { return stage.protects; });
  if (protects && seal == nullptr && options.payload == Payload::kSealed)
    return bad_config("pipeline '" + options.pipeline +
                      "' encrypts and has a dead-letter place, but no key to seal dead letters "
                      "with; configure kms");
  return std::unique_ptr<DeadLetters>(
      new DeadLetters(std::move(options), std::move(stages), std::move(seal)));
}

bool DeadLetters::is_erased(const connectors::Record& record) const noexcept {
  return record.error_kind == ErrorKind::kShredded && record.stage < stages_.size() &&
         stages_[record.stage].protects;
}

bool DeadLetters::is_unprotected(const connectors::Record& record) const noexcept {
  const std::size_t first_missed = record.stage == kSourceStage ? 0 : record.stage;
  for (std::size_t i = first_missed; i < stages_.size(); ++i)
    if (stages_[i].protects) return true;
  return false;
}

Result<void> DeadLetters::bury(connectors::Record& record, connectors::Arena& arena) {
  bool sealed = false;
  lethe_record letter = LETHE_TRY(remains(record, sealed, arena));
  LETHE_TRY(add_headers(record, sealed, letter, arena));
  record.out = letter;
  record.route = connectors::Route::kDeadLetter;
  return {};
}

Result<lethe_record> DeadLetters::remains(const connectors::Record& record, bool& sealed,
                                          connectors::Arena& arena) {
  lethe_record letter = record.in;
  if (is_erased(record)) {
    letter.key = letter.value = kNullView;
    letter.timestamp_ms = -1;
    letter.headers = nullptr;
    letter.n_headers = 0;
    return letter;
  }
  if (options_.payload == Payload::kOriginal) return letter;
  if (is_unprotected(record)) {
    if (letter.value.data == nullptr) return letter;  // a tombstone says nothing
    letter.value = view(LETHE_TRY(seal_->seal(text(letter.value), arena)));
    sealed = true;
    return letter;
  }
  // It has passed what protects it (or nothing does): then the protected form is what may be kept.
  const bool was_protected = std::any_of(stages_.begin(), stages_.end(),
                                         [](const StageDescription& s) { return s.protects; });
  return was_protected ? record.out : letter;
}

Result<void> DeadLetters::add_headers(const connectors::Record& record, bool sealed,
                                      lethe_record& letter, connectors::Arena& arena) const {
  const Strided<const lethe_header> kept(letter.headers, letter.header_stride, letter.n_headers);
  HeaderList headers(kept.size() + kMostErrorHeaders, arena);
  for (const lethe_header& header : kept)
    if (!is_ours(text(header.name))) headers.keep(header);
  const bool by_transform = record.stage < stages_.size();
  const bool by_source = record.stage == kSourceStage;
  const std::string_view connector_end = by_source ? "source" : "sink";
  headers.add("__connect.errors.topic", text(record.in.topic));
  headers.add("__connect.errors.partition", record.in.partition);
  headers.add("__connect.errors.offset", record.in.offset);
  headers.add("__connect.errors.connector.name", options_.pipeline);
  headers.add("__connect.errors.task.id", options_.task);
  headers.add("__connect.errors.stage", by_transform ? "TRANSFORMATION"
                                        : by_source  ? "TASK_POLL"
                                                     : "TASK_PUT");
  headers.add("__connect.errors.class.name",
              by_transform ? std::string_view(stages_[record.stage].plugin) : connector_end);
  headers.add("__connect.errors.exception.class.name", exception_class(record.error_kind));
  headers.add("__connect.errors.exception.message", record.error_message);
  headers.add(kErrorKindHeader, lethe::to_string(record.error_kind));
  if (sealed) headers.add(kSealedHeader, "1");
  if (headers.full()) return internal(std::string(kArenaIsFull));
  headers.give_to(letter);
  return {};
}

}  // namespace lethe::worker::pipeline
