// SPDX-License-Identifier: Apache-2.0
#include "kms/store/packed_edeks.h"

#include <algorithm>
#include <map>
#include <random>
#include <tuple>

#include "gmock/gmock.h"
#include "kms/crypto/edek.h"

namespace lethe::kms::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Rows {
 public:
  EdekRow draw() {
    crypto::EdekRecord record;
    fill(record.dek_id);
    fill(record.subject_hash);
    fill(record.nonce);
    fill(record.wrapped);
    record.fence_ver = random_() % 3;
    record.rotation_no = random_() % 2;
    record.kek_gen = 1 + random_() % 2;
    record.created_at_ms = 1795363200000 + random_() % (std::uint64_t{1} << 40);
    record.tenant = random_() % 2 == 0 ? "acme" : "m\xC3\xBCller";
    record.created_by = "worker-" + std::to_string(random_() % 4);
    if (random_() % 8 == 0) fill(record.token.emplace());
    return row_of(record);
  }
  static EdekRow row_of(const crypto::EdekRecord& record) {
    EdekRow row;
    row.subject.bytes = record.subject_hash;
    row.dek_id.bytes = record.dek_id;
    row.suite = record.suite;
    row.fence_version = record.fence_ver;
    row.rotation = record.rotation_no;
    row.record = crypto::encode_edek(record);
    return row;
  }
  std::uint64_t number() { return random_(); }

 private:
  template <class Bytes>
  void fill(Bytes& bytes) {
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random_());
  }
  std::mt19937_64 random_{20261122};
};

TEST(PackedEdeks, GivesBackTheBytesOfEachRowWhileOthersComeAndGo) {
  Rows rows;
  PackedEdeks packed;
  std::map<DekId, EdekRow> model;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    EdekRow row = rows.draw();
    if (i % 10 == 0) row.name = "person " + std::to_string(i);
    if (i % 97 == 0) row.record = "what nobody can read";
    packed.insert(row, i % 1000 == 999 ? std::uint64_t{1} << 50 : i);
    model.emplace(row.dek_id, row);
    if (i % 3 != 0) continue;
    const auto gone = model.lower_bound(rows.draw().dek_id);
    if (gone == model.end()) continue;
    packed.erase(packed.find(gone->first));
    EXPECT_EQ(packed.find(gone->first), PackedEdeks::kNone);
    model.erase(gone);
  }
  EXPECT_EQ(packed.size(), model.size());
  for (const auto& [id, row] : model) ASSERT_EQ(packed.row(packed.find(id)), row);
}

TEST(PackedEdeks, PagesThroughAllRowsInTheOrderOfSubjectAndDekId) {
  Rows rows;
  PackedEdeks packed;
  std::vector<EdekRow> all;
  for (std::uint64_t i = 0; i < 5'000; ++i) {
    EdekRow row = rows.draw();
    if (i % 5 != 0) row.subject = all.back().subject;
    packed.insert(row, i);
    all.push_back(row);
  }
  std::sort(all.begin(), all.end(), [](const EdekRow& a, const EdekRow& b) {
    return std::tie(a.subject, a.dek_id) < std::tie(b.subject, b.dek_id);
  });
  std::vector<EdekRow> seen;
  std::optional<ScanPosition> after;
  for (;;) {
    const auto page = packed.page(after, 37, [](PackedEdeks::Ref) { return true; });
    if (page.empty()) break;
    for (const auto ref : page) seen.push_back(packed.row(ref));
    after = ScanPosition{seen.back().subject, seen.back().dek_id};
  }
  EXPECT_EQ(seen, all);
}

TEST(PackedEdeks, FindsTheRowsOfASubjectInOrderOfBirth) {
  Rows rows;
  PackedEdeks packed;
  EdekRow late = rows.draw();
  EdekRow early = rows.draw();
  early.subject = late.subject;
  const auto second = packed.insert(late, 9);
  const auto first = packed.insert(early, 4);
  EXPECT_THAT(packed.of(late.subject), ElementsAre(first, second));
  EXPECT_THAT(packed.of(rows.draw().subject), IsEmpty());
  EXPECT_EQ(packed.columns(first).born, 4u);
}

TEST(PackedEdeks, KeepsTheOriginOfACopy) {
  crypto::EdekRecord record;
  record.dek_id = {1};
  record.tenant = "acme";
  record.origin = 18;
  PackedEdeks packed;
  const auto ref = packed.insert(Rows::row_of(record), 17);
  EXPECT_EQ(packed.row(ref), Rows::row_of(record));
  EXPECT_EQ(packed.columns(ref).born, 17u);
}

TEST(PackedEdeks, RemembersThatARowWasWithdrawn) {
  Rows rows;
  PackedEdeks packed;
  const auto ref = packed.insert(rows.draw(), 1);
  packed.set_withdrawn(ref, true);
  EXPECT_TRUE(packed.columns(ref).withdrawn);
  packed.set_withdrawn(ref, false);
  EXPECT_FALSE(packed.columns(ref).withdrawn);
}

}  // namespace
}  // namespace lethe::kms::store
