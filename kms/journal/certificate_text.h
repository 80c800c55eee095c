// SPDX-License-Identifier: Apache-2.0
//
// The JSON of a certificate, and what of it is signed. Internal to kms/journal/; any thread.

#ifndef LETHE_KMS_JOURNAL_CERTIFICATE_TEXT_H_
#define LETHE_KMS_JOURNAL_CERTIFICATE_TEXT_H_

#include <string>
#include <string_view>

#include "json/json.h"
#include "kms/crypto/ed25519.h"
#include "kms/journal/certificate.h"
#include "kms/journal/fault.h"

namespace lethe::kms::journal {

// The members, without sig. The lines of the entries must be JSON.
Result<json::Value> certificate_members(const Certificate& certificate);
// "EV1 certificate\0" ‖ canonical form of the members.
Result<std::string> signed_part(const json::Value& members);

struct CertificateText {
  Certificate certificate;
  std::string signed_part;
  crypto::Signature signature{};
};
// kMalformed, kUnsupported, or what stands there.
Fault read_certificate(std::string_view text, CertificateText& read);

}  // namespace lethe::kms::journal

#endif  // LETHE_KMS_JOURNAL_CERTIFICATE_TEXT_H_
