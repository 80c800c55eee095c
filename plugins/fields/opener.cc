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

lethe_view bytes_view(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

SealedError Opener::add(std::string_view token, TokenKind kind, std::string_view marker,
                        const AcceptList& accept) {
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

Result<void> Opener::find_keys(Keys& keys) {
  if (keys_.empty()) return {};
  return keys.for_opening({keys_.data(), keys_.size()});
}

void Opener::begin_slice(const Stream& stream) {
  end_slice();
  memo_.set_stream(stream);
}

void Opener::end_slice() noexcept {
  bound_.clear();
  items_.clear();
  aad_.clear();
  plaintext_.wipe();
}

// What passes steps 8 and 9 gets a place in the slice, with its AAD and room for its plaintext.
void Opener::bind(std::size_t number, const Place& place, Keys& keys) {
  Entry& entry = entries_[number];
  entry.state = key_state(keys_[entry.key].state);
  if (entry.state != SealedError::kNone) return;
  AadRange aad;
  entry.state = memo_.append(entry.header, place, keys, aad_, aad);
  if (entry.state != SealedError::kNone) return;
  entry.bound = static_cast<std::uint32_t>(bound_.size());
  Bound& bound = bound_.emplace_back();
  bound.entry = number;
  bound.aad = aad;
  bound.out = plaintext_.take(value(entry).ciphertext().size());
}

void Opener::open(Keys& keys) {
  items_.resize(bound_.size());
  for (std::size_t i = 0; i < bound_.size(); ++i) {
    const Bound& bound = bound_[i];
    const Entry& entry = entries_[bound.entry];
    lethe_open_item& item = items_[i];
    item.struct_size = sizeof(item);
    item.suite = entry.header.suite;
    item.handle = keys_[entry.key].handle;
    item.aad = bytes_view(ByteView(aad_.at(bound.aad.offset), bound.aad.size));
    item.sealed = bytes_view(value(entry).sealed());
    item.out = plaintext_.at(bound.out);
    item.state = LETHE_CRYPTO_AUTH_FAILED;
  }
  keys.open({items_.data(), items_.size()});
  for (std::size_t i = 0; i < bound_.size(); ++i) {
    Entry& entry = entries_[bound_[i].entry];
    entry.state = judge(entry, bound_[i], items_[i]);
  }
}

// Steps 10 and 11.
SealedError Opener::judge(const Entry& entry, Bound& bound, const lethe_open_item& item) const {
  if (item.state != LETHE_CRYPTO_OK) return SealedError::kAuthFailed;
  const ByteView opened(plaintext_.at(bound.out), value(entry).ciphertext().size());
  return read_plaintext(opened, entry.header.padded(), bound.plaintext);
}

void Opener::clear() noexcept {
  end_slice();
  entries_.clear();
  keys_.clear();
  compact_.clear();
}

}  // namespace lethe::fields
