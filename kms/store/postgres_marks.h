// SPDX-License-Identifier: Apache-2.0
//
// Fence, erased and state rows of a PostgreSQL store. Each writer takes its numbers from the one
// row of `lethe.clock`, which it holds until it has committed; so numbers are in the order of
// commits and a reader can go on behind the last one. Each write tells all who watch. Thread-safe.

#ifndef LETHE_KMS_STORE_POSTGRES_MARKS_H_
#define LETHE_KMS_STORE_POSTGRES_MARKS_H_

#include <span>
#include <string_view>

#include "kms/store/key_store.h"
#include "kms/store/postgres_link.h"

namespace lethe::kms::store::postgres {

inline constexpr const char* kListen = "listen lethe";
// Steps of a transaction that others must see: wait for the other writers of marks, tell watchers.
extern const Statement kTick;
extern const Statement kNotify;

Result<Fencing> append_fence(Link& writer, const FenceRow& fence,
                             std::span<const ErasedRow> erased);
Result<void> bury(Link& writer, std::span<const ErasedRow> erased);
Result<void> put_state(Link& writer, const StateRow& state);

// A page of marks behind a number, and in the same transaction the clock before it.
Step read_clock();
Step read_marks(std::uint64_t after);
inline constexpr int kMarksPage = 10'000;
// Adds what both have read; position moves on. bad_config: the clock lies behind it.
Result<void> take_marks(const Rows& clock, const Rows& page, std::string_view store,
                        Position& position, Marks& marks);

}  // namespace lethe::kms::store::postgres

#endif  // LETHE_KMS_STORE_POSTGRES_MARKS_H_
