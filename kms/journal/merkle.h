// SPDX-License-Identifier: Apache-2.0
//
// The Merkle tree of RFC 6962 over the lines of the journal. MerkleTree grows by one leaf at a time
// and keeps the hash of every complete subtree (64 bytes a leaf), so that the root of any earlier
// size and the proof of any leaf cost a few hashes. Not thread-safe: the journal's lock protects
// it.

#ifndef LETHE_KMS_JOURNAL_MERKLE_H_
#define LETHE_KMS_JOURNAL_MERKLE_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "kms/crypto/digest.h"

namespace lethe::kms::journal {

using crypto::Digest;

// SHA-256(00 ‖ line), the line without LF; SHA-256(01 ‖ left ‖ right).
Digest leaf_hash(std::string_view line);
Digest node_hash(const Digest& left, const Digest& right);

class MerkleTree {
 public:
  void add(const Digest& leaf);
  std::uint64_t size() const noexcept { return levels_.empty() ? 0 : levels_.front().size(); }

  const Digest& leaf(std::uint64_t index) const { return levels_.front()[index]; }
  Digest root() const { return root(size()); }
  // Of the first `size` leaves, at most size(); SHA-256 of nothing for none.
  Digest root(std::uint64_t size) const;
  // The proof that leaf `index` is among the first `size`: index < size <= size().
  std::vector<Digest> proof(std::uint64_t index, std::uint64_t size) const;

 private:
  Digest range(std::uint64_t first, std::uint64_t last) const;

  std::vector<std::vector<Digest>> levels_;  // levels_[k][i]: of leaves [i * 2^k, (i + 1) * 2^k)
};

// True if the proof leads from the leaf at `index` to the root of a tree of `size` leaves.
bool proves(std::span<const Digest> proof, const Digest& leaf, std::uint64_t index,
            std::uint64_t size, const Digest& root);

}  // namespace lethe::kms::journal

#endif  // LETHE_KMS_JOURNAL_MERKLE_H_
