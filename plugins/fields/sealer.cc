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

void Sealer::begin_slice() noexcept {
  bound_.clear();
  items_.clear();
  aad_.clear();
  compact_.clear();
}

void Sealer::bind(std::size_t number, Header header, const AadContext& context,
                  std::uint64_t handle) {
  Entry& entry = entries_[number];
  entry.item = static_cast<std::uint32_t>(bound_.size());
  if (entry.padded) header.flags |= kPaddedFlag;
  Bound& bound = bound_.emplace_back();
  bound.header = header;
  bound.handle = handle;
  bound.plaintext = entry.plaintext;
  bound.plaintext_size = entry.plaintext_size;
  bound.aad_size = aad_size(header, context);
  bound.aad = aad_.take(bound.aad_size);
  write_aad(header, context, aad_.at(bound.aad));
  bound.compact_size = fields::compact_size(*find_suite(header.suite), entry.plaintext_size);
  bound.compact = compact_.take(bound.compact_size);
  write_header(header, compact_.at(bound.compact));
}

void Sealer::seal(Keys& keys) {
  items_.resize(bound_.size());
  for (std::size_t i = 0; i < bound_.size(); ++i) {
    const Bound& bound = bound_[i];
    lethe_seal_item& item = items_[i];
    item.struct_size = sizeof(item);
    item.suite = bound.header.suite;
    item.handle = bound.handle;
    item.aad = bytes_view(aad_.at(bound.aad), bound.aad_size);
    item.plaintext = bytes_view(plaintext_.at(bound.plaintext), bound.plaintext_size);
    item.out = compact_.at(bound.compact) + kHeaderSize;
    item.state = LETHE_CRYPTO_UNSUPPORTED;
  }
  keys.seal({items_.data(), items_.size()});
}

void Sealer::clear() noexcept {
  entries_.clear();
  plaintext_.wipe();
  begin_slice();
}

}  // namespace lethe::fields
