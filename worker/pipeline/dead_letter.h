// SPDX-License-Identifier: Apache-2.0
//
// Turns a failed record into a dead letter: what is kept of it, and Connect's `__connect.errors.*`
// headers plus `lethe.error.kind`, without stack traces or values. A record that has not passed
// every transform that protects is sealed whole (its value, in the text carrier), since a clear
// copy in a second topic would outlive every erasure; of an erased subject nothing but the record's
// place is written. One thread.

#ifndef LETHE_WORKER_PIPELINE_DEAD_LETTER_H_
#define LETHE_WORKER_PIPELINE_DEAD_LETTER_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/batch.h"
#include "lethe/result.h"
#include "worker/pipeline/chain.h"

namespace lethe::worker::pipeline {

// Header of a dead letter whose value is a sealed value; `lethe replay` opens it.
inline constexpr std::string_view kSealedHeader = "lethe.dead_letter.sealed";
inline constexpr std::string_view kErrorKindHeader = "lethe.error.kind";
inline constexpr std::string_view kConnectErrorsPrefix = "__connect.errors.";

// Seals under the tenant's dead-letter key. One thread, as the task it is made for.
class DeadLetterSeal {
 public:
  virtual ~DeadLetterSeal() = default;
  // The original as a sealed value in the text carrier, in the arena. transient: the key is out of
  // reach for now. Any other error stops the task: nothing is written in clear instead.
  virtual Result<std::string_view> seal(std::string_view original, connectors::Arena& arena) = 0;
};

class DeadLetters {
 public:
  enum class Payload {
    kSealed,
    kOriginal
  };  // kOriginal only where the configuration spells it out
  struct Options {
    std::string pipeline;
    int task = 0;
    Payload payload = Payload::kSealed;
  };

  // seal: may be null if no stage protects or the payload is the original; else bad_config.
  static Result<std::unique_ptr<DeadLetters>> make(Options options,
                                                   std::vector<StageDescription> stages,
                                                   std::unique_ptr<DeadLetterSeal> seal);

  // Rewrites record.out and routes it to the dead-letter place. On an error the record is as it
  // was.
  Result<void> bury(connectors::Record& record, connectors::Arena& arena);

 private:
  DeadLetters(Options options, std::vector<StageDescription> stages,
              std::unique_ptr<DeadLetterSeal> seal);

  bool is_erased(const connectors::Record& record) const noexcept;
  bool is_unprotected(const connectors::Record& record) const noexcept;
  Result<lethe_record> remains(const connectors::Record& record, bool& sealed,
                               connectors::Arena& arena);
  Result<void> add_headers(const connectors::Record& record, bool sealed, lethe_record& letter,
                           connectors::Arena& arena) const;

  const Options options_;
  const std::vector<StageDescription> stages_;
  const std::unique_ptr<DeadLetterSeal> seal_;
};

}  // namespace lethe::worker::pipeline

#endif  // LETHE_WORKER_PIPELINE_DEAD_LETTER_H_
