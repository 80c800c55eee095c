// SPDX-License-Identifier: Apache-2.0
//
// Codec and wrapping of EDEK records. The parser goes left to right and never allocates by a
// claimed length: it checks that the bytes are there first.

#include "kms/crypto/edek.h"

#include <algorithm>
#include <cstring>

#include "kms/crypto/aead.h"
#include "kms/crypto/digest.h"
#include "kms/crypto/random.h"
#include "lethe/utf8.h"

namespace lethe::kms::crypto {
namespace {

constexpr std::string_view kMagic("EK1\0", 4);
constexpr std::uint8_t kWrapAesGcm = 1;
constexpr std::uint8_t kTokenFlag = 1;

template <class T>
void put(std::string& out, T number) {
  for (std::size_t shift = sizeof(T); shift-- != 0;)
    out.push_back(static_cast<char>(static_cast<std::uint8_t>(number >> (8 * shift))));
}

template <std::size_t N>
void put(std::string& out, const std::array<std::uint8_t, N>& bytes) {
  out.append(reinterpret_cast<const char*>(bytes.data()), N);
}

void put_text(std::string& out, std::string_view text) {
  put(out, static_cast<std::uint16_t>(text.size()));
  out.append(text);
}

// Takes fields off the front; false: not enough bytes.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

  template <class T>
  bool take(T& number) {
    if (rest_.size() < sizeof(T)) return false;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) value = value << 8 | rest_[i];
    number = static_cast<T>(value);
    rest_ = rest_.subspan(sizeof(T));
    return true;
  }
  template <std::size_t N>
  bool take(std::array<std::uint8_t, N>& bytes) {
    if (rest_.size() < N) return false;
    std::copy_n(rest_.begin(), N, bytes.begin());
    rest_ = rest_.subspan(N);
    return true;
  }
  bool take_text(std::string& text) {
    std::uint16_t size = 0;
    if (!take(size) || rest_.size() < size) return false;
    text.assign(reinterpret_cast<const char*>(rest_.data()), size);
    rest_ = rest_.subspan(size);
    return true;
  }
  bool at_end() const { return rest_.empty(); }

 private:
  std::span<const std::uint8_t> rest_;
};

bool all_zero(const Id16& id) {
  return id == Id16{};
}

bool tenant_is_valid(std::string_view tenant) {
  return !tenant.empty() && tenant.size() <= 255 && tenant.find('\0') == tenant.npos &&
         is_utf8(tenant);
}

bool creator_is_valid(std::string_view creator) {
  return creator.size() <= 255 && is_utf8(creator);
}

bool suite_fits(std::uint8_t purpose, std::uint8_t suite) {
  if (purpose == kIndexKey) return suite == 0;
  return suite == 1 || suite == 2 || (suite >= 4 && suite <= 10);
}

bool purpose_is_known(std::uint8_t purpose) {
  return purpose == kDataKey || purpose == kIndexKey;
}

EdekError parse_prefix(Reader& reader, std::uint8_t& flags, EdekRecord& record) {
  std::array<std::uint8_t, 4> magic{};
  if (!reader.take(magic) || magic[0] != 'E' || magic[1] != 'K') return EdekError::kMalformed;
  if (!std::equal(magic.begin(), magic.end(), kMagic.begin())) return EdekError::kUnsupported;
  std::uint8_t wrap_alg = 0;
  if (!reader.take(wrap_alg)) return EdekError::kMalformed;
  if (wrap_alg != kWrapAesGcm) return EdekError::kUnsupported;
  if (!reader.take(record.purpose)) return EdekError::kMalformed;
  if (!purpose_is_known(record.purpose)) return EdekError::kUnsupported;
  if (!reader.take(record.suite)) return EdekError::kMalformed;
  if (!suite_fits(record.purpose, record.suite)) return EdekError::kUnsupported;
  if (!reader.take(flags)) return EdekError::kMalformed;
  return (flags & ~kTokenFlag) == 0 ? EdekError::kNone : EdekError::kUnsupported;
}

bool parse_rest(Reader& reader, std::uint8_t flags, EdekRecord& record) {
  if (!reader.take(record.bucket) || !reader.take(record.kek_gen) ||
      !reader.take(record.fence_ver) || !reader.take(record.rotation_no) ||
      !reader.take(record.origin) || !reader.take(record.dek_id) || all_zero(record.dek_id) ||
      !reader.take(record.subject_hash))
    return false;
  if (!reader.take_text(record.tenant) || !tenant_is_valid(record.tenant)) return false;
  record.token.reset();
  if ((flags & kTokenFlag) != 0 && !reader.take(record.token.emplace())) return false;
  return reader.take(record.nonce) && reader.take(record.wrapped) &&
         reader.take(record.created_at_ms) && reader.take_text(record.created_by) &&
         creator_is_valid(record.created_by) && reader.at_end();
}

std::span<const std::uint8_t> bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Steps 5 and 6.
EdekError open_wrap(const EdekRecord& record, std::span<const std::uint8_t, 32> kek, Key& dek) {
  const std::string aad = edek_aad(record);
  if (!gcm_open(kek, record.nonce, bytes(aad), record.wrapped, dek.writable().data()))
    return EdekError::kAuthFailed;
  return equal(dek_id(dek.bytes(), record.tenant), record.dek_id) ? EdekError::kNone
                                                                  : EdekError::kKeyMismatch;
}

}  // namespace

std::string_view name(EdekError error) noexcept {
  switch (error) {
    case EdekError::kNone:
      return "OK";
    case EdekError::kInvalidArgument:
      return "INVALID_ARGUMENT";
    case EdekError::kMalformed:
      return "MALFORMED";
    case EdekError::kUnsupported:
      return "UNSUPPORTED";
    case EdekError::kKeyMismatch:
      return "KEY_MISMATCH";
    case EdekError::kKeyUnknown:
      return "KEY_UNKNOWN";
    case EdekError::kKeyShredded:
      return "KEY_SHREDDED";
    case EdekError::kAuthFailed:
      return "AUTH_FAILED";
  }
  return "MALFORMED";
}

std::string edek_aad(const EdekRecord& record) {
  std::string out(kMagic);
  out.push_back(static_cast<char>(kWrapAesGcm));
  put(out, record.purpose);
  put(out, record.suite);
  put(out, record.token ? kTokenFlag : std::uint8_t{0});
  put(out, record.bucket);
  put(out, record.kek_gen);
  put(out, record.fence_ver);
  put(out, record.rotation_no);
  put(out, record.origin);
  put(out, record.dek_id);
  put(out, record.subject_hash);
  put_text(out, record.tenant);
  if (record.token) put(out, *record.token);
  return out;
}

std::string encode_edek(const EdekRecord& record) {
  std::string out = edek_aad(record);
  put(out, record.nonce);
  put(out, record.wrapped);
  put(out, record.created_at_ms);
  put_text(out, record.created_by);
  return out;
}

EdekError parse_edek(std::span<const std::uint8_t> bytes, EdekRecord& record) {
  Reader reader(bytes);
  std::uint8_t flags = 0;
  const EdekError prefix = parse_prefix(reader, flags, record);
  if (prefix != EdekError::kNone) return prefix;
  return parse_rest(reader, flags, record) ? EdekError::kNone : EdekError::kMalformed;
}

EdekError wrap_edek(EdekRecord& record, std::span<const std::uint8_t, 32> kek,
                    std::span<const std::uint8_t, 12> nonce,
                    std::span<const std::uint8_t, 32> dek) {
  if (!purpose_is_known(record.purpose) || !suite_fits(record.purpose, record.suite) ||
      !tenant_is_valid(record.tenant) || !creator_is_valid(record.created_by) ||
      all_zero(record.dek_id) || !equal(dek_id(dek, record.tenant), record.dek_id))
    return EdekError::kInvalidArgument;
  std::copy(nonce.begin(), nonce.end(), record.nonce.begin());
  const std::string aad = edek_aad(record);
  return gcm_seal(kek, nonce, bytes(aad), dek, record.wrapped.data()) ? EdekError::kNone
                                                                      : EdekError::kInvalidArgument;
}

EdekError wrap_edek(EdekRecord& record, std::span<const std::uint8_t, 32> kek,
                    std::span<const std::uint8_t, 32> dek) {
  std::array<std::uint8_t, 12> nonce;
  random_bytes(nonce);
  return wrap_edek(record, kek, nonce, dek);
}

EdekError unwrap_edek(const EdekRecord& record, const EdekRow& row,
                      std::optional<std::span<const std::uint8_t, 32>> kek, Key& dek) {
  dek.clear();
  if (record.tenant != row.tenant || record.subject_hash != row.subject_hash ||
      record.dek_id != row.dek_id)
    return EdekError::kKeyMismatch;
  if (record.fence_ver > row.fence_ver) return EdekError::kKeyUnknown;  // our view is stale
  const bool below = record.fence_ver < row.fence_ver;
  if (!kek) return below ? EdekError::kKeyShredded : EdekError::kKeyUnknown;
  // A flipped version bit must not read as erasure: a KEK at hand has to confirm the record first.
  EdekError error = open_wrap(record, *kek, dek);
  if (error == EdekError::kNone && below) error = EdekError::kKeyShredded;
  if (error != EdekError::kNone) dek.clear();
  return error;
}

}  // namespace lethe::kms::crypto
