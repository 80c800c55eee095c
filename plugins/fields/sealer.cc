// SPDX-License-Identifier: Apache-2.0

#include "plugins/fields/sealer.h"

namespace lethe::fields {
namespace {

lethe_view bytes_view(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace

std::size_t Sealer::add(Header header, const AadContext& context, ValueType type, ByteView body,
                        Padding padding, std::uint64_t handle) {
  if (padding != Padding::kNone) header.flags |= kPaddedFlag;
  Entry entry{};
  entry.header = header;
  entry.handle = handle;
  entry.plaintext_size = plaintext_size(body.size(), padding);
  entry.plaintext = plaintext_.take(entry.plaintext_size);
  write_plaintext(type, body, padding, plaintext_.at(entry.plaintext));
  entry.aad_size = aad_size(header, context);
  entry.aad = aad_.take(entry.aad_size);
  write_aad(header, context, aad_.at(entry.aad));
  entry.compact_size = fields::compact_size(*find_suite(header.suite), entry.plaintext_size);
  entry.compact = compact_.take(entry.compact_size);
  write_header(header, compact_.at(entry.compact));
  entries_.push_back(entry);
  return entries_.size() - 1;
}

void Sealer::seal(Keys& keys) {
  items_.clear();
  for (const Entry& entry : entries_) {
    lethe_seal_item item{};
    item.struct_size = sizeof(item);
    item.suite = entry.header.suite;
    item.handle = entry.handle;
    item.aad = bytes_view(aad_.at(entry.aad), entry.aad_size);
    item.plaintext = bytes_view(plaintext_.at(entry.plaintext), entry.plaintext_size);
    item.out = compact_.at(entry.compact) + kHeaderSize;
    items_.push_back(item);
  }
  keys.seal({items_.data(), items_.size()});
  plaintext_.wipe();
}

void Sealer::clear() noexcept {
  entries_.clear();
  items_.clear();
  plaintext_.wipe();
  aad_.clear();
  compact_.clear();
}

}  // namespace lethe::fields
