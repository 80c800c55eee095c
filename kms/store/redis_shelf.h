// SPDX-License-Identifier: Apache-2.0
//
// EDEK rows of one store in a Redis cache, under "lethe:STORE-ID:DEK-ID" (hex): the row's columns
// and its record, wrapped as in the store. Rows with a readable name are left out: what a person is
// called does not enter a cache. Everything is best effort: what cannot be read, or is
// not exactly such a row, is a miss. What it finds proves nothing: anybody may have written it.
// Thread-safe.

#ifndef LETHE_KMS_STORE_REDIS_SHELF_H_
#define LETHE_KMS_STORE_REDIS_SHELF_H_

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kms/store/redis_link.h"
#include "kms/store/rows.h"

namespace lethe::kms::store::redis {

// The value of a row without a name; and the row, if the text is one of this id.
std::string write_row(const EdekRow& row);
std::optional<EdekRow> read_row(std::string_view text, const DekId& id);

class Shelf {
 public:
  Shelf(Target target, Link::Options options, std::chrono::seconds ttl)
      : link_(std::move(target), std::move(options)), ttl_(std::to_string(ttl.count())) {}

  // Those rows of the ids that are there.
  std::vector<EdekRow> find(std::string_view store_id, std::span<const DekId> ids);
  void put(std::string_view store_id, std::span<const EdekRow> rows);
  void drop(std::string_view store_id, std::span<const DekId> ids);

 private:
  Link link_;
  const std::string ttl_;
};

}  // namespace lethe::kms::store::redis

#endif  // LETHE_KMS_STORE_REDIS_SHELF_H_
