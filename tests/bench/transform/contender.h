// SPDX-License-Identifier: Apache-2.0
//
// One way to do the work on a batch of records: what is timed, and what is not. A contender belongs
// to one thread and keeps its memory between batches, as the worker does.

#ifndef LETHE_TESTS_BENCH_TRANSFORM_CONTENDER_H_
#define LETHE_TESTS_BENCH_TRANSFORM_CONTENDER_H_

#include <string_view>

#include "tests/bench/transform/records.h"

namespace lethe::bench {

enum class Direction { kEncrypt, kDecrypt };

class Contender {
 public:
  virtual ~Contender() = default;

  // What a source would have done. Not timed; `records` stay where they are.
  virtual void prepare(const Records& records) = 0;
  // The work. Timed.
  virtual void run() = 0;
  // After run(): what became of record i. Not timed.
  virtual std::string_view value(std::size_t i) const = 0;
};

}  // namespace lethe::bench

#endif  // LETHE_TESTS_BENCH_TRANSFORM_CONTENDER_H_
