// SPDX-License-Identifier: Apache-2.0
//
// A request to erase, as it stands in a topic (docs/formats/erasure-request.md): from JSON to the
// names of the keys to destroy, one erasure each. Read strictly, since a member that was overlooked
// may be the one that mattered. Pure functions.

#ifndef LETHE_WORKER_INBOX_ERASURE_REQUEST_H_
#define LETHE_WORKER_INBOX_ERASURE_REQUEST_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kms/erasure/erasures.h"
#include "lethe/result.h"
#include "worker/config/name_template.h"

namespace lethe::worker::inbox {

struct ErasureRequest {
  std::string id;                  // [A-Za-z0-9_-]{1,60}
  std::vector<std::string> names;  // 1 to 100, distinct, in order
  std::string actor;
  std::optional<kms::ErasedPolicy> policy{};
  bool unseen = false;
  bool propose = false;
  std::optional<kms::erasure::Time> execute_at{};
  std::chrono::milliseconds undo_window{0};
};

// What a request means here.
struct RequestContext {
  std::vector<config::NameTemplate> subjects;  // for requests that name parameters
  std::chrono::milliseconds undo_window{0};    // unless the request has its own
  std::string actor;                           // "topic:NAME", in front of the request's own
};

// The id of the n-th erasure of a request, from 1.
std::string erasure_id(const std::string& request_id, std::size_t n);

// bad_record: why it is none, in words that quote nothing of it.
Result<ErasureRequest> parse_request(std::string_view json, const RequestContext& context);

// Names of `templates` over the parameters, in order, each once. Nothing: a parameter is missing.
std::optional<std::vector<std::string>> render_all(
    const std::vector<config::NameTemplate>& templates,
    const config::NameTemplate::Parameters& parameters);

}  // namespace lethe::worker::inbox

#endif  // LETHE_WORKER_INBOX_ERASURE_REQUEST_H_
