// SPDX-License-Identifier: Apache-2.0
//
// AADs for value after value of one stream. Their items (tenant, dataset, path) hardly change while
// records pass, so they are checked and encoded once and remembered by path; only the header in
// front differs each time. Remembers a few paths, forgets older ones. Belongs to one plugin
// instance and one thread.

#ifndef LETHE_FIELDS_AAD_MEMO_H_
#define LETHE_FIELDS_AAD_MEMO_H_

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "lethe/host.h"
#include "plugins/fields/aad.h"
#include "plugins/fields/byte_buffer.h"

namespace lethe::fields {

// What all values of a plugin instance have in common.
struct Stream {
  std::string_view tenant;
  std::string_view dataset;
};

// Where a value stands in it.
struct Place {
  std::string_view path;                       // encoded
  std::optional<std::string_view> record_key;  // nothing: the record has no key
};

struct AadRange {
  std::size_t offset = 0;
  std::size_t size = 0;
};

class AadMemo {
 public:
  // The stream of the values that follow.
  void set_stream(const Stream& stream);

  // Appends the AAD of a value without a subject of its own. kInvalidArgument (step 9): the record
  // has not what the profile binds; nothing is appended.
  SealedError append(const Header& header, const Place& place, Keys& keys, ByteBuffer& out,
                     AadRange& range);

 private:
  struct Items {
    std::uint8_t profile = 0xFF;
    std::string path;
    std::string bytes;
  };

  SealedError append_whole(const Header& header, const Place& place, Keys& keys, ByteBuffer& out,
                           AadRange& range);

  AadContext context_of(const Header& header, const Place& place, Keys& keys) const;

  std::string tenant_;
  std::string dataset_;
  std::array<Items, 16> items_;
};

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_AAD_MEMO_H_
