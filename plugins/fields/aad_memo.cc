// SPDX-License-Identifier: Apache-2.0

#include "plugins/fields/aad_memo.h"

#include <cstring>

namespace lethe::fields {
namespace {

constexpr std::size_t kHead = kAadLabel.size() + kHeaderSize;

bool binds_the_record(const Header& header) {
  return header.shared() || header.profile == static_cast<std::uint8_t>(AadProfile::kRecordKey);
}

}  // namespace

void AadMemo::set_stream(const Stream& stream) {
  if (stream.tenant == tenant_ && stream.dataset == dataset_) return;
  items_.fill({});
  tenant_ = stream.tenant;
  dataset_ = stream.dataset;
}

SealedError AadMemo::append(const Header& header, const Place& place, Keys& keys, ByteBuffer& out,
                            AadRange& range) {
  if (binds_the_record(header)) return append_whole(header, place, keys, out, range);
  const std::size_t last = place.path.empty() ? 0 : static_cast<unsigned char>(place.path.back());
  Items& items = items_[(place.path.size() + last) % items_.size()];
  if (items.profile != header.profile || items.path != place.path) {
    const SealedError error = append_whole(header, place, keys, out, range);
    if (error != SealedError::kNone) return error;
    const auto* written = reinterpret_cast<const char*>(out.at(range.offset));
    items = {header.profile, std::string(place.path),
             std::string(written + kHead, range.size - kHead)};
    return SealedError::kNone;
  }
  range.size = kHead + items.bytes.size();
  range.offset = out.take(range.size);
  std::uint8_t* const at = out.at(range.offset);
  std::memcpy(at, kAadLabel.data(), kAadLabel.size());
  write_header(header, at + kAadLabel.size());
  std::memcpy(at + kHead, items.bytes.data(), items.bytes.size());
  return SealedError::kNone;
}

SealedError AadMemo::append_whole(const Header& header, const Place& place, Keys& keys,
                                  ByteBuffer& out, AadRange& range) {
  const AadContext context = context_of(header, place, keys);
  const SealedError error = check_context(header, context);
  if (error != SealedError::kNone) return error;
  range.size = aad_size(header, context);
  range.offset = out.take(range.size);
  write_aad(header, context, out.at(range.offset));
  return SealedError::kNone;
}

// The record key is hashed only for the profile that binds it.
AadContext AadMemo::context_of(const Header& header, const Place& place, Keys& keys) const {
  AadContext context;
  context.tenant = tenant_;
  context.dataset = dataset_;
  context.path = place.path;
  context.record_key = place.record_key ? RecordKey::kPresent : RecordKey::kAbsent;
  if (place.record_key && header.profile == static_cast<std::uint8_t>(AadProfile::kRecordKey))
    keys.sha256(*place.record_key, context.record_key_sha256.data());
  return context;
}

}  // namespace lethe::fields
