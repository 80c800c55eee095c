// SPDX-License-Identifier: Apache-2.0

#include "plugins/fields/sealer.h"

namespace lethe::fields {
namespace {

lethe_view bytes_view(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace

std::size_t Sealer::add(ValueType type, ByteView body, Padding padding) {
  Entry entry{};
  entry.padded = padding != Padding::kNone;
  entry.plaintext_size = plaintext_size(body.size(), padding);
  entry.plaintext = plaintext_.take(entry.plaintext_size);
  write_plaintext(type, body, padding, plaintext_.at(entry.plaintext));
  entries_.push_back(entry);
  return entries_.size() - 1;
}

void Sealer::begin_slice(const Stream& stream) {
  end_slice();
  memo_.set_stream(stream);
}

void Sealer::end_slice() noexcept {
  bound_.clear();
  items_.clear();
  aad_.clear();
  compact_.clear();
}

SealedError Sealer::bind(std::size_t number, Header header, const Place& place,
                         std::uint64_t handle, Keys& keys) {
  Entry& entry = entries_[number];
  if (entry.padded) header.flags |= kPaddedFlag;
  AadRange aad;
  const SealedError error = memo_.append(header, place, keys, aad_, aad);
  if (error != SealedError::kNone) return error;
  entry.item = static_cast<std::uint32_t>(bound_.size());
  Bound& bound = bound_.emplace_back();
  bound.header = header;
  bound.handle = handle;
  bound.plaintext = entry.plaintext;
  bound.plaintext_size = entry.plaintext_size;
  bound.aad = aad;
  bound.compact_size = fields::compact_size(*find_suite(header.suite), entry.plaintext_size);
  bound.compact = compact_.take(bound.compact_size);
  write_header(header, compact_.at(bound.compact));
  return SealedError::kNone;
}

void Sealer::seal(Keys& keys) {
  items_.resize(bound_.size());
  for (std::size_t i = 0; i < bound_.size(); ++i) {
    const Bound& bound = bound_[i];
    lethe_seal_item& item = items_[i];
    item.struct_size = sizeof(item);
    item.suite = bound.header.suite;
    item.handle = bound.handle;
    item.aad = bytes_view(aad_.at(bound.aad.offset), bound.aad.size);
    item.plaintext = bytes_view(plaintext_.at(bound.plaintext), bound.plaintext_size);
    item.out = compact_.at(bound.compact) + kHeaderSize;
    item.state = LETHE_CRYPTO_UNSUPPORTED;
  }
  keys.seal({items_.data(), items_.size()});
}

void Sealer::clear() noexcept {
  entries_.clear();
  plaintext_.wipe();
  end_slice();
}

}  // namespace lethe::fields
