// SPDX-License-Identifier: Apache-2.0
#include "kms/gateway_parts.h"

#include <algorithm>
#include <utility>

#include "kms/crypto/derive.h"
#include "kms/hex.h"

namespace lethe::kms {
namespace {

constexpr std::string_view kPseudonym = "h:";

}  // namespace

GatewayParts::GatewayParts(std::unique_ptr<store::KeyStore> key_store,
                           std::unique_ptr<Hierarchy> keys,
                           std::unique_ptr<journal::Journal> events, Settings settings)
    : store(std::move(key_store)),
      hierarchy(std::move(keys)),
      journal(std::move(events)),
      clock(std::move(settings.clock)),
      texts(hierarchy->tenant_secret()),
      view(texts, [this](std::string_view holder) { return holder_of(holder); }),
      cache(settings.max_cached_keys),
      rows(*hierarchy, seal, settings.worker_id),
      follower(*store, view, cache, std::move(settings.alarm)),
      // A worker may shorten the lease of its store, never lengthen it.
      lease(std::min(hierarchy->lease(), settings.lease), std::move(settings.lease_clock)),
      beacons(*store, follower, lease, texts, settings.worker_id, hierarchy->epoch()) {}

std::optional<store::SubjectHash> GatewayParts::holder_of(std::string_view holder) const {
  store::SubjectHash subject;
  if (hierarchy->key_names() == KeyNames::kClear)
    return store::SubjectHash{
        crypto::subject_hash(hierarchy->tenant_secret(), hierarchy->tenant(), holder)};
  if (!holder.starts_with(kPseudonym) || !from_hex(holder.substr(kPseudonym.size()), subject.bytes))
    return std::nullopt;
  return subject;
}

}  // namespace lethe::kms
