// SPDX-License-Identifier: Apache-2.0
//
// For sources that cannot seek: a batch that was abandoned, made anew from the originals of its
// records, as if it had just been read. The originals are copied, so that what the first attempt
// wrote into the batch's arena is wiped and freed, however often it is repeated.

#ifndef LETHE_WORKER_PIPELINE_REAPPLY_H_
#define LETHE_WORKER_PIPELINE_REAPPLY_H_

#include "connectors/batch.h"
#include "lethe/result.h"

namespace lethe::worker::pipeline {

// internal: no memory for the copy.
Result<connectors::Batch> restore(connectors::Batch abandoned);

}  // namespace lethe::worker::pipeline

#endif  // LETHE_WORKER_PIPELINE_REAPPLY_H_
