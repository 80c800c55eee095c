// SPDX-License-Identifier: Apache-2.0
//
// Records for the transform benchmark: flat customer documents of about 1 KB with 20 members, each
// about a person drawn uniformly, in batches. Made before anything is measured; immutable then.

#ifndef LETHE_TESTS_BENCH_TRANSFORM_RECORDS_H_
#define LETHE_TESTS_BENCH_TRANSFORM_RECORDS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lethe::bench {

// The values of one batch, in one piece of memory. Behind each lie kPadding bytes that may be read,
// as a DOM parser wants it.
class Records {
 public:
  static constexpr std::size_t kPadding = 64;

  explicit Records(const std::vector<std::string>& values);
  Records(Records&&) = default;

  std::size_t size() const noexcept { return values_.size(); }
  std::size_t bytes() const noexcept;
  std::string_view operator[](std::size_t i) const noexcept { return values_[i]; }

 private:
  std::vector<char> bytes_;
  std::vector<std::string_view> values_;
};

using Pool = std::vector<Records>;

inline constexpr std::size_t kMembers = 20;
inline constexpr const char* kSealedFields[] = {"password", "visa"};
inline constexpr const char* kSubjectMember = "userId";
inline constexpr const char* kSubjectPrefix = "customer-";

std::string user_id(std::size_t person);

// The same bytes at every run.
Pool customers(std::size_t batches, std::size_t batch_size, std::size_t people);

}  // namespace lethe::bench

#endif  // LETHE_TESTS_BENCH_TRANSFORM_RECORDS_H_
