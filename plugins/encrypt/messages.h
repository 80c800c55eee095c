// SPDX-License-Identifier: Apache-2.0
//
// Every text that a verdict of the encrypt plugin may carry. Free of data by construction: a
// message is one of these, and a path is one of the configuration.

#ifndef LETHE_ENCRYPT_MESSAGES_H_
#define LETHE_ENCRYPT_MESSAGES_H_

#include <vector>

#include "lethe/record.h"
#include "plugins/fields/field_editor.h"
#include "plugins/fields/template.h"

namespace lethe::encrypt {

inline constexpr Message kMissing{"a required field is missing"};
inline constexpr Message kAlreadySealed{"the field is already encrypted"};
inline constexpr Message kSealedSubject{
    "the subject is read from a field that is already encrypted"};
inline constexpr Message kFieldTooLarge{
    "the field is larger than 1 MiB, the limit of a sealed value"};
inline constexpr Message kErased{"the subject was erased, and new data is refused"};
inline constexpr Message kBlocked{"the subject is restricted"};
inline constexpr Message kBadName{"the subject's key name is empty, too long or reserved"};
inline constexpr Message kTampered{
    "the subject's key row fails its check: it was changed outside Lethe"};
inline constexpr Message kNoKey{"the key store gave no key for this subject"};
inline constexpr Message kNotSealed{"sealing failed"};
inline constexpr Message kNoContext{"the record, tenant or dataset does not fit what 'aad' binds"};

// Those above, and those of locating fields and rendering subjects.
inline std::vector<Message> declared_messages() {
  std::vector<Message> all = {kMissing, kAlreadySealed, kSealedSubject, kFieldTooLarge,
                              kErased,  kBlocked,       kBadName,       kTampered,
                              kNoKey,   kNotSealed,     kNoContext};
  for (const fields::LocateError error : fields::kLocateErrors)
    all.emplace_back(fields::describe(error));
  for (const fields::RenderError error : fields::kRenderErrors)
    all.emplace_back(fields::describe(error));
  return all;
}

}  // namespace lethe::encrypt

#endif  // LETHE_ENCRYPT_MESSAGES_H_
