// SPDX-License-Identifier: Apache-2.0
#include "kms/backup/lines.h"

#include "gtest/gtest.h"
#include "json/json.h"
#include "kms/backup/manifest.h"

namespace lethe::kms::backup {
namespace {

std::vector<Row> one_of_each() {
  store::EdekRow edek;
  edek.subject.bytes.fill(1);
  edek.dek_id.bytes.fill(2);
  edek.suite = 1;
  edek.fence_version = (std::uint64_t{1} << 40);
  edek.rotation = 7;
  edek.name = std::string("a\0\xff\n\"", 5);
  edek.record = std::string("EK1\0\x80", 5);
  return {store::ControlRow{"k", "v\"\n"},
          edek,
          store::FenceRow{edek.subject, 3, "k", "v"},
          store::ErasedRow{edek.dek_id, "k", "v"},
          store::StateRow{edek.subject, "k", "v"},
          store::JournalRow{9, "k", "v"}};
}

TEST(BackupLines, ComeBackAsTheRowsThatTheyWere) {
  for (const Row& row : one_of_each()) {
    const std::string line = to_line(row);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_EQ(to_row(line), row) << line;
  }
}

TEST(BackupLines, AreNothingWithoutEachOfTheirMembers) {
  for (const Row& row : one_of_each()) {
    const json::Value whole = json::parse(to_line(row)).value();
    for (const json::Member& left_out : *whole.object()) {
      if (left_out.name == "name") continue;
      json::Value rest = json::Object{};
      for (const json::Member& member : *whole.object())
        if (member.name != left_out.name) rest.set(member.name, member.value);
      EXPECT_EQ(to_row(rest.dump()), std::nullopt) << rest.dump();
    }
  }
  for (const char* line : {"", "{}", "[]", "nonsense", R"({"row":"other"})", R"({"row":1})"})
    EXPECT_EQ(to_row(line), std::nullopt) << line;
}

TEST(BackupManifest, SaysWhatWasSignedAndNothingElse) {
  const std::array<std::uint8_t, 32> seed{1};
  const journal::Signer signer("lethe/acme/0011", seed);
  Manifest manifest;
  manifest.counts = {5, 4, 3, 2, 1, 0};
  manifest.signer = signer.name();
  LineHash hash;
  hash.add("a line");
  manifest.hash = hash.value();
  const std::string line = write_manifest(manifest, signer).value();
  const auto read = read_manifest(line);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->manifest, manifest);
  EXPECT_TRUE(verify(signer.verifier_key(), read->signed_part, read->signature));
  std::string changed = line;
  changed.replace(changed.find("\"edek\":4"), 8, "\"edek\":5");
  const auto other = read_manifest(changed);
  ASSERT_TRUE(other);
  EXPECT_FALSE(verify(signer.verifier_key(), other->signed_part, other->signature));
  EXPECT_FALSE(read_manifest(to_line(store::ControlRow{"k", "v"})));
}

}  // namespace
}  // namespace lethe::kms::backup
