// SPDX-License-Identifier: Apache-2.0
//
// The gateway KMS of a worker: implements the use of keys (KeyRing) and their custody (KeyCustody)
// over one key store and one root key. Key bytes never leave kms/. Owns store and root; owned by
// wiring, outlives its sessions. Thread-safe; each session belongs to one thread.

#ifndef LETHE_KMS_GATEWAY_KMS_H_
#define LETHE_KMS_GATEWAY_KMS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "kms/backup/manifest.h"
#include "kms/erasure/desk.h"
#include "kms/gateway_parts.h"
#include "kms/housekeeper.h"
#include "kms/journal/witness.h"
#include "kms/key_custody.h"
#include "kms/key_ring.h"
#include "kms/root/root_key.h"
#include "kms/store/key_store.h"

namespace lethe::kms {

// How a gateway comes by the lease without which no key is used.
enum class Leasing : std::uint8_t {
  kNone,  // for custody alone
  kOnce,  // one beacon; renew_lease() sends others
  kKept,  // by a thread of its own, as long as the gateway lives
};

class GatewayKms final : public KeyRing, public KeyCustody {
 public:
  struct Options {
    std::string tenant = "default";
    bool create = false;  // initialise a store that holds nothing yet
    std::string worker_id = "lethe";
    KeyNames key_names = KeyNames::kHashed;  // of a new store; an old one keeps its own
    std::size_t max_cached_keys = 1'000'000;
    Clock clock = std::chrono::system_clock::now;
    StoreFollower::Alarm alarm{};  // told when rows fail their check; no subject in the text
    Leasing leasing = Leasing::kOnce;
    std::chrono::milliseconds lease = std::chrono::hours(24);  // the store's own, or less
    LeaseClock lease_clock = lease_clock_now;
    std::size_t most_erasures_per_minute = 100;  // that nobody has confirmed
    Housekeeper::Report report{};        // told when the store goes away, and when it is back
    journal::Witness::Places witness{};  // where the store's journal is kept besides
  };

  // Tests the cryptography, opens the control rows (or makes them), loads journal and fences.
  // bad_config: another tenant or root, nothing there, changed rows or journal, a store that was
  // rolled back; transient: store or root away.
  static Result<std::unique_ptr<GatewayKms>> make(std::unique_ptr<store::KeyStore> store,
                                                  std::unique_ptr<root::RootKey> root,
                                                  const Options& options);

  std::unique_ptr<KeySession> session() override;
  // For the worker itself: may use names that begin with kReservedNamePrefix.
  std::unique_ptr<KeySession> internal_session();
  std::string_view tenant() const override;
  // One beacon.
  Result<void> renew_lease();
  std::chrono::milliseconds lease() const;
  // How long what was made with a key may be under way.
  std::chrono::milliseconds longest_delivery() const;
  // Keeps outside the store what its journal has got since; the housekeeper does it, too.
  Result<void> keep_witness();
  // A backup of the store to a new file.
  Result<backup::Counts> backup(const std::string& path);
  // From request to certificate.
  erasure::Erasures& erasures();

  Result<Erasure> shred(std::string_view name, const ShredOptions& options) override;
  Result<void> restrict(std::string_view name, bool restricted) override;
  Result<SubjectStatus> status(std::string_view name) override;
  Result<void> subjects(const std::function<void(const SubjectStatus&)>& visit) override;
  Result<void> keys(const std::function<void(const KeyStatus&)>& visit) override;
  CustodyDescription describe() const override;
  KeyCounts counts() const override;
  journal::Journal& journal();

 private:
  GatewayKms(std::unique_ptr<GatewayParts> parts, std::unique_ptr<root::RootKey> root,
             std::unique_ptr<journal::Witness> witness, const Options& options);
  void keep_house(Housekeeper::Report report);
  store::SubjectHash hash_of(std::string_view name) const;

  std::unique_ptr<GatewayParts> parts_;
  std::unique_ptr<root::RootKey> root_;
  std::unique_ptr<journal::Witness> witness_;
  std::unique_ptr<erasure::Desk> desk_;
  std::unique_ptr<Housekeeper> housekeeper_;  // last: it uses the parts
};

}  // namespace lethe::kms

#endif  // LETHE_KMS_GATEWAY_KMS_H_
