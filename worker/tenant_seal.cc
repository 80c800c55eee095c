// SPDX-License-Identifier: Apache-2.0

#include "worker/tenant_seal.h"

#include <algorithm>
#include <vector>

#include "plugins/fields/aad.h"
#include "plugins/fields/path.h"
#include "plugins/fields/plaintext.h"
#include "plugins/fields/sealed_value.h"
#include "worker/sealed_access.h"

namespace lethe::worker {
namespace {

// A whole record may be larger than a field.
constexpr fields::Limits kLimits{std::size_t{256} << 20};

lethe_view bytes_view(fields::ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::vector<std::uint8_t> aad_of(const fields::Header& header, std::string_view tenant) {
  const std::string path = fields::encode_path({});
  fields::AadContext context;
  context.tenant = tenant;
  context.path = path;
  std::vector<std::uint8_t> aad(fields::aad_size(header, context));
  fields::write_aad(header, context, aad.data());
  return aad;
}

}  // namespace

Result<std::string_view> TenantSeal::seal(std::string_view original, connectors::Arena& arena) {
  lethe_sealing_key key{};
  key.struct_size = sizeof(key);
  key.suite = kA256Gcm;
  key.name = {kms::kDeadLetterKeyName.data(), kms::kDeadLetterKeyName.size()};
  LETHE_TRY(session_->for_sealing({&key, 1}, kms::ErasedPolicy::kBlock));
  if (key.state != LETHE_KEY_AVAILABLE)
    return internal("the tenant's dead-letter key is not usable: run lethe keys list");

  fields::Header header;
  std::copy(key.dek_id, key.dek_id + 16, header.dek_id.begin());
  const fields::ByteView body(reinterpret_cast<const std::uint8_t*>(original.data()),
                              original.size());
  const std::size_t plaintext_size = fields::plaintext_size(body.size(), fields::Padding::kNone);
  const std::size_t compact_size = fields::compact_size(*find_suite(header.suite), plaintext_size);
  // The arena is wiped when the batch is recycled, so the plaintext does not outlive it.
  auto* plaintext = static_cast<std::uint8_t*>(arena.allocate(plaintext_size));
  auto* compact = static_cast<std::uint8_t*>(arena.allocate(compact_size));
  auto* text = static_cast<char*>(arena.allocate(fields::text_size(compact_size)));
  if (plaintext == nullptr || compact == nullptr || text == nullptr)
    return internal("a dead letter does not fit into the batch's memory");
  fields::write_plaintext(fields::ValueType::kBytes, body, fields::Padding::kNone, plaintext);
  fields::write_header(header, compact);
  const std::vector<std::uint8_t> aad = aad_of(header, tenant_);

  lethe_seal_item item{};
  item.struct_size = sizeof(item);
  item.suite = header.suite;
  item.handle = key.handle;
  item.aad = bytes_view(aad);
  item.plaintext = bytes_view({plaintext, plaintext_size});
  item.out = compact + fields::kHeaderSize;
  session_->seal({&item, 1});
  if (item.state != LETHE_CRYPTO_OK) return internal("sealing a dead letter failed");
  LETHE_TRY(session_->confirm());
  const char* end = fields::write_text({compact, compact_size}, text);
  return std::string_view(text, static_cast<std::size_t>(end - text));
}

Result<std::string> TenantSeal::open(std::string_view sealed) {
  std::vector<std::uint8_t> buffer(sealed.size());
  fields::SealedValue value;
  if (fields::read_text(sealed, kLimits, buffer.data(), value) != fields::SealedError::kNone)
    return bad_record("this is no sealed dead letter");
  const std::string path = fields::encode_path({});
  fields::AadContext context;
  context.tenant = tenant_;
  context.path = path;
  Opened opened = LETHE_TRY(open_sealed(*session_, value, context));
  return std::move(opened.body);
}

}  // namespace lethe::worker
