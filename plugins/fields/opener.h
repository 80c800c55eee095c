// SPDX-License-Identifier: Apache-2.0
//
// Opens many sealed values of one batch. A value is read (steps 1 to 7 of the specification,
// section 8) when it has been found, while its bytes are at hand; the keys of all are found
// together (step 8); then values are bound to their places and opened together (steps 9 to 11),
// slice by slice, so that what belongs together stays in the processor's caches. Plaintext lies in
// buffers of the opener until the next slice or clear(), which wipe them. Belongs to one plugin
// instance and one thread.

#ifndef LETHE_FIELDS_OPENER_H_
#define LETHE_FIELDS_OPENER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lethe/host.h"
#include "plugins/fields/aad_memo.h"
#include "plugins/fields/byte_buffer.h"
#include "plugins/fields/field_editor.h"
#include "plugins/fields/plaintext.h"
#include "plugins/fields/sealed_value.h"

namespace lethe::fields {

class Opener {
 public:
  // Reads the sealed value of a JSON token: a string in the text carrier or a marked object; step 1
  // says kNotEncrypted for everything else. On kNone it is the entry number size() - 1.
  SealedError add(std::string_view token, TokenKind kind, std::string_view marker,
                  const AcceptList& accept);

  std::size_t size() const noexcept { return entries_.size(); }

  // Finds the keys of all entries. Fails as a whole only if the store is away.
  Result<void> find_keys(Keys& keys);

  // Forgets and wipes what was opened before; entries stay. The values of the slice are of that
  // stream.
  void begin_slice(const Stream& stream);
  // Puts an entry into the slice.
  void bind(std::size_t entry, const Place& place, Keys& keys);
  // Opens what can be opened of the slice.
  void open(Keys& keys);

  // Of an entry of this slice, after open(): kNone, kKeyShredded, kKeyBlocked, kKeyUnknown,
  // kInvalidArgument (the record has not what the profile binds), kAuthFailed, kMalformed or
  // kUnsupported.
  SealedError state(std::size_t entry) const noexcept { return entries_[entry].state; }
  // The key row failed its check; state() says kKeyUnknown. Never erasure.
  bool key_tampered(std::size_t entry) const noexcept {
    return keys_[entries_[entry].key].state == LETHE_KEY_TAMPERED;
  }
  // Only when state() is kNone.
  const Plaintext& plaintext(std::size_t entry) const noexcept {
    return bound_[entries_[entry].bound].plaintext;
  }

  // Forgets the batch and wipes its plaintext.
  void clear() noexcept;

 private:
  void end_slice() noexcept;

  struct Entry {
    Header header;
    SealedError state;
    std::uint32_t bound;  // in bound_ and items_
    std::size_t key;      // in keys_; neighbours of one person share it
    std::size_t compact;  // offset in compact_
    std::size_t compact_size;
  };
  struct Bound {
    std::size_t entry;
    AadRange aad;
    std::size_t out;  // offset in plaintext_
    Plaintext plaintext;
  };

  std::size_t key_of(const Header& header);
  SealedValue value(const Entry& entry) const noexcept {
    return {entry.header, ByteView(compact_.at(entry.compact), entry.compact_size)};
  }
  SealedError judge(const Entry& entry, Bound& bound, const lethe_open_item& item) const;

  std::vector<Entry> entries_;
  std::vector<lethe_opening_key> keys_;
  std::vector<Bound> bound_;
  std::vector<lethe_open_item> items_;
  AadMemo memo_;
  ByteBuffer compact_;
  ByteBuffer aad_;
  ByteBuffer plaintext_;
  std::string decoded_;  // of a string token with escapes
};

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_OPENER_H_
