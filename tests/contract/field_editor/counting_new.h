// SPDX-License-Identifier: Apache-2.0
//
// Linking counting_new.cc replaces the global operator new by one that counts. A translation unit
// of its own: inlined into its callers, malloc and delete look mismatched to the compiler.

#ifndef LETHE_TESTS_CONTRACT_FIELD_EDITOR_COUNTING_NEW_H_
#define LETHE_TESTS_CONTRACT_FIELD_EDITOR_COUNTING_NEW_H_

#include <cstddef>

namespace lethe::fields {

// Calls of operator new since the program began.
std::size_t allocations() noexcept;

}  // namespace lethe::fields

#endif  // LETHE_TESTS_CONTRACT_FIELD_EDITOR_COUNTING_NEW_H_
