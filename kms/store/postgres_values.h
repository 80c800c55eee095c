// SPDX-License-Identifier: Apache-2.0
//
// Values on their way to and from PostgreSQL, in its binary format: parameters of a statement
// (whole columns of a batch as one array each), and the rows of a result. A reader of rows gets
// what is missing or of another size as zero or empty. Plain values.

#ifndef LETHE_KMS_STORE_POSTGRES_VALUES_H_
#define LETHE_KMS_STORE_POSTGRES_VALUES_H_

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kms/crypto/derive.h"

namespace lethe::kms::store::postgres {

class Parameters {
 public:
  Parameters& add(std::int64_t number);
  Parameters& add(std::uint64_t number) { return add(static_cast<std::int64_t>(number)); }
  Parameters& add(const crypto::Id16& id);
  Parameters& add(std::string_view bytes);  // text or bytea

  // Arrays: get(row) yields the element. An empty text of `names` is null.
  template <class Rows, class Get>
  Parameters& add_ids(const Rows& rows, Get get) {
    begin_array(kUuid, rows.size());
    for (const auto& row : rows) put_element(text_of(get(row).bytes));
    return *this;
  }
  template <class Rows, class Get>
  Parameters& add_numbers(const Rows& rows, Get get) {
    begin_array(kInt8, rows.size());
    for (const auto& row : rows) put_number(static_cast<std::int64_t>(get(row)));
    return *this;
  }
  template <class Rows, class Get>
  Parameters& add_texts(const Rows& rows, Get get) {
    begin_array(kText, rows.size());
    for (const auto& row : rows) put_element(get(row));
    return *this;
  }
  template <class Rows, class Get>
  Parameters& add_blobs(const Rows& rows, Get get) {
    begin_array(kBytea, rows.size());
    for (const auto& row : rows) put_element(get(row));
    return *this;
  }
  template <class Rows, class Get>
  Parameters& add_names(const Rows& rows, Get get) {
    begin_array(kBytea, rows.size());
    for (const auto& row : rows) get(row).empty() ? put_null() : put_element(get(row));
    return *this;
  }

  const std::vector<std::string>& values() const noexcept { return values_; }

 private:
  // Types of elements, by PostgreSQL's fixed numbers.
  static constexpr std::uint32_t kBytea = 17, kInt8 = 20, kText = 25, kUuid = 2950;

  static std::string_view text_of(const crypto::Id16& id) {
    return {reinterpret_cast<const char*>(id.data()), id.size()};
  }
  void begin_array(std::uint32_t type, std::size_t size);
  void put_element(std::string_view bytes);
  void put_number(std::int64_t number);
  void put_null();

  std::vector<std::string> values_;
};

class Rows {
 public:
  Rows() = default;
  explicit Rows(PGresult* result) : result_(result) {}

  bool empty() const { return result_ == nullptr; }  // no result at all
  int size() const;
  std::uint64_t affected() const;  // by an insert, update or delete
  std::string_view sqlstate() const;
  ExecStatusType status() const { return PQresultStatus(result_.get()); }

  std::int64_t number(int row, int column) const;
  std::string bytes(int row, int column) const;
  crypto::Id16 id(int row, int column) const;
  bool is_null(int row, int column) const;

 private:
  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  std::unique_ptr<PGresult, Clear> result_;
};

}  // namespace lethe::kms::store::postgres

#endif  // LETHE_KMS_STORE_POSTGRES_VALUES_H_
