// SPDX-License-Identifier: Apache-2.0
//
// A key store in the benchmark of births: an empty store, and the plainest way to write rows of the
// same columns and indexes to the same server. Another store is one more file with a function that
// makes its contender, and a line in contenders().

#ifndef LETHE_TESTS_BENCH_KEYS_CONTENDER_H_
#define LETHE_TESTS_BENCH_KEYS_CONTENDER_H_

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kms/store/key_store.h"

namespace lethe::bench {

class Contender {
 public:
  virtual ~Contender() = default;
  virtual std::string name() const = 0;
  virtual std::string conditions() const = 0;  // what makes its commits durable, and where
  // The store, once; it may be used for as long as the contender lives.
  virtual std::unique_ptr<kms::store::KeyStore> store() = 0;
  // One durable commit of all that the store writes for these rows, into tables of no use.
  virtual Result<void> insert_raw(std::span<const kms::store::EdekRow> rows) = 0;
};

// Null with a reason in why_not where there is no such server.
std::unique_ptr<Contender> make_sqlite(std::string& why_not);
std::unique_ptr<Contender> make_postgres(std::string& why_not);

}  // namespace lethe::bench

#endif  // LETHE_TESTS_BENCH_KEYS_CONTENDER_H_
