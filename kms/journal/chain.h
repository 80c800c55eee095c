// SPDX-License-Identifier: Apache-2.0
//
// Chain: a journal as read so far, from its first entry, each line checked for its form and its
// place: number, hash of the line before, order of times, one tenant (specification, section 12).
// What it holds afterwards is what a checkpoint states. Not thread-safe.

#ifndef LETHE_KMS_JOURNAL_CHAIN_H_
#define LETHE_KMS_JOURNAL_CHAIN_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "kms/journal/entry.h"
#include "kms/journal/fault.h"
#include "kms/journal/merkle.h"

namespace lethe::kms::journal {

class Chain {
 public:
  // Of this tenant; of the first entry's if none is given.
  explicit Chain(std::string tenant = {}) : tenant_(std::move(tenant)) {}

  // Adds a line without LF; `entry` is what it says. kMalformed, kChainBroken: nothing was added.
  Fault add(std::string_view line, Entry& entry);

  std::uint64_t size() const noexcept { return tree_.size(); }
  const Digest& head() const noexcept { return head_; }  // hash of the last line
  Time last_time() const noexcept { return last_time_; }
  const std::string& tenant() const noexcept { return tenant_; }
  const MerkleTree& tree() const noexcept { return tree_; }

 private:
  MerkleTree tree_;
  Digest head_{};
  Time last_time_{};
  std::string tenant_;
};

// Adds the lines of a journal file, each of which ends in LF. Stops at the first that is wrong,
// which is the one behind chain.size().
Fault add_lines(std::string_view text, Chain& chain);

}  // namespace lethe::kms::journal

#endif  // LETHE_KMS_JOURNAL_CHAIN_H_
