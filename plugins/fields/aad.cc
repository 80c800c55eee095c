// SPDX-License-Identifier: Apache-2.0
//
// One walk over the items serves checking, measuring and writing, so that the three cannot differ.

#include "plugins/fields/aad.h"

#include <algorithm>

#include "lethe/utf8.h"

namespace lethe::fields {
namespace {

constexpr std::size_t kItemHead = 5;  // u8 id ‖ u32 length
constexpr std::size_t kMaxName = 255;
constexpr std::size_t kMaxSubject = 1024;

enum Item : std::uint8_t { kTenant = 1, kDataset, kPath, kRecordKey, kSubject };

// Calls visit(id, bytes) for each item of the profile, ids ascending.
template <class Visit>
void for_each_item(const Header& header, const AadContext& context, Visit&& visit) {
  const auto profile = static_cast<AadProfile>(header.profile);
  const bool dataset = profile == AadProfile::kDataset || profile == AadProfile::kRecordKey;
  if (profile != AadProfile::kHeader) visit(kTenant, context.tenant);
  if (dataset) visit(kDataset, context.dataset);
  if (dataset || profile == AadProfile::kField) visit(kPath, context.path);
  if (profile == AadProfile::kRecordKey) {
    const auto* digest = reinterpret_cast<const char*>(context.record_key_sha256.data());
    const bool present = context.record_key == RecordKey::kPresent;
    visit(kRecordKey, std::string_view(digest, present ? context.record_key_sha256.size() : 0));
  }
  if (header.shared()) visit(kSubject, context.subject);
}

bool is_name(std::string_view text, std::size_t most) {
  return !text.empty() && text.size() <= most && text.find('\0') == text.npos && is_utf8(text);
}

bool fits(Item item, std::string_view bytes, const AadContext& context) {
  switch (item) {
    case kTenant:
    case kDataset:
      return is_name(bytes, kMaxName);
    case kPath:
      return bytes.size() >= 2;
    case kRecordKey:
      return context.record_key != RecordKey::kNotGiven;
    case kSubject:
      return is_name(bytes, kMaxSubject);
  }
  return false;
}

}  // namespace

SealedError check_context(const Header& header, const AadContext& context) noexcept {
  bool complete = header.profile <= kMaxProfile;
  for_each_item(header, context, [&](Item item, std::string_view bytes) {
    complete = complete && fits(item, bytes, context);
  });
  return complete ? SealedError::kNone : SealedError::kInvalidArgument;
}

std::size_t aad_size(const Header& header, const AadContext& context) noexcept {
  std::size_t size = kAadLabel.size() + kHeaderSize;
  for_each_item(header, context,
                [&](Item, std::string_view bytes) { size += kItemHead + bytes.size(); });
  return size;
}

std::uint8_t* write_aad(const Header& header, const AadContext& context,
                        std::uint8_t* out) noexcept {
  out = std::copy(kAadLabel.begin(), kAadLabel.end(), out);
  write_header(header, out);
  out += kHeaderSize;
  for_each_item(header, context, [&](Item item, std::string_view bytes) {
    *out++ = item;
    for (int shift = 24; shift >= 0; shift -= 8)
      *out++ = static_cast<std::uint8_t>(bytes.size() >> shift);
    out = std::copy(bytes.begin(), bytes.end(), out);
  });
  return out;
}

}  // namespace lethe::fields
