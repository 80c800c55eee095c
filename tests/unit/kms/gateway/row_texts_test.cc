// SPDX-License-Identifier: Apache-2.0
#include "kms/row_texts.h"

#include <array>

#include "gtest/gtest.h"
#include "kms/fence_view.h"
#include "kms/hex.h"

namespace lethe::kms {
namespace {

constexpr std::array<std::uint8_t, 32> kSecret{1, 2, 3};

Fence some_fence() {
  Fence fence;
  fence.subject.bytes.fill(0x11);
  fence.version = 2;
  fence.dek_ids = {{{1}}, {{2}}};
  fence.erasure_id = "er-1";
  fence.policy = ErasedPolicy::kDrop;
  return fence;
}

// Calls with each single-bit change and each cut of the text.
template <class Visit>
void for_each_change(const std::string& text, Visit visit) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
    visit(changed);
    visit(text.substr(0, i));
  }
  visit(text + " ");
  visit(" " + text);
}

TEST(RowTexts, RefusesEveryChangeOfAFence) {
  const RowTexts texts(kSecret);
  const store::FenceRow row = texts.write(some_fence());
  ASSERT_EQ(texts.read(row), some_fence());
  for_each_change(row.key, [&](const std::string& key) {
    EXPECT_EQ(texts.read(store::FenceRow{row.subject, row.version, key, row.value}), std::nullopt);
  });
  for_each_change(row.value, [&](const std::string& value) {
    EXPECT_EQ(texts.read(store::FenceRow{row.subject, row.version, row.key, value}), std::nullopt);
  });
}

TEST(RowTexts, RefusesEveryChangeOfErasedAndStateRows) {
  const RowTexts texts(kSecret);
  const Erased erased{{{7}}, some_fence().subject, 2, false};
  const State state{some_fence().subject, true};
  const store::ErasedRow erased_row = texts.write(erased);
  const store::StateRow state_row = texts.write(state);
  ASSERT_EQ(texts.read(erased_row), erased);
  ASSERT_EQ(texts.read(state_row), state);
  for_each_change(erased_row.value, [&](const std::string& value) {
    EXPECT_EQ(texts.read(store::ErasedRow{erased_row.dek_id, erased_row.key, value}), std::nullopt);
  });
  for_each_change(state_row.value, [&](const std::string& value) {
    EXPECT_EQ(texts.read(store::StateRow{state_row.subject, state_row.key, value}), std::nullopt);
  });
}

TEST(RowTexts, RefusesRowsOfAnotherSecretAndTextsOfAnotherRow) {
  const RowTexts texts(kSecret);
  constexpr std::array<std::uint8_t, 32> other_secret{9};
  EXPECT_EQ(RowTexts(other_secret).read(texts.write(some_fence())), std::nullopt);
  Fence later = some_fence();
  later.version = 3;
  store::FenceRow mixed = texts.write(some_fence());
  mixed.key = texts.write(later).key;
  EXPECT_EQ(texts.read(mixed), std::nullopt) << "the MAC covers key and value";
}

TEST(RowTexts, RefusesAuthenticTextsOfAnotherForm) {
  const RowTexts texts(kSecret);
  const auto with = [&](const std::string& key, std::string_view member, json::Value value) {
    json::Value object;
    object.set("dek_ids", json::Array{}).set("erasure_id", "er-1").set(member, std::move(value));
    return texts.read(store::FenceRow{{}, 1, key, texts.write_value(key, object)});
  };
  const std::string key = texts.write(some_fence()).key;
  EXPECT_NE(with(key, "policy", "drop"), std::nullopt);
  EXPECT_EQ(with(key, "policy", "perhaps"), std::nullopt);
  EXPECT_EQ(with(key, "more", 1), std::nullopt);
  EXPECT_EQ(with(key, "erasure_id", "not an id"), std::nullopt);
  EXPECT_EQ(with(key, "erasure_id", 5), std::nullopt);
  EXPECT_EQ(with(key, "dek_ids", json::Array{json::Value("short")}), std::nullopt);
  EXPECT_EQ(with(R"({"fence":"h:11111111111111111111111111111111","v":0})", "policy", "drop"),
            std::nullopt);
  EXPECT_EQ(with(R"({"fence":"11111111111111111111111111111111","v":1})", "policy", "drop"),
            std::nullopt);
  EXPECT_EQ(with(R"([])", "policy", "drop"), std::nullopt);
}

TEST(Hex, TakesLowerCaseOfTheRightLengthOnly) {
  std::array<std::uint8_t, 2> bytes{};
  EXPECT_TRUE(from_hex("0aff", bytes));
  EXPECT_EQ(to_hex(bytes), "0aff");
  for (const char* text : {"", "0af", "0aff0", "0AFF", "0agf", "0x0a"})
    EXPECT_FALSE(from_hex(text, bytes)) << text;
  store::DekId id;
  EXPECT_TRUE(from_uuid("ab170938-978b-01c1-9da9-c550aa76145f", id));
  EXPECT_EQ(to_uuid(id), "ab170938-978b-01c1-9da9-c550aa76145f");
  EXPECT_FALSE(from_uuid("ab170938x978b-01c1-9da9-c550aa76145f", id));
  EXPECT_FALSE(from_uuid("ab170938978b01c19da9c550aa76145f", id));
}

TEST(FenceView, CountsAnAuthenticFenceThatWasMisfiledForTheSubjectItNames) {
  const RowTexts texts(kSecret);
  FenceView view(texts);
  store::FenceRow row = texts.write(some_fence());
  row.subject.bytes.fill(0x22);
  store::Marks marks;
  marks.fences = {row};
  EXPECT_EQ(view.apply(marks).tampered, 1u);
  EXPECT_EQ(view.subject(some_fence().subject).fence, 2u);
  EXPECT_FALSE(view.subject(some_fence().subject).tampered);
  EXPECT_TRUE(view.subject(row.subject).tampered);
  EXPECT_EQ(view.subject(row.subject).fence, 0u);
}

TEST(FenceView, KeepsTheHighestVersionInWhateverOrder) {
  const RowTexts texts(kSecret);
  FenceView view(texts);
  Fence later = some_fence();
  later.version = 9;
  later.policy = ErasedPolicy::kRecreate;
  store::Marks marks;
  marks.fences = {texts.write(later), texts.write(some_fence())};
  view.apply(marks);
  EXPECT_EQ(view.subject(later.subject).fence, 9u);
  EXPECT_EQ(view.subject(later.subject).policy, ErasedPolicy::kRecreate);
}

TEST(FenceView, DoesNotForgetDamageWhenAGoodRowFollows) {
  const RowTexts texts(kSecret);
  FenceView view(texts);
  store::Marks damaged;
  damaged.erased = {texts.write(Erased{{{1}}, some_fence().subject, 2, false})};
  damaged.erased[0].value += " ";
  view.apply(damaged);
  store::Marks good;
  good.fences = {texts.write(some_fence())};  // names the same key
  view.apply(good);
  EXPECT_EQ(view.dek({{1}}), DekView::kTampered);
  EXPECT_EQ(view.dek({{2}}), DekView::kErased);
}

TEST(FenceView, NeverTakesALostRowForAnErasure) {
  const RowTexts texts(kSecret);
  FenceView view(texts);
  store::Marks marks;
  marks.erased = {texts.write(Erased{{{7}}, some_fence().subject, 0, true})};
  view.apply(marks);
  EXPECT_EQ(view.dek({{7}}), DekView::kLost);
}

}  // namespace
}  // namespace lethe::kms
