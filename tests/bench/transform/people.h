// SPDX-License-Identifier: Apache-2.0
//
// The worker's key ring over a store (SQLite, in memory-backed storage where there is some) that
// knows n people. Their keys are made by another process, so that what this one gains in memory is
// what caching them costs.

#ifndef LETHE_TESTS_BENCH_TRANSFORM_PEOPLE_H_
#define LETHE_TESTS_BENCH_TRANSFORM_PEOPLE_H_

#include <cstddef>
#include <memory>
#include <string>

#include "kms/gateway_kms.h"

namespace lethe::bench {

class People {
 public:
  explicit People(std::size_t n);
  ~People();
  People(const People&) = delete;
  People& operator=(const People&) = delete;

  std::size_t size() const noexcept { return n_; }
  kms::GatewayKms& ring() noexcept { return *ring_; }
  // Loads all keys into the cache, by batches, as records would.
  void cache_all();

 private:
  std::size_t n_;
  std::string folder_;
  std::unique_ptr<kms::GatewayKms> ring_;
};

// Resident memory of this process, in bytes.
std::size_t resident();

}  // namespace lethe::bench

#endif  // LETHE_TESTS_BENCH_TRANSFORM_PEOPLE_H_
