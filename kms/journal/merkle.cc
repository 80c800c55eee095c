// SPDX-License-Identifier: Apache-2.0
#include "kms/journal/merkle.h"

#include <algorithm>
#include <bit>

namespace lethe::kms::journal {
namespace {

constexpr std::uint8_t kLeaf[] = {0};
constexpr std::uint8_t kNode[] = {1};

}  // namespace

Digest leaf_hash(std::string_view line) {
  return crypto::sha256({kLeaf, {reinterpret_cast<const std::uint8_t*>(line.data()), line.size()}});
}

Digest node_hash(const Digest& left, const Digest& right) {
  return crypto::sha256({kNode, left, right});
}

void MerkleTree::add(const Digest& leaf) {
  Digest hash = leaf;
  for (std::size_t level = 0;; ++level) {
    if (level == levels_.size()) levels_.emplace_back();
    std::vector<Digest>& row = levels_[level];
    row.push_back(hash);
    if (row.size() % 2 != 0) return;
    hash = node_hash(row[row.size() - 2], hash);
  }
}

Digest MerkleTree::root(std::uint64_t size) const {
  return size == 0 ? crypto::sha256({}) : range(0, size);
}

// RFC 6962 splits at the largest power of two below the size, so that everything left of a split is
// a complete subtree that starts at a multiple of its size.
Digest MerkleTree::range(std::uint64_t first, std::uint64_t last) const {
  const std::uint64_t count = last - first;
  if (std::has_single_bit(count)) {
    const auto level = static_cast<std::size_t>(std::countr_zero(count));
    return levels_[level][first >> level];
  }
  const std::uint64_t split = first + std::bit_floor(count);
  return node_hash(range(first, split), range(split, last));
}

std::vector<Digest> MerkleTree::proof(std::uint64_t index, std::uint64_t size) const {
  std::vector<Digest> downwards;
  std::uint64_t first = 0;
  for (std::uint64_t last = size; last - first > 1;) {
    const std::uint64_t split = first + std::bit_floor(last - first - 1);
    if (index < split) {
      downwards.push_back(range(split, last));
      last = split;
    } else {
      downwards.push_back(range(first, split));
      first = split;
    }
  }
  std::reverse(downwards.begin(), downwards.end());
  return downwards;
}

// RFC 9162, section 2.1.3.2.
bool proves(std::span<const Digest> proof, const Digest& leaf, std::uint64_t index,
            std::uint64_t size, const Digest& root) {
  if (index >= size) return false;
  std::uint64_t node = index, last = size - 1;
  Digest hash = leaf;
  for (const Digest& sibling : proof) {
    if (last == 0) return false;
    if (node % 2 != 0 || node == last) {
      hash = node_hash(sibling, hash);
      for (; node % 2 == 0 && node != 0; node /= 2) last /= 2;
    } else {
      hash = node_hash(hash, sibling);
    }
    node /= 2;
    last /= 2;
  }
  return last == 0 && hash == root;
}

}  // namespace lethe::kms::journal
