// SPDX-License-Identifier: Apache-2.0
//
// The avro carrier: the binary datum of the record EncryptedValue, written out by hand, since it
// has nine fields of five types and never changes. Lengths are checked against the bytes that are
// there.

#include <algorithm>
#include <cstring>
#include <limits>

#include "lethe/utf8.h"
#include "plugins/fields/sealed_parts.h"

namespace lethe::fields {
namespace {

constexpr std::int64_t kFormat = 1;
constexpr std::size_t kMaxVarint = 10;

class AvroReader {
 public:
  explicit AvroReader(ByteView bytes) : rest_(bytes) {}

  bool read_long(std::int64_t& number) {
    std::uint64_t bits = 0;
    for (unsigned shift = 0; shift < 7 * kMaxVarint; shift += 7) {
      if (rest_.empty()) return false;
      const std::uint64_t byte = rest_[0];
      rest_ = rest_.subspan(1);
      if (shift == 63 && byte > 1) return false;  // more than 64 bits
      bits |= (byte & 0x7F) << shift;
      if ((byte & 0x80) != 0) continue;
      number = static_cast<std::int64_t>(bits >> 1 ^ (~(bits & 1) + 1));
      return true;
    }
    return false;
  }
  bool read_int(std::int32_t& number) {
    std::int64_t wide = 0;
    if (!read_long(wide) || wide < std::numeric_limits<std::int32_t>::min() ||
        wide > std::numeric_limits<std::int32_t>::max())
      return false;
    number = static_cast<std::int32_t>(wide);
    return true;
  }
  bool read_fixed(std::size_t size, ByteView& bytes) {
    if (rest_.size() < size) return false;
    bytes = rest_.first(size);
    rest_ = rest_.subspan(size);
    return true;
  }
  bool read_bytes(ByteView& bytes) {
    std::int64_t size = 0;
    return read_long(size) && size >= 0 && static_cast<std::uint64_t>(size) <= rest_.size() &&
           read_fixed(static_cast<std::size_t>(size), bytes);
  }
  bool read_string(std::string_view& text) {
    ByteView bytes;
    if (!read_bytes(bytes)) return false;
    text = {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    return is_utf8(text);
  }
  bool at_end() const { return rest_.empty(); }

 private:
  ByteView rest_;
};

struct Datum {
  std::string_view alg, key_id;
  std::int32_t key_version = 0, fmt = 0;
  ByteView iv, tag, aad, ciphertext, dek_id;
  bool has_dek_id = false;
};

bool read_datum(ByteView bytes, Datum& datum) {
  AvroReader reader(bytes);
  std::int64_t branch = 0;
  if (!reader.read_string(datum.alg) || !reader.read_string(datum.key_id) ||
      !reader.read_int(datum.key_version) || !reader.read_bytes(datum.iv) ||
      !reader.read_bytes(datum.tag) || !reader.read_bytes(datum.aad) ||
      !reader.read_bytes(datum.ciphertext) || !reader.read_int(datum.fmt) ||
      !reader.read_long(branch) || branch < 0 || branch > 1)
    return false;
  datum.has_dek_id = branch == 1;
  return (!datum.has_dek_id || reader.read_fixed(16, datum.dek_id)) && reader.at_end();
}

std::uint8_t* put(ByteView bytes, std::uint8_t* out) {
  return std::copy(bytes.begin(), bytes.end(), out);
}

std::uint8_t* put_long(std::int64_t number, std::uint8_t* out) {
  std::uint64_t bits =
      static_cast<std::uint64_t>(number) << 1 ^ static_cast<std::uint64_t>(number >> 63);  // zigzag
  for (; bits >= 0x80; bits >>= 7) *out++ = static_cast<std::uint8_t>(bits | 0x80);
  *out++ = static_cast<std::uint8_t>(bits);
  return out;
}

std::uint8_t* put_bytes(ByteView bytes, std::uint8_t* out) {
  return put(bytes, put_long(static_cast<std::int64_t>(bytes.size()), out));
}

std::uint8_t* put_string(std::string_view text, std::uint8_t* out) {
  return put_bytes({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, out);
}

void take_hints(const Datum& datum, Hints& hints) {
  hints = {};
  if (!datum.key_id.empty()) hints.key_id = std::string(datum.key_id);
  if (datum.key_version != 0) hints.key_version = datum.key_version;
}

}  // namespace

SealedError read_avro(ByteView bytes, const Limits& limits, std::uint8_t* buffer,
                      SealedValue& value, Hints* hints) {
  if (bytes.size() > limits.avro()) return SealedError::kTooLarge;
  Datum datum;
  if (!read_datum(bytes, datum)) return SealedError::kMalformed;
  if (datum.fmt != kFormat) return SealedError::kUnsupported;
  if (!datum.has_dek_id || datum.key_id.size() > kMaxKeyIdSize || datum.key_version < 0)
    return SealedError::kMalformed;
  const Suite* suite = find_suite_by_alg(datum.alg);
  if (suite == nullptr) return SealedError::kUnsupported;
  if (datum.aad.size() != 2) return SealedError::kMalformed;

  Header& header = value.header;
  header.suite = suite->number;
  header.flags = datum.aad[0];
  header.profile = datum.aad[1];
  std::copy(datum.dek_id.begin(), datum.dek_id.end(), header.dek_id.begin());
  const SealedError error =
      check_parts(header, {datum.iv.size(), datum.ciphertext.size(), datum.tag.size()});
  if (error != SealedError::kNone) return error;

  write_header(header, buffer);
  const std::uint8_t* end =
      put(datum.tag, put(datum.ciphertext, put(datum.iv, buffer + kHeaderSize)));
  value.compact = ByteView(buffer, end);
  if (hints != nullptr) take_hints(datum, *hints);
  return SealedError::kNone;
}

std::size_t avro_size_bound(std::size_t compact_size, const Hints& hints) noexcept {
  constexpr std::size_t kVarints = 9;  // seven lengths and numbers, fmt and the union index
  constexpr std::size_t kLongestAlg = 16;
  return compact_size + kLongestAlg + (hints.key_id ? hints.key_id->size() : 0) +
         kVarints * kMaxVarint;
}

std::uint8_t* write_avro(const SealedValue& value, const Hints& hints, std::uint8_t* out) noexcept {
  const Header& header = value.header;
  const std::array<std::uint8_t, 2> aad = {header.flags, header.profile};
  out = put_string(find_suite(header.suite)->alg, out);
  out = put_string(hints.key_id ? std::string_view(*hints.key_id) : std::string_view(), out);
  out = put_long(hints.key_version.value_or(0), out);
  out = put_bytes(value.nonce(), out);
  out = put_bytes(value.tag(), out);
  out = put_bytes(aad, out);
  out = put_bytes(value.ciphertext(), out);
  out = put_long(kFormat, out);
  out = put_long(1, out);  // union branch: DekId
  return put(header.dek_id, out);
}

}  // namespace lethe::fields
