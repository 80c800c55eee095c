// SPDX-License-Identifier: Apache-2.0
//
// What Lethe is measured against: simdjson's DOM parse of the same record, which does none of the
// work, and the straightforward way to do it: parse into a tree with nlohmann/json, seal or open
// with the same keys, print the tree.

#ifndef LETHE_TESTS_BENCH_TRANSFORM_RIVALS_H_
#define LETHE_TESTS_BENCH_TRANSFORM_RIVALS_H_

#include <memory>

#include "kms/key_ring.h"
#include "tests/bench/transform/contender.h"

namespace lethe::bench {

std::unique_ptr<Contender> make_dom_parse();
std::unique_ptr<Contender> make_tree(Direction direction, kms::KeyRing& ring);

}  // namespace lethe::bench

#endif  // LETHE_TESTS_BENCH_TRANSFORM_RIVALS_H_
