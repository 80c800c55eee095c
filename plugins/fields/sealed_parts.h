// SPDX-License-Identifier: Apache-2.0
//
// What the carriers have in common: the parts of a sealed value as a carrier spelled them, and the
// checks of steps 5 and 6 on them. Private to the carrier_*.cc files.

#ifndef LETHE_FIELDS_SEALED_PARTS_H_
#define LETHE_FIELDS_SEALED_PARTS_H_

#include "plugins/fields/sealed_value.h"

namespace lethe::fields {

// Lengths as found in the carrier, before anyone believed them.
struct PartSizes {
  std::size_t nonce;
  std::size_t ciphertext;
  std::size_t tag;
};

// Step 5, then step 6: DEK id, nonce, tag, ciphertext.
SealedError check_parts(const Header& header, const PartSizes& sizes) noexcept;

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_SEALED_PARTS_H_
