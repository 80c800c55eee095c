// SPDX-License-Identifier: Apache-2.0
//
// simdjson's stage 1 behind our interface. Present only in builds with a simdjson whose stage 1 has
// been read and tested (editor.cmake decides); json_stage1.cc is its only caller.

#ifndef LETHE_FIELDS_JSON_STAGE1_SIMDJSON_H_
#define LETHE_FIELDS_JSON_STAGE1_SIMDJSON_H_

#include <memory>

#include "plugins/fields/json_stage1.h"

namespace lethe::fields {

// Null where simdjson has no vectorised code for this processor.
std::unique_ptr<Stage1> make_simdjson_stage1();

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_JSON_STAGE1_SIMDJSON_H_
