// SPDX-License-Identifier: Apache-2.0
#include "kms/journal/checkpoint.h"

#include "gtest/gtest.h"
#include "kms/base64.h"
#include "tests/unit/kms/journal/samples.h"

namespace lethe::kms::journal {
namespace {

const Checkpoint kCheckpoint{17, leaf_hash("x")};

std::string note() {
  return write_checkpoint(kCheckpoint, samples::signer());
}

Fault read(std::string_view note) {
  Checkpoint checkpoint;
  return read_checkpoint(note, samples::signer().verifier_key(), checkpoint);
}

// A note over any text, signed.
std::string note_over(const std::string& text, const Signer& signer = samples::signer()) {
  const crypto::Signature signature = signer.sign(text);
  const KeyHash hash = signer.verifier_key().hash();
  std::vector<std::uint8_t> bytes(hash.begin(), hash.end());
  bytes.insert(bytes.end(), signature.begin(), signature.end());
  return text + "\n\xE2\x80\x94 " + signer.name() + " " + to_base64(bytes) + "\n";
}

TEST(CheckpointNote, IsReadAsItWasSigned) {
  Checkpoint checkpoint;
  ASSERT_EQ(read_checkpoint(note(), samples::signer().verifier_key(), checkpoint), Fault::kNone);
  EXPECT_EQ(checkpoint.size, kCheckpoint.size);
  EXPECT_EQ(checkpoint.root, kCheckpoint.root);
}

TEST(CheckpointNote, BetraysEveryChangedByte) {
  const std::string whole = note();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int bit : {1, 4, 32, 128}) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ bit);
      EXPECT_NE(read(changed), Fault::kNone) << at;
    }
    EXPECT_NE(read(whole.substr(0, at)), Fault::kNone) << at;
  }
}

TEST(CheckpointNote, HasExactlyThreeLinesInOneSpelling) {
  const std::string root = to_base64(kCheckpoint.root);
  const std::string origin = samples::signer().name();
  EXPECT_EQ(read(note_over(origin + "\n17\n" + root + "\n")), Fault::kNone);
  for (const std::string& text :
       {origin + "\n17\n" + root + "\nmore\n", origin + "\n17\n", origin + "\n017\n" + root + "\n",
        origin + "\n+17\n" + root + "\n", origin + "\n17 \n" + root + "\n",
        "other\n17\n" + root + "\n", origin + "\n17\n" + root.substr(4) + "\n",
        origin + "\n99999999999999999999\n" + root + "\n", origin + "\n\n" + root + "\n"})
    EXPECT_EQ(read(note_over(text)), Fault::kBadCheckpoint) << text;
}

TEST(CheckpointNote, IgnoresOtherSignersButNeedsTheKnownOne) {
  const std::string other = write_checkpoint(kCheckpoint, samples::signer(samples::kOtherSeed));
  EXPECT_EQ(read(other), Fault::kBadSignature);
  const std::string foreign_line = other.substr(other.find("\n\n") + 2);
  EXPECT_EQ(read(note() + foreign_line), Fault::kNone);
  const std::string ours = note();
  const std::size_t split = ours.find("\n\n") + 2;
  EXPECT_EQ(read(ours.substr(0, split) + foreign_line + ours.substr(split)), Fault::kNone);
  EXPECT_EQ(read(ours.substr(0, split)), Fault::kBadCheckpoint);
  EXPECT_EQ(read(note() + "no signature\n"), Fault::kBadCheckpoint);
}

TEST(CheckpointNote, RefusesControlCharactersAndBytesThatAreNotText) {
  for (const std::string_view bad : {"\t", "\r", "\xff", "\x01"})
    EXPECT_EQ(read(note_over(samples::signer().name() + std::string(bad) + "\n17\nx\n")),
              Fault::kBadCheckpoint);
}

}  // namespace
}  // namespace lethe::kms::journal
