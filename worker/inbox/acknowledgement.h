// SPDX-License-Identifier: Apache-2.0
//
// What became of a request, as the acknowledgement topic tells it
// (docs/formats/erasure-request.md): each of its erasures with its stage, or with the reason why
// there is none. Written as JSON, and read back by whoever follows a request to its end, on this
// worker or another. No name of a subject is in it. Plain values.

#ifndef LETHE_WORKER_INBOX_ACKNOWLEDGEMENT_H_
#define LETHE_WORKER_INBOX_ACKNOWLEDGEMENT_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kms/erasure/erasures.h"

namespace lethe::worker::inbox {

struct Answer {
  std::string erasure_id;
  std::optional<kms::erasure::Status> status{};  // else
  std::optional<Error> refusal{};
};

struct Acknowledgement {
  std::string request_id;
  std::vector<Answer> answers;
};

// "proposed", "pending", "fenced", "effective", "removed", "cancelled".
std::string_view to_string(kms::erasure::Stage stage) noexcept;

// Of the whole request: the stage of its slowest erasure; those that were refused or cancelled
// count only if there is no other: "refused", "cancelled".
std::string_view stage_of(const Acknowledgement& acknowledgement) noexcept;
// Nothing will change any more.
bool is_final(const Acknowledgement& acknowledgement) noexcept;

std::string to_json(const Acknowledgement& acknowledgement);
// As far as to_json() wrote what is needed to go on: ids, stages, refusals. Nothing: not ours.
std::optional<Acknowledgement> parse_acknowledgement(std::string_view json);

}  // namespace lethe::worker::inbox

#endif  // LETHE_WORKER_INBOX_ACKNOWLEDGEMENT_H_
