// SPDX-License-Identifier: Apache-2.0
#include "kms/store_follower.h"

#include <string>

namespace lethe::kms {

Result<void> StoreFollower::catch_up() {
  const std::uint64_t version = LETHE_TRY(store_.version());
  if (seen_.load() == version + 1) return {};
  const std::lock_guard lock(mutex_);
  if (seen_.load() == version + 1) return {};
  LETHE_TRY(read_news());
  seen_.store(version + 1);  // read before the news: what came in between is looked at again
  return {};
}

Result<void> StoreFollower::refresh() {
  const std::lock_guard lock(mutex_);
  return read_news();
}

Result<void> StoreFollower::read_news() {
  const store::Marks marks = LETHE_TRY(store_.marks_since(position_));
  if (marks.empty()) return {};
  // First the view, then the cache: KeyCache::insert relies on this order.
  const FenceView::News news = view_.apply(marks);
  cache_.drop(news.dek_ids, news.subjects);
  news_.fetch_add(1);
  if (news.tampered > 0 && alarm_)
    alarm_(std::to_string(news.tampered) + " fence, erased or state rows of the " +
           std::string(store_.name()) +
           " fail their check: somebody changed them. Their subjects are refused until a backup is "
           "put in place");
  return {};
}

}  // namespace lethe::kms
