// SPDX-License-Identifier: Apache-2.0
//
// A position that several processes share and one of them may move at a time: whoever holds it does
// the work behind it, the others wait their turn. One thread.

#ifndef LETHE_CONNECTORS_SHARED_CURSOR_H_
#define LETHE_CONNECTORS_SHARED_CURSOR_H_

#include <cstdint>
#include <optional>

#include "lethe/result.h"

namespace lethe::connectors {

class SharedCursor {
 public:
  virtual ~SharedCursor() = default;

  // The position, 0 at first, or nothing while another process holds it. Does not block for long;
  // has to be called every few seconds to keep it. transient: it cannot be told at present.
  virtual Result<std::optional<std::uint64_t>> held() = 0;
  // Durable when it returns. transient: another process may hold it by now; ask held() again.
  virtual Result<void> move(std::uint64_t position) = 0;
  // Lets go of it. Idempotent.
  virtual Result<void> close() = 0;
};

}  // namespace lethe::connectors

#endif  // LETHE_CONNECTORS_SHARED_CURSOR_H_
