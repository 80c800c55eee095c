// SPDX-License-Identifier: Apache-2.0

#include "plugins/fields/opener.h"

#include <algorithm>

#include "plugins/fields/json_string.h"

namespace lethe::fields {
namespace {

constexpr Limits kLimits;

SealedError key_state(std::int32_t state) {
  switch (state) {
    case LETHE_KEY_AVAILABLE:
      return SealedError::kNone;
    case LETHE_KEY_SHREDDED:
      return SealedError::kKeyShredded;
    case LETHE_KEY_BLOCKED:
      return SealedError::kKeyBlocked;
    default:
      return SealedError::kKeyUnknown;
  }
}

// The record key is hashed only for the profile that binds it.
AadContext context_of(const Header& header, const Place& place, Keys& keys) {
  AadContext context;
  context.tenant = place.tenant;
  context.dataset = place.dataset;
  context.path = place.path;
  context.record_key = place.record_key ? RecordKey::kPresent : RecordKey::kAbsent;
  if (place.record_key && header.profile == static_cast<std::uint8_t>(AadProfile::kRecordKey))
    keys.sha256(*place.record_key, context.record_key_sha256.data());
  return context;
}

lethe_view bytes_view(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

SealedError Opener::add(std::string_view token, TokenKind kind, std::string_view marker,
                        const AcceptList& accept, const Place& place) {
  if (kind != TokenKind::kString && kind != TokenKind::kObject) return SealedError::kNotEncrypted;
  // Either reader writes at most token.size() + kHeaderSize bytes.
  const std::size_t offset = compact_.take(token.size() + kHeaderSize);
  SealedValue value;
  SealedError error = SealedError::kNone;
  if (kind == TokenKind::kString) {
    std::string_view text = token.substr(1, token.size() - 2);
    if (has_escape(text)) {
      decoded_.clear();
      text = append_decoded(text, decoded_) ? std::string_view(decoded_) : std::string_view();
    }
    error = read_text(text, kLimits, compact_.at(offset), value);
  } else {
    error = read_object(token, marker, kLimits, compact_.at(offset), value);
  }
  if (error == SealedError::kNone) error = accept.check(value.header);
  if (error != SealedError::kNone) {
    compact_.truncate(offset);
    return error;
  }
  Entry entry{};
  entry.header = value.header;
  entry.compact = static_cast<std::size_t>(value.compact.data() - compact_.at(0));
  entry.compact_size = value.compact.size();
  entry.place = place;
  entry.key = key_of(value.header);
  entries_.push_back(entry);
  return SealedError::kNone;
}

std::size_t Opener::key_of(const Header& header) {
  if (!entries_.empty() && entries_.back().header.dek_id == header.dek_id)
    return entries_.back().key;
  lethe_opening_key key{};
  key.struct_size = sizeof(key);
  std::copy(header.dek_id.begin(), header.dek_id.end(), key.dek_id);
  keys_.push_back(key);
  return keys_.size() - 1;
}

Result<void> Opener::open(Keys& keys) {
  if (entries_.empty()) return {};
  LETHE_TRY(keys.for_opening({keys_.data(), keys_.size()}));
  for (std::size_t i = 0; i < entries_.size(); ++i) prepare(entries_[i], i, keys);
  items_.clear();
  for (const std::size_t i : opened_) {
    const Entry& entry = entries_[i];
    const SealedValue value{entry.header, ByteView(compact_.at(entry.compact), entry.compact_size)};
    lethe_open_item item{};
    item.struct_size = sizeof(item);
    item.suite = entry.header.suite;
    item.handle = keys_[entry.key].handle;
    item.aad = bytes_view(ByteView(aad_.at(entry.aad), entry.aad_size));
    item.sealed = bytes_view(value.sealed());
    item.out = plaintext_.at(entry.out);
    items_.push_back(item);
  }
  keys.open({items_.data(), items_.size()});
  for (std::size_t k = 0; k < opened_.size(); ++k) judge(entries_[opened_[k]], items_[k]);
  return {};
}

// Steps 8 and 9; what passes them is listed in opened_, with room for its AAD and plaintext.
void Opener::prepare(Entry& entry, std::size_t i, Keys& keys) {
  entry.state = key_state(keys_[entry.key].state);
  if (entry.state != SealedError::kNone) return;
  const AadContext context = context_of(entry.header, entry.place, keys);
  entry.state = check_context(entry.header, context);
  if (entry.state != SealedError::kNone) return;
  entry.aad_size = aad_size(entry.header, context);
  entry.aad = aad_.take(entry.aad_size);
  write_aad(entry.header, context, aad_.at(entry.aad));
  entry.out = plaintext_.take(entry.compact_size);
  opened_.push_back(i);
}

// Steps 10 and 11.
void Opener::judge(Entry& entry, const lethe_open_item& item) {
  if (item.state != LETHE_CRYPTO_OK) {
    entry.state = SealedError::kAuthFailed;
    return;
  }
  const SealedValue value{entry.header, ByteView(compact_.at(entry.compact), entry.compact_size)};
  entry.state = read_plaintext(ByteView(plaintext_.at(entry.out), value.ciphertext().size()),
                               entry.header.padded(), entry.plaintext);
}

void Opener::clear() noexcept {
  entries_.clear();
  keys_.clear();
  items_.clear();
  opened_.clear();
  compact_.clear();
  aad_.clear();
  plaintext_.wipe();
}

}  // namespace lethe::fields
