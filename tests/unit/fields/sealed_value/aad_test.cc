// SPDX-License-Identifier: Apache-2.0
//
// Bytes are in docs/formats/vectors/aad.json.

#include "plugins/fields/aad.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace lethe::fields {
namespace {

AadContext full() {
  AadContext context{"acme", "orders", std::string_view("\0\0", 2), "user-1", RecordKey::kPresent,
                     {}};
  context.record_key_sha256.fill(7);
  return context;
}

Header header(AadProfile profile, std::uint8_t flags = 0, std::uint8_t suite = 2) {
  return {suite, flags, static_cast<std::uint8_t>(profile), {1}};
}

std::vector<std::uint8_t> aad(const Header& header, const AadContext& context) {
  std::vector<std::uint8_t> bytes(aad_size(header, context));
  EXPECT_EQ(write_aad(header, context, bytes.data()), bytes.data() + bytes.size());
  return bytes;
}

bool sound(const Header& header, const AadContext& context) {
  return check_context(header, context) == SealedError::kNone;
}

TEST(Aad, NeedsExactlyWhatTheProfileBinds) {
  struct Need {
    AadProfile profile;
    bool tenant, dataset, path, record_key;
  };
  for (const Need& need : {Need{AadProfile::kHeader, false, false, false, false},
                           Need{AadProfile::kField, true, false, true, false},
                           Need{AadProfile::kDataset, true, true, true, false},
                           Need{AadProfile::kRecordKey, true, true, true, true},
                           Need{AadProfile::kTenant, true, false, false, false}}) {
    const Header h = header(need.profile);
    EXPECT_TRUE(sound(h, full()));
    AadContext context = full();
    context.tenant = {};
    EXPECT_EQ(sound(h, context), !need.tenant);
    context = full();
    context.dataset = {};
    EXPECT_EQ(sound(h, context), !need.dataset);
    context = full();
    context.path = {};
    EXPECT_EQ(sound(h, context), !need.path);
    context = full();
    context.record_key = RecordKey::kNotGiven;
    EXPECT_EQ(sound(h, context), !need.record_key);
    context = full();
    context.subject = {};
    EXPECT_TRUE(sound(h, context));
    EXPECT_FALSE(sound(header(need.profile, kSharedFlag), context));
  }
}

TEST(Aad, HasLimitsForItsTexts) {
  const Header h = header(AadProfile::kDataset, kSharedFlag);
  const std::string most(255, 'x'), more(256, 'x'), subject(1024, 'x'), longer(1025, 'x');
  AadContext context = full();
  context.tenant = context.dataset = most;
  context.subject = subject;
  EXPECT_TRUE(sound(h, context));
  for (std::string_view AadContext::*text : {&AadContext::tenant, &AadContext::dataset}) {
    for (const std::string_view bad :
         {std::string_view(more), std::string_view("a\0b", 3), std::string_view("\xc3")}) {
      context = full();
      context.*text = bad;
      EXPECT_FALSE(sound(h, context));
    }
  }
  context = full();
  context.subject = longer;
  EXPECT_FALSE(sound(h, context));
}

TEST(Aad, DiffersWhereverAnythingBoundDiffers) {
  std::set<std::vector<std::uint8_t>> seen;
  const auto is_new = [&](const Header& h, const AadContext& c) {
    return seen.insert(aad(h, c)).second;
  };
  const Header h = header(AadProfile::kRecordKey, kSharedFlag);
  EXPECT_TRUE(is_new(h, full()));
  for (const auto& change : std::vector<void (*)(AadContext&)>{
           [](AadContext& c) { c.tenant = "acm"; }, [](AadContext& c) { c.dataset = "order"; },
           [](AadContext& c) { c.path = std::string_view("\0\1", 2); },
           [](AadContext& c) { c.subject = "user-2"; },
           [](AadContext& c) { c.record_key = RecordKey::kAbsent; },
           [](AadContext& c) { c.record_key_sha256[31] = 8; }}) {
    AadContext context = full();
    change(context);
    EXPECT_TRUE(is_new(h, context));
  }
  for (Header other : {Header{4, 2, 3, {1}}, Header{2, 3, 3, {1}}, Header{2, 2, 3, {2}}})
    EXPECT_TRUE(is_new(other, full()));
}

TEST(Aad, IsBlindToWhatTheProfileLeavesOut) {
  AadContext context = full();
  context.dataset = "other";
  context.path = std::string_view("\0\1", 2);
  context.record_key = RecordKey::kAbsent;
  EXPECT_EQ(aad(header(AadProfile::kTenant), context), aad(header(AadProfile::kTenant), full()));
  EXPECT_NE(aad(header(AadProfile::kField), context), aad(header(AadProfile::kField), full()));
}

}  // namespace
}  // namespace lethe::fields
