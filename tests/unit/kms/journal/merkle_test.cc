// SPDX-License-Identifier: Apache-2.0
#include "kms/journal/merkle.h"

#include <string>

#include "gtest/gtest.h"

namespace lethe::kms::journal {
namespace {

std::vector<Digest> leaves(std::size_t count) {
  std::vector<Digest> leaves;
  for (std::size_t i = 0; i < count; ++i) leaves.push_back(leaf_hash(std::to_string(i)));
  return leaves;
}

MerkleTree tree_of(std::span<const Digest> leaves) {
  MerkleTree tree;
  for (const Digest& leaf : leaves) tree.add(leaf);
  return tree;
}

// The definition of RFC 6962, word by word.
Digest defined_root(std::span<const Digest> leaves) {
  if (leaves.size() == 1) return leaves.front();
  std::size_t split = 1;
  while (split * 2 < leaves.size()) split *= 2;
  return node_hash(defined_root(leaves.first(split)), defined_root(leaves.subspan(split)));
}

constexpr std::size_t kMost = 40;

TEST(MerkleTree, HasTheRootOfTheDefinitionAtEverySize) {
  const auto all = leaves(kMost);
  const MerkleTree tree = tree_of(all);
  for (std::size_t size = 1; size <= kMost; ++size) {
    EXPECT_EQ(tree.root(size), defined_root(std::span(all).first(size))) << size;
    EXPECT_EQ(tree_of(std::span(all).first(size)).root(), tree.root(size)) << size;
  }
}

TEST(MerkleTree, IsTheHashOfNothingWhenEmpty) {
  EXPECT_EQ(MerkleTree().root(), crypto::sha256({}));
  EXPECT_EQ(tree_of(leaves(3)).root(0), crypto::sha256({}));
}

TEST(MerkleTree, ProvesEveryLeafAtEverySize) {
  const auto all = leaves(kMost);
  const MerkleTree tree = tree_of(all);
  for (std::uint64_t size = 1; size <= kMost; ++size)
    for (std::uint64_t index = 0; index < size; ++index)
      EXPECT_TRUE(proves(tree.proof(index, size), all[index], index, size, tree.root(size)))
          << index << " of " << size;
}

TEST(MerkleTree, ProvesNothingElse) {
  const auto all = leaves(kMost);
  const MerkleTree tree = tree_of(all);
  for (std::uint64_t size = 2; size <= 13; ++size)
    for (std::uint64_t index = 0; index < size; ++index) {
      const auto proof = tree.proof(index, size);
      const Digest root = tree.root(size);
      for (std::uint64_t other = 0; other < size + 2; ++other) {
        if (other == index) continue;
        EXPECT_FALSE(proves(proof, all[index], other, size, root)) << index << " as " << other;
      }
      EXPECT_FALSE(proves(proof, all[(index + 1) % size], index, size, root));
      EXPECT_FALSE(proves(proof, all[index], index, size, tree.root(size - 1)));
      auto longer = proof;
      longer.push_back(all.front());
      EXPECT_FALSE(proves(longer, all[index], index, size, root));
      EXPECT_FALSE(proves(std::span(proof).first(proof.size() - 1), all[index], index, size, root));
    }
}

TEST(MerkleTree, DoesNotTakeANodeForALeaf) {
  const auto all = leaves(4);
  const MerkleTree tree = tree_of(all);
  const Digest left = node_hash(all[0], all[1]), right = node_hash(all[2], all[3]);
  EXPECT_EQ(node_hash(left, right), tree.root());
  std::string forged(1, '\1');
  forged.append(left.begin(), left.end()).append(right.begin(), right.end());
  EXPECT_NE(leaf_hash(forged), tree.root());
  EXPECT_NE(leaf_hash(forged.substr(1)), tree.root());
}

}  // namespace
}  // namespace lethe::kms::journal
