// SPDX-License-Identifier: Apache-2.0
//
// The part of the composition root that makes the key store which the configuration names, and puts
// the cache above it. The log is borrowed: it outlives the store. One thread.

#ifndef LETHE_WORKER_WIRING_STORE_H_
#define LETHE_WORKER_WIRING_STORE_H_

#include <memory>

#include "kms/store/key_store.h"
#include "lethe/result.h"
#include "worker/config/worker_config.h"
#include "worker/log/log.h"

namespace lethe::worker {

// create: a store that is missing is made.
Result<std::unique_ptr<kms::store::KeyStore>> make_store(const config::KmsConfig& config,
                                                         bool create, log::Log& log);

}  // namespace lethe::worker

#endif  // LETHE_WORKER_WIRING_STORE_H_
