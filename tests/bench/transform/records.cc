// SPDX-License-Identifier: Apache-2.0

#include "tests/bench/transform/records.h"

#include <cstring>
#include <random>

namespace lethe::bench {
namespace {

class Author {
 public:
  std::string customer(std::size_t person) {
    std::string text = "{\"userId\":\"" + user_id(person) + "\"";
    member(text, "name", words(22));
    member(text, "email", words(12) + "@" + words(9) + ".example");
    member(text, "password", words(16));
    member(text, "phone", "+41 79 " + digits(3) + " " + digits(4));
    member(text, "street", words(30) + " " + digits(2));
    member(text, "city", words(14));
    text += ",\"postcode\":" + digits(4) + ",\"country\":\"CH\"";
    member(text, "birthday", "19" + digits(2) + "-05-1" + digits(1));
    member(text, "visa", digits(16));
    text += ",\"created\":1795" + digits(9) + ",\"balance\":" + digits(5) + "." + digits(2);
    text += ",\"active\":true,\"newsletter\":false,\"tags\":[\"" + words(6) + "\",\"" + words(8);
    text += "\"],\"score\":0." + digits(6);
    member(text, "agent", words(24));
    member(text, "comment", words(270));
    member(text, "history", words(260));
    return text + "}";
  }
  std::size_t draw(std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_);
  }

 private:
  static void member(std::string& text, const char* name, const std::string& value) {
    text.append(",\"").append(name).append("\":\"").append(value).append("\"");
  }
  // About `size` characters: lengths differ, as those of real values do.
  std::string words(std::size_t size) {
    std::string text;
    for (std::size_t n = size - size / 8 + draw(size / 4 + 1); text.size() < n;)
      text += draw(7) == 0 ? ' ' : static_cast<char>('a' + draw(26));
    return text;
  }
  std::string digits(std::size_t size) {
    std::string text(1, static_cast<char>('1' + draw(9)));
    while (text.size() < size) text += static_cast<char>('0' + draw(10));
    return text;
  }

  std::mt19937_64 random_{1};
};

}  // namespace

Records::Records(const std::vector<std::string>& values) {
  std::size_t size = 0;
  for (const std::string& value : values) size += value.size() + kPadding;
  bytes_.resize(size);
  char* at = bytes_.data();
  for (const std::string& value : values) {
    std::memcpy(at, value.data(), value.size());
    values_.emplace_back(at, value.size());
    at += value.size() + kPadding;
  }
}

std::size_t Records::bytes() const noexcept {
  return bytes_.size() - values_.size() * kPadding;
}

std::string user_id(std::size_t person) {
  std::string digits = std::to_string(person);
  return "user-" + std::string(7 - digits.size(), '0') + digits;
}

Pool customers(std::size_t batches, std::size_t batch_size, std::size_t people) {
  Author author;
  Pool pool;
  for (std::size_t b = 0; b < batches; ++b) {
    std::vector<std::string> values;
    for (std::size_t i = 0; i < batch_size; ++i)
      values.push_back(author.customer(author.draw(people)));
    pool.emplace_back(values);
  }
  return pool;
}

}  // namespace lethe::bench
