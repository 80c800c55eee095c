// SPDX-License-Identifier: Apache-2.0
//
// Keeps this process's view of fences up with the store, and the key cache with the view: an
// erasure by anybody, in any process, has left both when catch_up() returns. Called before each
// batch, so that the question whether anything changed must be cheap, and it is. Thread-safe.

#ifndef LETHE_KMS_STORE_FOLLOWER_H_
#define LETHE_KMS_STORE_FOLLOWER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string_view>

#include "kms/fence_view.h"
#include "kms/key_cache.h"
#include "kms/store/key_store.h"
#include "lethe/result.h"

namespace lethe::kms {

class StoreFollower {
 public:
  // Told when a row does not fit its MAC or its place. The text names the store, never a subject.
  using Alarm = std::function<void(std::string_view text)>;

  StoreFollower(store::KeyStore& store, FenceView& view, KeyCache& cache, Alarm alarm)
      : store_(store), view_(view), cache_(cache), alarm_(std::move(alarm)) {}

  // If somebody wrote to the store since the last call: refresh().
  Result<void> catch_up();
  // Reads the rows that are new.
  Result<void> refresh();
  // How often there was news of erasures and states.
  std::uint64_t news() const noexcept { return news_.load(); }

 private:
  Result<void> read_news();

  store::KeyStore& store_;
  FenceView& view_;
  KeyCache& cache_;
  Alarm alarm_;
  std::mutex mutex_;  // one reader of news; who finds it taken waits for what it reads
  store::Position position_;
  std::atomic<std::uint64_t> news_{0};
  std::atomic<std::uint64_t> seen_{0};  // the store's version + 1, as of the last read; 0: none
};

}  // namespace lethe::kms

#endif  // LETHE_KMS_STORE_FOLLOWER_H_
