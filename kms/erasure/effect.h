// SPDX-License-Identifier: Apache-2.0
//
// When an erasure has become effective (level L0): no worker can use its keys any more. That is so
// a lease after the fence was seen to be durable, whatever workers there are; or earlier, once
// every worker whose beacon the store held at that moment has sent two more or has taken its beacon
// away. Two, since the first may have been handed over before its sender had read the fence. One
// thread.

#ifndef LETHE_KMS_ERASURE_EFFECT_H_
#define LETHE_KMS_ERASURE_EFFECT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "json/json.h"
#include "kms/lease.h"
#include "kms/row_texts.h"
#include "kms/store/key_store.h"
#include "lethe/result.h"

namespace lethe::kms::erasure {

class Effect {
 public:
  using Numbers = std::map<std::string, std::uint64_t>;  // of beacons, by worker

  // Right after the fence was read back. lease: the store's, which no worker's is longer than.
  // silent: beacons that were the latest of their worker a lease ago already.
  static Result<Effect> begin(store::KeyStore& store, const RowTexts& texts,
                              std::chrono::milliseconds lease, Moment now, const Numbers& silent);

  // How it became effective, as evidence for the journal; nothing: not yet.
  Result<std::optional<json::Value>> check(store::KeyStore& store, const RowTexts& texts,
                                           Moment now);
  // After a lease: the latest beacons of workers that were not heard of since. They are gone, or
  // have no lease.
  const Numbers& silent() const noexcept { return silent_; }

 private:
  Effect(Numbers numbers, std::chrono::milliseconds lease, Moment now);
  static Result<Numbers> read(store::KeyStore& store, const RowTexts& texts);

  Numbers numbers_;
  std::chrono::nanoseconds wait_;
  Moment begun_;
  Numbers silent_;
};

}  // namespace lethe::kms::erasure

#endif  // LETHE_KMS_ERASURE_EFFECT_H_
