// SPDX-License-Identifier: Apache-2.0
#include "kms/journal/certificate.h"

#include "gtest/gtest.h"
#include "kms/base64.h"
#include "kms/journal/certificate_text.h"
#include "kms/journal/checkpoint.h"
#include "tests/unit/kms/journal/samples.h"

namespace lethe::kms::journal {
namespace {

class CertificateTest : public ::testing::Test {
 protected:
  CertificateTest() : journal_(samples::open(store_)) {
    samples::append_all(*journal_, samples::history());
  }

  static Claim claim(Level level) {
    return {"er-1", level, {"memory store"}, {"clear field orders.name"}};
  }
  std::string issued(Level level) { return journal_->certificate(claim(level)).value(); }

  static Fault verify(std::string_view text, const Evidence& evidence = {}) {
    Certificate read;
    return verify_certificate(text, samples::signer().verifier_key(), evidence, read);
  }

  // What a signer that lies would have issued.
  template <class Change>
  Fault verify_forged(Level level, Change change) {
    CertificateText read;
    EXPECT_EQ(read_certificate(issued(level), read), Fault::kNone);
    change(read.certificate);
    json::Value members = certificate_members(read.certificate).value();
    const auto signature = samples::signer().sign(signed_part(members).value());
    members.set("sig", to_base64(signature));
    return verify(members.dump());
  }
  ProvenEntry proven(std::uint64_t seq) const {
    const Entry entry = journal_->after(seq - 1).front();
    MerkleTree tree;
    for (const Entry& each : journal_->after(0)) tree.add(leaf_hash(write_line(each).value()));
    return {write_line(entry).value(), tree.proof(seq - 1, tree.size()), entry};
  }

  store::MemoryKeyStore store_;
  std::unique_ptr<Journal> journal_;
};

constexpr Level kAll[] = {Level::kEffective, Level::kRemoved, Level::kFinal};

TEST_F(CertificateTest, OfEveryLevelVerifiesWithNothingButTheKey) {
  for (const Level level : kAll) {
    Certificate read;
    EXPECT_EQ(verify_certificate(issued(level), samples::signer().verifier_key(), {}, read),
              Fault::kNone);
    EXPECT_EQ(read.level, level);
    EXPECT_EQ(read.dek_ids, samples::fenced("er-1").dek_ids);
    EXPECT_EQ(read.not_covered, std::vector<std::string>{"clear field orders.name"});
  }
}

TEST_F(CertificateTest, VerifiesWithTheJournalAndForThePersonItIsAbout) {
  const std::string journal = samples::text_of(*journal_);
  const Evidence::Person person{samples::kPerson, samples::kSalt};
  EXPECT_EQ(verify(issued(Level::kFinal), {journal, person}), Fault::kNone);
  const Evidence::Person another{"user-4712", samples::kSalt};
  EXPECT_EQ(verify(issued(Level::kFinal), {{}, another}), Fault::kBadCertificate);
  const Evidence::Person guessing{samples::kPerson, samples::kSeed};
  EXPECT_EQ(verify(issued(Level::kFinal), {{}, guessing}), Fault::kBadCertificate);
}

TEST_F(CertificateTest, DoesNotFitAnotherJournalOrAShorterOne) {
  const std::string journal = samples::text_of(*journal_);
  const std::string shorter = journal.substr(0, journal.rfind('\n', journal.size() - 2) + 1);
  EXPECT_EQ(verify(issued(Level::kFinal), {shorter, {}}), Fault::kBadCheckpoint);
  EXPECT_EQ(verify(issued(Level::kFinal), {journal.substr(1), {}}), Fault::kMalformed);
  const std::string certificate = issued(Level::kFinal);
  samples::append_all(*journal_, {samples::fenced("er-2")});
  EXPECT_EQ(verify(certificate, {samples::text_of(*journal_), {}}), Fault::kNone);
}

TEST_F(CertificateTest, BetraysEveryChangedByte) {
  for (const Level level : {Level::kEffective, Level::kFinal}) {
    const std::string whole = issued(level);
    for (std::size_t at = 0; at < whole.size(); ++at) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ (1 << at % 7));
      EXPECT_NE(verify(changed), Fault::kNone) << at << " of " << whole;
    }
  }
}

TEST_F(CertificateTest, BetraysEveryMissingByte) {
  const std::string whole = issued(Level::kFinal);
  for (std::size_t at = 0; at < whole.size(); ++at)
    EXPECT_NE(verify(whole.substr(0, at)), Fault::kNone) << at;
}

TEST_F(CertificateTest, MayBePrintedInAnyLayout) {
  std::string airy;
  for (const char c : issued(Level::kRemoved)) {
    airy += c;
    if (c == ',' && airy[airy.size() - 2] != ',') airy += "\n  ";
  }
  EXPECT_EQ(verify(airy + "\n"), Fault::kNone);
}

TEST_F(CertificateTest, OfAnotherKeyIsRefused) {
  Certificate read;
  const VerifierKey other = samples::signer(samples::kOtherSeed).verifier_key();
  EXPECT_EQ(verify_certificate(issued(Level::kEffective), other, {}, read), Fault::kBadSignature);
  VerifierKey renamed = samples::signer().verifier_key();
  renamed.name += "x";
  EXPECT_EQ(verify_certificate(issued(Level::kEffective), renamed, {}, read), Fault::kBadSignature);
}

TEST_F(CertificateTest, OfAnotherTypeOrVersionIsUnsupported) {
  json::Value value = json::parse(issued(Level::kEffective)).value();
  json::Value newer = value, other = value, more = value;
  EXPECT_EQ(verify(newer.set("v", 2).dump()), Fault::kUnsupported);
  EXPECT_EQ(verify(other.set("type", "x").dump()), Fault::kUnsupported);
  EXPECT_EQ(verify(more.set("x", 1).dump()), Fault::kMalformed);
  EXPECT_EQ(verify(value.set("stores", json::Array{}).dump()), Fault::kMalformed);
  EXPECT_EQ(verify("[]"), Fault::kMalformed);
}

// The signature alone proves nothing: each of these was signed with the right key.
TEST_F(CertificateTest, ClaimsNoMoreThanItsEntriesShow) {
  const auto forged = [this](Level level, auto change) {
    EXPECT_EQ(verify_forged(level, change), Fault::kBadCertificate);
  };
  EXPECT_EQ(verify_forged(Level::kFinal, [](Certificate&) {}), Fault::kNone);
  forged(Level::kEffective, [](Certificate& c) { c.level = Level::kRemoved; });
  forged(Level::kRemoved, [](Certificate& c) { c.level = Level::kFinal; });
  forged(Level::kRemoved, [](Certificate& c) { c.level = Level::kEffective; });
  forged(Level::kRemoved, [](Certificate& c) { c.entries.pop_back(); });
  forged(Level::kEffective, [](Certificate& c) { c.entries.clear(); });
  forged(Level::kFinal, [](Certificate& c) { c.entries.erase(c.entries.begin() + 3); });
  forged(Level::kFinal, [](Certificate& c) { std::swap(c.entries[1], c.entries[2]); });
  forged(Level::kEffective, [](Certificate& c) { c.tenant = "other"; });
  forged(Level::kEffective, [](Certificate& c) { c.erasure_id = "er-2"; });
  forged(Level::kEffective, [](Certificate& c) { c.subject_commit[0] ^= 1; });
  forged(Level::kEffective, [](Certificate& c) { c.dek_ids.pop_back(); });
  forged(Level::kEffective, [](Certificate& c) { c.fence_version = 2; });
  forged(Level::kEffective, [](Certificate& c) { c.issued_at -= std::chrono::milliseconds(1); });
  forged(Level::kEffective,  // the entries of another erasure beside it
         [this](Certificate& c) { c.entries.insert(c.entries.begin(), proven(3)); });
  forged(Level::kRemoved,  // an epoch's event where the level has none
         [this](Certificate& c) { c.entries.push_back(proven(7)); });
  forged(Level::kFinal,  // the destroyed root twice, the other one not at all
         [](Certificate& c) { c.entries[4] = c.entries[3]; });
}

TEST_F(CertificateTest, ShowsOnlyEntriesOfTheJournalItStates) {
  EXPECT_EQ(verify_forged(Level::kRemoved, [](Certificate& c) { c.entries[1].proof[0][0] ^= 1; }),
            Fault::kBadProof);
  EXPECT_EQ(verify_forged(Level::kRemoved, [](Certificate& c) { c.entries[1].proof.pop_back(); }),
            Fault::kBadProof);
  EXPECT_EQ(verify_forged(Level::kRemoved,
                          [](Certificate& c) {
                            Entry changed = c.entries[1].entry;
                            changed.event.actor = "user:mallory";
                            c.entries[1].line = write_line(changed).value();
                          }),
            Fault::kBadProof);
  EXPECT_EQ(verify_forged(Level::kRemoved,
                          [](Certificate& c) {
                            c.checkpoint = write_checkpoint({3, leaf_hash("x")}, samples::signer());
                          }),
            Fault::kBadProof);
  EXPECT_EQ(verify_forged(Level::kRemoved,
                          [](Certificate& c) {
                            c.checkpoint = write_checkpoint({3, leaf_hash("x")},
                                                            samples::signer(samples::kOtherSeed));
                          }),
            Fault::kBadSignature);
}

TEST_F(CertificateTest, IsNotIssuedBeforeItsLevelIsReached) {
  store::MemoryKeyStore store;
  const auto journal = samples::open(store);
  std::vector<Event> so_far;
  const std::vector<Event> events = samples::history();
  const auto levels = [&] {
    std::string reached;
    for (const Level level : kAll)
      if (journal->certificate(claim(level))) reached += to_string(level);
    return reached;
  };
  const std::string_view expected[] = {"", "", "", "L0", "L0L1", "L0L1", "L0L1", "L0L1", "L0L1L2"};
  for (std::size_t i = 0; i < events.size(); ++i) {
    samples::append_all(*journal, {events[i]});
    EXPECT_EQ(levels(), expected[i]) << i;
  }
  EXPECT_EQ(journal->certificate({"er-3", Level::kEffective, {"s"}, {}}).error().kind(),
            ErrorKind::kUnknownKey);
}

TEST_F(CertificateTest, IsNotFinalWhileARootOfItsEpochsIsLeft) {
  store::MemoryKeyStore store;
  const auto journal = samples::open(store);
  std::vector<Event> events = samples::history();
  events.erase(events.begin() + 6);  // ROOT_DESTROYED of epoch 1
  samples::append_all(*journal, events);
  EXPECT_FALSE(journal->certificate(claim(Level::kFinal)));
  EXPECT_TRUE(journal->certificate(claim(Level::kRemoved)));
}

}  // namespace
}  // namespace lethe::kms::journal
