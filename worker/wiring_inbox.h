// SPDX-License-Identifier: Apache-2.0
//
// The composition root of the erasure inbox: from its configuration to an inbox ready to run. Part
// of wiring; names concrete types and defines none.

#ifndef LETHE_WORKER_WIRING_INBOX_H_
#define LETHE_WORKER_WIRING_INBOX_H_

#include <memory>

#include "kms/erasure/erasures.h"
#include "kms/journal/journal.h"
#include "lethe/result.h"
#include "worker/config/worker_config.h"
#include "worker/inbox/inbox.h"
#include "worker/log/log.h"
#include "worker/pipeline/clock.h"

namespace lethe::worker {

// For a worker that has an `erasure` section. No server need be there yet. Everything borrowed
// outlives the inbox. bad_config: client properties, the CA file.
Result<std::unique_ptr<inbox::Inbox>> make_inbox(const config::WorkerConfig& worker,
                                                 kms::erasure::Erasures& erasures,
                                                 kms::journal::Journal& journal, log::Log& log,
                                                 const pipeline::Clock& clock);

}  // namespace lethe::worker

#endif  // LETHE_WORKER_WIRING_INBOX_H_
