// SPDX-License-Identifier: Apache-2.0
//
// The parts of a gateway that its sessions share, built in this order and used by reference. Each
// part is thread-safe. Internal to kms/.

#ifndef LETHE_KMS_GATEWAY_PARTS_H_
#define LETHE_KMS_GATEWAY_PARTS_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "kms/beacon_keeper.h"
#include "kms/crypto/session_seal.h"
#include "kms/edek_rows.h"
#include "kms/fence_view.h"
#include "kms/hierarchy.h"
#include "kms/journal/journal.h"
#include "kms/key_cache.h"
#include "kms/lease.h"
#include "kms/name_tag.h"
#include "kms/row_texts.h"
#include "kms/store/key_store.h"
#include "kms/store_follower.h"
#include "kms/unknown_ids.h"

namespace lethe::kms {

using Clock = std::function<std::chrono::system_clock::time_point()>;

struct GatewayParts {
  struct Settings {
    std::string worker_id;
    std::size_t max_cached_keys;
    std::chrono::milliseconds lease;
    Clock clock;
    LeaseClock lease_clock;
    StoreFollower::Alarm alarm;
  };

  GatewayParts(std::unique_ptr<store::KeyStore> key_store, std::unique_ptr<Hierarchy> keys,
               std::unique_ptr<journal::Journal> events, Settings settings);

  // Whose a row in a store is: "h:" and the hash in hex, or a readable name.
  std::optional<store::SubjectHash> holder_of(std::string_view holder) const;

  const std::unique_ptr<store::KeyStore> store;
  const std::unique_ptr<Hierarchy> hierarchy;
  const std::unique_ptr<journal::Journal> journal;
  const Clock clock;
  const RowTexts texts;
  FenceView view;
  KeyCache cache;
  crypto::SessionSeal seal;
  NameTagger tagger;
  EdekRows rows;
  StoreFollower follower;
  Lease lease;
  BeaconKeeper beacons;
  UnknownIds unknown;

  std::atomic<std::uint64_t> cache_hits{0};
  std::atomic<std::uint64_t> cache_misses{0};
  std::atomic<std::uint64_t> keys_created{0};
};

}  // namespace lethe::kms

#endif  // LETHE_KMS_GATEWAY_PARTS_H_
