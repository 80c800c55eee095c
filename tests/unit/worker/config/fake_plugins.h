// SPDX-License-Identifier: Apache-2.0
//
// Plugin tables made by hand, shaped like the real ones: the transforms encrypt and decrypt and the
// predicates tombstone and header. Nothing is loaded; only options and check() are there.

#ifndef LETHE_TESTS_UNIT_WORKER_CONFIG_FAKE_PLUGINS_H_
#define LETHE_TESTS_UNIT_WORKER_CONFIG_FAKE_PLUGINS_H_

#include <string>
#include <vector>

#include "worker/config/transforms.h"

namespace lethe::worker::config {

// encrypt's check() complains about a field without a subject, a field selected twice, a template
// that reads an encrypted field, and a subject that begins with "forbidden" (which it quotes).
const loader::PluginCatalog& fake_catalog();

Plugins fake_plugins();

// A transform `name` with no options whose check() does what it is told.
enum class Misbehaviour { kThrows, kFailsSilently };
loader::PluginCatalog misbehaving_catalog(Misbehaviour misbehaviour);

}  // namespace lethe::worker::config

#endif  // LETHE_TESTS_UNIT_WORKER_CONFIG_FAKE_PLUGINS_H_
