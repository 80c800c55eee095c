// SPDX-License-Identifier: Apache-2.0
#include "kms/journal/fault.h"

namespace lethe::kms::journal {

std::string_view name(Fault fault) noexcept {
  switch (fault) {
    case Fault::kNone:
      return "";
    case Fault::kMalformed:
      return "MALFORMED";
    case Fault::kUnsupported:
      return "UNSUPPORTED";
    case Fault::kChainBroken:
      return "CHAIN_BROKEN";
    case Fault::kBadCheckpoint:
      return "BAD_CHECKPOINT";
    case Fault::kBadSignature:
      return "BAD_SIGNATURE";
    case Fault::kBadProof:
      return "BAD_PROOF";
    case Fault::kBadCertificate:
      return "BAD_CERTIFICATE";
  }
  return "MALFORMED";
}

std::string_view meaning(Fault fault) noexcept {
  switch (fault) {
    case Fault::kNone:
      return "nothing is wrong";
    case Fault::kMalformed:
      return "it is damaged, or was not made by this format";
    case Fault::kUnsupported:
      return "it is of another type, or of a newer version";
    case Fault::kChainBroken:
      return "entries of the journal were changed, removed or exchanged";
    case Fault::kBadCheckpoint:
      return "the checkpoint is damaged, or belongs to another or a longer journal";
    case Fault::kBadSignature:
      return "it was changed after it was signed, or somebody else has signed it";
    case Fault::kBadProof:
      return "an entry is not part of the journal that the checkpoint states";
    case Fault::kBadCertificate:
      return "its entries do not show what it claims";
  }
  return "it is damaged";
}

}  // namespace lethe::kms::journal
