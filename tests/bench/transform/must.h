// SPDX-License-Identifier: Apache-2.0
//
// A benchmark measures nothing if a step of it fails: say which, and end.

#ifndef LETHE_TESTS_BENCH_TRANSFORM_MUST_H_
#define LETHE_TESTS_BENCH_TRANSFORM_MUST_H_

#include <cstdlib>
#include <iostream>
#include <string_view>
#include <utility>

#include "lethe/result.h"

namespace lethe::bench {

inline void must(bool done, std::string_view what) {
  if (done) return;
  std::cerr << "transform_bench: " << what << "\n";
  std::exit(2);
}

template <class T>
T must(Result<T> result, std::string_view what) {
  if (!result) {
    std::cerr << "transform_bench: " << what << ": " << result.error().message() << "\n";
    std::exit(2);
  }
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

}  // namespace lethe::bench

#endif  // LETHE_TESTS_BENCH_TRANSFORM_MUST_H_
