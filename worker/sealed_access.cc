// SPDX-License-Identifier: Apache-2.0

#include "worker/sealed_access.h"

#include <algorithm>
#include <vector>

namespace lethe::worker {
namespace {

lethe_view bytes_view(fields::ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<std::uint64_t> key_handle(kms::KeySession& session, const fields::Header& header) {
  lethe_opening_key key{};
  key.struct_size = sizeof(key);
  std::copy(header.dek_id.begin(), header.dek_id.end(), key.dek_id);
  LETHE_TRY(session.for_opening({&key, 1}));
  switch (key.state) {
    case LETHE_KEY_AVAILABLE:
      return key.handle;
    case LETHE_KEY_SHREDDED:
      return Error(ErrorKind::kShredded, "the subject was erased");
    case LETHE_KEY_BLOCKED:
      return Error(ErrorKind::kBlocked, "the subject is restricted");
    case LETHE_KEY_TAMPERED:
      return Error(ErrorKind::kUnknownKey,
                   "the key row fails its check: it was changed outside Lethe");
    default:
      return Error(ErrorKind::kUnknownKey,
                   "no key and no erasure is known for this value: name the store and the tenant "
                   "of the pipeline that sealed it");
  }
}

}  // namespace

Result<Opened> open_sealed(kms::KeySession& session, const fields::SealedValue& value,
                           const fields::AadContext& context) {
  const std::uint64_t handle = LETHE_TRY(key_handle(session, value.header));
  if (fields::check_context(value.header, context) != fields::SealedError::kNone)
    return bad_record("the value is bound to more than was given: its path, dataset or record key");
  std::vector<std::uint8_t> aad(fields::aad_size(value.header, context));
  fields::write_aad(value.header, context, aad.data());
  std::vector<std::uint8_t> plaintext(value.ciphertext().size());
  lethe_open_item item{};
  item.struct_size = sizeof(item);
  item.suite = value.header.suite;
  item.handle = handle;
  item.aad = bytes_view(aad);
  item.sealed = bytes_view(value.sealed());
  item.out = plaintext.data();
  session.open({&item, 1});
  if (item.state != LETHE_CRYPTO_OK)
    return bad_record("the value is not authentic at this place: it was changed or moved");
  fields::Plaintext read;
  if (fields::read_plaintext(plaintext, value.header.padded(), read) != fields::SealedError::kNone)
    return bad_record("the value is authentic, but its content is malformed");
  Opened opened{read.type,
                std::string(reinterpret_cast<const char*>(read.body.data()), read.body.size())};
  std::fill(plaintext.begin(), plaintext.end(), std::uint8_t{0});
  LETHE_TRY(session.confirm());
  return opened;
}

}  // namespace lethe::worker
