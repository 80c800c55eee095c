// SPDX-License-Identifier: Apache-2.0
//
// Opening one sealed value outside a pipeline: for `lethe open` and for replayed dead letters. The
// way of a record goes through plugins and by the batch; this is for people. A session belongs to
// one thread.

#ifndef LETHE_WORKER_SEALED_ACCESS_H_
#define LETHE_WORKER_SEALED_ACCESS_H_

#include <string>

#include "kms/key_ring.h"
#include "lethe/result.h"
#include "plugins/fields/aad.h"
#include "plugins/fields/plaintext.h"
#include "plugins/fields/sealed_value.h"

namespace lethe::worker {

struct Opened {
  fields::ValueType type = fields::ValueType::kNull;
  std::string body;
};

// Steps 8 to 11 of the specification, section 8. shredded, blocked, unknown_key: the state of the
// key; bad_record: not authentic at this place, or malformed; transient: the store is away.
Result<Opened> open_sealed(kms::KeySession& session, const fields::SealedValue& value,
                           const fields::AadContext& context);

}  // namespace lethe::worker

#endif  // LETHE_WORKER_SEALED_ACCESS_H_
