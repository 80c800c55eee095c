// SPDX-License-Identifier: Apache-2.0
//
// Seals many values in one call of the key service: the values of a batch are added with their
// keys, sealed together, and read back in compact form. Buffers are kept for the next batch;
// plaintext is wiped. Belongs to one plugin instance and one thread.

#ifndef LETHE_FIELDS_SEALER_H_
#define LETHE_FIELDS_SEALER_H_

#include <cstdint>
#include <vector>

#include "lethe/host.h"
#include "plugins/fields/aad.h"
#include "plugins/fields/byte_buffer.h"
#include "plugins/fields/plaintext.h"
#include "plugins/fields/sealed_value.h"

namespace lethe::fields {

class Sealer {
 public:
  // Header and AAD context must fit (check_context). Flags and DEK id of `header` are final but for
  // the padded flag, which follows from `padding`. Returns the entry's number.
  std::size_t add(Header header, const AadContext& context, ValueType type, ByteView body,
                  Padding padding, std::uint64_t handle);

  // Seals everything that was added since clear(), then wipes the plaintext.
  void seal(Keys& keys);

  // After seal(). False: the key service refused (a stale handle): a bug.
  bool sealed(std::size_t entry) const noexcept { return items_[entry].state == LETHE_CRYPTO_OK; }
  SealedValue value(std::size_t entry) const noexcept {
    return {entries_[entry].header,
            ByteView(compact_.at(entries_[entry].compact), entries_[entry].compact_size)};
  }
  std::size_t compact_size(std::size_t entry) const noexcept {
    return entries_[entry].compact_size;
  }

  void clear() noexcept;

 private:
  struct Entry {
    Header header;
    std::size_t plaintext, plaintext_size;
    std::size_t aad, aad_size;
    std::size_t compact, compact_size;
    std::uint64_t handle;
  };

  std::vector<Entry> entries_;
  std::vector<lethe_seal_item> items_;
  ByteBuffer plaintext_;
  ByteBuffer aad_;
  ByteBuffer compact_;
};

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_SEALER_H_
