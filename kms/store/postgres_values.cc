// SPDX-License-Identifier: Apache-2.0
#include "kms/store/postgres_values.h"

#include <charconv>
#include <cstring>

namespace lethe::kms::store::postgres {
namespace {

template <class T>
void put_big_endian(std::string& out, T number) {
  for (int shift = 8 * (static_cast<int>(sizeof number) - 1); shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(static_cast<std::uint8_t>(number >> shift)));
}

}  // namespace

Parameters& Parameters::add(std::int64_t number) {
  put_big_endian(values_.emplace_back(), static_cast<std::uint64_t>(number));
  return *this;
}

Parameters& Parameters::add(const crypto::Id16& id) {
  values_.emplace_back(text_of(id));
  return *this;
}

Parameters& Parameters::add(std::string_view bytes) {
  values_.emplace_back(bytes);
  return *this;
}

// Dimensions, a flag for nulls, the type, then each dimension's size and lower bound.
void Parameters::begin_array(std::uint32_t type, std::size_t size) {
  std::string& array = values_.emplace_back();
  put_big_endian(array, std::uint32_t{size == 0 ? 0u : 1u});
  put_big_endian(array, std::uint32_t{1});
  put_big_endian(array, type);
  if (size == 0) return;
  put_big_endian(array, static_cast<std::uint32_t>(size));
  put_big_endian(array, std::uint32_t{1});
}

void Parameters::put_element(std::string_view bytes) {
  put_big_endian(values_.back(), static_cast<std::uint32_t>(bytes.size()));
  values_.back().append(bytes);
}

void Parameters::put_number(std::int64_t number) {
  put_big_endian(values_.back(), std::uint32_t{sizeof number});
  put_big_endian(values_.back(), static_cast<std::uint64_t>(number));
}

void Parameters::put_null() {
  put_big_endian(values_.back(), ~std::uint32_t{0});
}

int Rows::size() const {
  return PQntuples(result_.get());
}

std::uint64_t Rows::affected() const {
  const std::string_view text = PQcmdTuples(result_.get());
  std::uint64_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

std::string_view Rows::sqlstate() const {
  const char* code = PQresultErrorField(result_.get(), PG_DIAG_SQLSTATE);
  return code == nullptr ? std::string_view() : code;
}

std::int64_t Rows::number(int row, int column) const {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(PQgetvalue(result_.get(), row, column));
  const int size = PQgetlength(result_.get(), row, column);
  if (size != 1 && size != 2 && size != 4 && size != 8) return 0;
  std::uint64_t number = (bytes[0] & 0x80) != 0 && size > 1 ? ~std::uint64_t{0} : 0;
  for (int i = 0; i < size; ++i) number = number << 8 | bytes[i];
  return static_cast<std::int64_t>(number);
}

std::string Rows::bytes(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

crypto::Id16 Rows::id(int row, int column) const {
  crypto::Id16 id{};
  if (PQgetlength(result_.get(), row, column) == static_cast<int>(id.size()))
    std::memcpy(id.data(), PQgetvalue(result_.get(), row, column), id.size());
  return id;
}

bool Rows::is_null(int row, int column) const {
  return PQgetisnull(result_.get(), row, column) != 0;
}

}  // namespace lethe::kms::store::postgres
