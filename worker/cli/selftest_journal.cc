// SPDX-License-Identifier: Apache-2.0
//
// The journal's own: chains, checkpoints, proofs, certificates.

#include "kms/hex.h"
#include "kms/journal/certificate.h"
#include "kms/journal/chain.h"
#include "kms/journal/checkpoint.h"
#include "worker/cli/selftest_operations.h"

namespace lethe::worker::cli {
namespace {

namespace journal = kms::journal;
using journal::Fault;

Outcome error(Fault fault) {
  return Outcome::error(journal::name(fault));
}

std::optional<journal::VerifierKey> verifier_key(const Arguments& in) {
  const auto text = in.text("vkey");
  return text ? journal::VerifierKey::parse(*text) : std::nullopt;
}

json::Array hex_of(const std::vector<journal::Digest>& digests) {
  json::Array list;
  for (const journal::Digest& digest : digests) list.push_back(hex(digest));
  return list;
}

std::vector<journal::Digest> leaves_of(const journal::MerkleTree& tree) {
  std::vector<journal::Digest> leaves;
  for (std::uint64_t i = 0; i < tree.size(); ++i) leaves.push_back(tree.leaf(i));
  return leaves;
}

std::optional<journal::MerkleTree> tree_of(const Arguments& in) {
  const json::Value* leaves = in.given("leaves");
  if (leaves == nullptr || leaves->array() == nullptr) return std::nullopt;
  journal::MerkleTree tree;
  for (const json::Value& leaf : *leaves->array()) {
    journal::Digest digest;
    if (leaf.string() == nullptr || !kms::from_hex(*leaf.string(), digest)) return std::nullopt;
    tree.add(digest);
  }
  return tree;
}

}  // namespace

Outcome run_checkpoint(const Arguments& in) {
  const auto seed = in.array<32>("seed");
  const auto name = in.text("name");
  const auto text = in.text("journal");
  if (!seed || !name || !journal::is_key_name(*name) || !text) return Outcome::invalid();
  journal::Chain chain;
  if (const Fault fault = add_lines(*text, chain); fault != Fault::kNone) return error(fault);
  const journal::Signer signer(*name, *seed);
  const journal::Digest root = chain.tree().root();
  return Outcome::of(json::Value()
                         .set("public", hex(signer.verifier_key().key))
                         .set("vkey", signer.verifier_key().text())
                         .set("root", hex(root))
                         .set("checkpoint", write_checkpoint({chain.size(), root}, signer)));
}

Outcome run_journal(const Arguments& in) {
  const auto text = in.text("journal");
  if (!text) return Outcome::invalid();
  journal::Chain chain;
  if (const Fault fault = add_lines(*text, chain); fault != Fault::kNone) return error(fault);
  if (const auto note = in.text("checkpoint")) {
    const auto key = verifier_key(in);
    if (!key) return Outcome::invalid();
    journal::Checkpoint checkpoint;
    Fault fault = read_checkpoint(*note, *key, checkpoint);
    if (fault == Fault::kNone) fault = check_extends(chain.tree(), checkpoint);
    if (fault != Fault::kNone) return error(fault);
  }
  return Outcome::of(json::Value()
                         .set("entries", chain.size())
                         .set("leaves", hex_of(leaves_of(chain.tree())))
                         .set("root", hex(chain.tree().root())));
}

Outcome run_proof(const Arguments& in) {
  const auto tree = tree_of(in);
  const auto index = in.number("index");
  if (!tree || !index || *index >= tree->size()) return Outcome::invalid();
  return Outcome::of(json::Value()
                         .set("root", hex(tree->root()))
                         .set("proof", hex_of(tree->proof(*index, tree->size()))));
}

Outcome run_certificate(const Arguments& in) {
  const auto text = in.text("certificate");
  const auto key = verifier_key(in);
  const auto lines = in.text("journal");
  const auto subject = in.text("subject");
  const auto salt = in.array<32>("salt");
  if (!text || !key || subject.has_value() != salt.has_value()) return Outcome::invalid();
  journal::Evidence evidence;
  if (lines) evidence.journal = *lines;
  if (subject) evidence.person = {*subject, *salt};
  journal::Certificate certificate;
  const Fault fault = verify_certificate(*text, *key, evidence, certificate);
  if (fault != Fault::kNone) return error(fault);
  json::Array ids;
  for (const kms::store::DekId& id : certificate.dek_ids) ids.push_back(hex(id.bytes));
  return Outcome::of(json::Value()
                         .set("level", journal::to_string(certificate.level))
                         .set("dek_ids", std::move(ids)));
}

}  // namespace lethe::worker::cli
