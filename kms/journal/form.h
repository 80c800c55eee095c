// SPDX-License-Identifier: Apache-2.0
//
// Form: the members of an entry or certificate, taken one by one, each in exactly its form. A
// member that is missing, null, of another form, or left over at the end makes it unsound, and what
// was taken is then worthless. Internal to kms/journal/; one thread.

#ifndef LETHE_KMS_JOURNAL_FORM_H_
#define LETHE_KMS_JOURNAL_FORM_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/json.h"
#include "kms/crypto/digest.h"
#include "kms/journal/time_text.h"
#include "kms/store/rows.h"

namespace lethe::kms::journal {

class Form {
 public:
  // The object is borrowed. Anything but an object is unsound.
  explicit Form(const json::Value& object) : object_(object) {}

  bool has(std::string_view name) const { return object_.find(name) != nullptr; }

  std::string any_text(std::string_view name);
  std::string text(std::string_view name);        // 1 to 255 bytes
  std::string name(std::string_view name);        // the same, without U+0000
  std::string erasure_id(std::string_view name);  // [A-Za-z0-9_-]{1,64}
  std::uint64_t number(std::string_view name);    // >= 1
  std::int64_t integer(std::string_view name);
  crypto::Digest digest(std::string_view name);  // 64 hex digits
  Time time(std::string_view name);
  std::vector<store::DekId> dek_ids(std::string_view name);   // sorted, distinct
  std::vector<std::uint64_t> numbers(std::string_view name);  // sorted, distinct, not empty
  std::vector<std::string> texts(std::string_view name);
  std::vector<crypto::Digest> digests(std::string_view name);
  json::Value object(std::string_view name);
  const json::Array& array(std::string_view name);

  // Returns its argument.
  bool require(bool holds) {
    sound_ = sound_ && holds;
    return holds;
  }
  // True if every member was there in its form, and no other is.
  bool is_sound() const;

 private:
  const json::Value& take(std::string_view name);  // null if it is not there
  template <class T>
  T or_unsound(std::optional<T> value);

  const json::Value& object_;
  std::size_t taken_ = 0;
  bool sound_ = true;
};

}  // namespace lethe::kms::journal

#endif  // LETHE_KMS_JOURNAL_FORM_H_
