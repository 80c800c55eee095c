// SPDX-License-Identifier: Apache-2.0
//
// The known answers of journal.json and certificate.json: the same that `lethe selftest` runs, here
// against the library alone.
#include <fstream>
#include <sstream>

#include "gtest/gtest.h"
#include "json/json.h"
#include "kms/hex.h"
#include "kms/journal/certificate.h"
#include "kms/journal/chain.h"
#include "kms/journal/checkpoint.h"

namespace lethe::kms::journal {
namespace {

using json::Value;

std::string text(const Value& object, std::string_view name) {
  const Value* value = object.find(name);
  return value != nullptr && value->string() != nullptr ? *value->string() : std::string();
}

template <std::size_t N>
std::array<std::uint8_t, N> bytes(const Value& object, std::string_view name) {
  std::array<std::uint8_t, N> out{};
  EXPECT_TRUE(from_hex(text(object, name), out)) << name;
  return out;
}

VerifierKey key(const Value& in) {
  const auto key = VerifierKey::parse(text(in, "vkey"));
  EXPECT_TRUE(key);
  return key.value_or(VerifierKey{});
}

Fault run_checkpoint(const Value& in, const Value* out) {
  Chain chain;
  if (const Fault fault = add_lines(text(in, "journal"), chain); fault != Fault::kNone)
    return fault;
  if (out == nullptr) return Fault::kNone;
  const auto seed = bytes<32>(in, "seed");
  const Signer signer(text(in, "name"), seed);
  EXPECT_EQ(write_checkpoint({chain.size(), chain.tree().root()}, signer),
            text(*out, "checkpoint"));
  EXPECT_EQ(signer.verifier_key().text(), text(*out, "vkey"));
  EXPECT_EQ(to_hex(signer.verifier_key().key), text(*out, "public"));
  EXPECT_EQ(to_hex(chain.tree().root()), text(*out, "root"));
  return Fault::kNone;
}

Fault run_journal(const Value& in, const Value* out) {
  Chain chain;
  Fault fault = add_lines(text(in, "journal"), chain);
  Checkpoint checkpoint;
  if (fault == Fault::kNone && in.find("checkpoint") != nullptr) {
    fault = read_checkpoint(text(in, "checkpoint"), key(in), checkpoint);
    if (fault == Fault::kNone) fault = check_extends(chain.tree(), checkpoint);
  }
  if (fault != Fault::kNone || out == nullptr) return fault;
  EXPECT_EQ(chain.size(), out->find("entries")->unsigned_integer());
  EXPECT_EQ(to_hex(chain.tree().root()), text(*out, "root"));
  for (std::size_t i = 0; i < chain.size(); ++i)
    EXPECT_EQ(to_hex(chain.tree().leaf(i)), *(*out->find("leaves")->array())[i].string());
  return Fault::kNone;
}

Fault run_proof(const Value& in, const Value* out) {
  MerkleTree tree;
  for (const Value& leaf : *in.find("leaves")->array()) {
    Digest digest;
    EXPECT_TRUE(from_hex(*leaf.string(), digest));
    tree.add(digest);
  }
  json::Array proof;
  for (const Digest& digest : tree.proof(*in.find("index")->unsigned_integer(), tree.size()))
    proof.push_back(to_hex(digest));
  EXPECT_EQ(Value(proof), *out->find("proof"));
  EXPECT_EQ(to_hex(tree.root()), text(*out, "root"));
  return Fault::kNone;
}

Fault run_certificate(const Value& in, const Value* out) {
  const std::string journal = text(in, "journal"), subject = text(in, "subject");
  Evidence evidence;
  if (in.find("journal") != nullptr) evidence.journal = journal;
  if (in.find("subject") != nullptr) evidence.person = {subject, bytes<32>(in, "salt")};
  Certificate certificate;
  const Fault fault = verify_certificate(text(in, "certificate"), key(in), evidence, certificate);
  if (fault != Fault::kNone || out == nullptr) return fault;
  EXPECT_EQ(to_string(certificate.level), text(*out, "level"));
  json::Array ids;
  for (const store::DekId& id : certificate.dek_ids) ids.push_back(to_hex(id.bytes));
  EXPECT_EQ(Value(ids), *out->find("dek_ids"));
  return Fault::kNone;
}

int run_file(const std::string& name) {
  std::ifstream file(LETHE_SOURCE_DIR "/docs/formats/vectors/" + name);
  std::stringstream content;
  content << file.rdbuf();
  const Value vectors = json::parse(content.str()).value();
  using Run = Fault (*)(const Value&, const Value*);
  const std::pair<std::string_view, Run> runs[] = {{"checkpoint", run_checkpoint},
                                                   {"journal", run_journal},
                                                   {"proof", run_proof},
                                                   {"certificate", run_certificate}};
  int checked = 0;
  for (const Value& known : *vectors.find("cases")->array())
    for (const auto& [op, run] : runs) {
      if (op != text(known, "op")) continue;
      SCOPED_TRACE(text(known, "id"));
      const Value* out = known.find("out");
      const std::string expected = text(known, "error");
      const Fault fault = run(*known.find("in"), out);
      EXPECT_EQ(journal::name(fault), expected);
      ++checked;
    }
  return checked;
}

TEST(JournalVectors, GiveTheKnownAnswers) {
  EXPECT_EQ(run_file("journal.json"), 15);
  EXPECT_EQ(run_file("certificate.json"), 14);
}

}  // namespace
}  // namespace lethe::kms::journal
