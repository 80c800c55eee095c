// SPDX-License-Identifier: Apache-2.0
//
// Opens many sealed values in two calls of the key service: the values of a batch are added as they
// are read (steps 1 to 7 of the specification, section 8), their keys found together (step 8),
// opened together (steps 9 and 10), then read one by one (step 11). Plaintext lies in buffers of
// the opener until clear(), which wipes them. Belongs to one plugin instance and one thread.

#ifndef LETHE_FIELDS_OPENER_H_
#define LETHE_FIELDS_OPENER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lethe/host.h"
#include "plugins/fields/aad.h"
#include "plugins/fields/byte_buffer.h"
#include "plugins/fields/field_editor.h"
#include "plugins/fields/plaintext.h"
#include "plugins/fields/sealed_value.h"

namespace lethe::fields {

// Where a value was found. Borrowed until Opener::open().
struct Place {
  std::string_view tenant;
  std::string_view dataset;
  std::string_view path;                       // encoded
  std::optional<std::string_view> record_key;  // nothing: the record has no key
};

class Opener {
 public:
  // Reads the sealed value of a JSON token: a string in the text carrier or a marked object; step 1
  // says kNotEncrypted for everything else. On kNone it is the entry number size() - 1.
  SealedError add(std::string_view token, TokenKind kind, std::string_view marker,
                  const AcceptList& accept, const Place& place);

  std::size_t size() const noexcept { return entries_.size(); }

  // Finds the keys and opens what can be opened. Fails as a whole only if the store is away.
  Result<void> open(Keys& keys);

  // After open(): kNone, kKeyShredded, kKeyBlocked, kKeyUnknown, kInvalidArgument (the record has
  // not what the profile binds), kAuthFailed, kMalformed or kUnsupported.
  SealedError state(std::size_t entry) const noexcept { return entries_[entry].state; }
  // The key row failed its check; state() says kKeyUnknown. Never erasure.
  bool key_tampered(std::size_t entry) const noexcept {
    return keys_[entries_[entry].key].state == LETHE_KEY_TAMPERED;
  }
  // Only when state() is kNone.
  const Plaintext& plaintext(std::size_t entry) const noexcept { return entries_[entry].plaintext; }

  void clear() noexcept;

 private:
  struct Entry {
    Header header;
    std::size_t key;      // in keys_; neighbours of one person share it
    std::size_t compact;  // offset in compact_
    std::size_t compact_size;
    std::size_t aad, aad_size;
    std::size_t out;  // offset in plaintext_
    Place place;
    SealedError state;
    Plaintext plaintext;
  };

  std::size_t key_of(const Header& header);
  void prepare(Entry& entry, std::size_t i, Keys& keys);
  void judge(Entry& entry, const lethe_open_item& item);

  std::vector<Entry> entries_;
  std::vector<lethe_opening_key> keys_;
  std::vector<lethe_open_item> items_;
  std::vector<std::size_t> opened_;  // entry of each item
  ByteBuffer compact_;
  ByteBuffer aad_;
  ByteBuffer plaintext_;
  std::string decoded_;  // of a string token with escapes
};

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_OPENER_H_
