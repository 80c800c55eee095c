// SPDX-License-Identifier: Apache-2.0
//
// Interceptor blocks as operators of a Conduktor gateway have them (pluginClass, config), pasted as
// an entry of `transforms`: translated into the native options of encrypt and decrypt, with the
// places of the block. What such a block says and we cannot honour is an error, never ignored. Its
// kmsConfig is lifted into the worker's `kms` (kms_settings.h). Pure functions.

#ifndef LETHE_WORKER_CONFIG_INTERCEPTOR_H_
#define LETHE_WORKER_CONFIG_INTERCEPTOR_H_

#include <optional>
#include <string>
#include <string_view>

#include "worker/config/pipeline_config.h"
#include "worker/config/section.h"

namespace lethe::worker::config {

// Scheme of the keys that the gateway KMS holds; the rest of a keySecretId is a subject template.
inline constexpr std::string_view kGatewayScheme = "gateway-kms://";

// True if the entry of `transforms` is such a block.
bool is_interceptor(const Node& entry);

// The block as a transform. `entry` still knows nothing of `when`, `unless` and `on_error`, which
// may stand beside pluginClass. Nothing if it is none that we know.
//
// errorPolicy: return_encrypted (the default, as in a block that does not name one) -> on_shredded
// ciphertext, bad_record pass; fail_fetch -> on_shredded fail, else stop;
// crypto_shred_safe_fail_fetch
// -> on_shredded ciphertext, else stop. An unknown key is never a shredded one.
std::optional<TransformConfig> read_interceptor(Section& entry, const Source& source,
                                                const std::string& dataset,
                                                Diagnostics& diagnostics);

}  // namespace lethe::worker::config

#endif  // LETHE_WORKER_CONFIG_INTERCEPTOR_H_
