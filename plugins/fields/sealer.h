// SPDX-License-Identifier: Apache-2.0
//
// Seals many values for one batch. A value is taken in when it has been found, while its bytes are
// at hand; bound to its key and place when the keys are known; sealed with others in one call of
// the key service, slice by slice, so that what belongs together stays in the processor's caches.
// Buffers are kept for the next batch; plaintext is wiped. Belongs to one plugin instance and one
// thread.

#ifndef LETHE_FIELDS_SEALER_H_
#define LETHE_FIELDS_SEALER_H_

#include <cstdint>
#include <vector>

#include "lethe/host.h"
#include "plugins/fields/aad_memo.h"
#include "plugins/fields/byte_buffer.h"
#include "plugins/fields/plaintext.h"
#include "plugins/fields/sealed_value.h"

namespace lethe::fields {

class Sealer {
 public:
  // Copies the value. Returns the entry's number.
  std::size_t add(ValueType type, ByteView body, Padding padding);

  // Forgets what was sealed before; entries stay. The values of the slice are of that stream.
  void begin_slice(const Stream& stream);
  // Puts an entry into the slice. Flags and DEK id of `header` are final but for the padded flag.
  // kInvalidArgument: the record has not what the profile binds; the entry is left out.
  SealedError bind(std::size_t entry, Header header, const Place& place, std::uint64_t handle,
                   Keys& keys);
  // Seals the slice.
  void seal(Keys& keys);

  // Of an entry of this slice, after seal(). False: the key service refused (a stale handle): a
  // bug.
  bool sealed(std::size_t entry) const noexcept {
    return items_[entries_[entry].item].state == LETHE_CRYPTO_OK;
  }
  SealedValue value(std::size_t entry) const noexcept {
    const Bound& bound = bound_[entries_[entry].item];
    return {bound.header, ByteView(compact_.at(bound.compact), bound.compact_size)};
  }
  std::size_t compact_size(std::size_t entry) const noexcept {
    return bound_[entries_[entry].item].compact_size;
  }

  // Forgets the batch and wipes its plaintext.
  void clear() noexcept;

 private:
  void end_slice() noexcept;

  struct Entry {
    std::size_t plaintext, plaintext_size;
    bool padded;
    std::uint32_t item;  // in bound_ and items_
  };
  struct Bound {
    Header header;
    std::size_t plaintext, plaintext_size;
    AadRange aad;
    std::size_t compact, compact_size;
    std::uint64_t handle;
  };

  std::vector<Entry> entries_;
  std::vector<Bound> bound_;
  std::vector<lethe_seal_item> items_;
  AadMemo memo_;
  ByteBuffer plaintext_;
  ByteBuffer aad_;
  ByteBuffer compact_;
};

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_SEALER_H_
