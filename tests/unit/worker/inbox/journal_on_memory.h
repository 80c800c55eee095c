// SPDX-License-Identifier: Apache-2.0
//
// A journal on a memory store of its own, for tests; its first entry is CREATED.

#ifndef LETHE_TESTS_UNIT_WORKER_INBOX_JOURNAL_ON_MEMORY_H_
#define LETHE_TESTS_UNIT_WORKER_INBOX_JOURNAL_ON_MEMORY_H_

#include <array>
#include <memory>

#include "kms/journal/journal.h"
#include "kms/store/memory_key_store.h"

namespace lethe::worker::inbox {

class JournalOnMemory {
 public:
  JournalOnMemory()
      : journal_(
            *kms::journal::Journal::open(store_, {"lethe/acme/test", seed_}, {"acme", "test"})) {}
  kms::journal::Journal& operator*() { return *journal_; }

 private:
  const std::array<std::uint8_t, 32> seed_{};
  kms::store::MemoryKeyStore store_;
  std::unique_ptr<kms::journal::Journal> journal_;
};

}  // namespace lethe::worker::inbox

#endif  // LETHE_TESTS_UNIT_WORKER_INBOX_JOURNAL_ON_MEMORY_H_
