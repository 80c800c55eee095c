// SPDX-License-Identifier: Apache-2.0
//
// The context of a vector: tenant, dataset, path, record key, subject. Owns what the AAD borrows.

#ifndef LETHE_WORKER_CLI_SELFTEST_CONTEXT_H_
#define LETHE_WORKER_CLI_SELFTEST_CONTEXT_H_

#include "plugins/fields/aad.h"
#include "worker/cli/selftest_case.h"

namespace lethe::worker::cli {

class VectorContext {
 public:
  // From the member `context`. A member of the wrong form makes the context not sound.
  explicit VectorContext(const Arguments& in);

  bool sound() const { return sound_; }
  const std::string& tenant() const { return tenant_; }  // empty: not given
  fields::AadContext aad() const;
  // Step 9 for a header.
  bool binds(const fields::Header& header) const;
  Octets aad_bytes(const fields::Header& header) const;

 private:
  void read_text(const Arguments& context, std::string_view name, std::string& text);
  void read_path(const Arguments& context);
  void read_record_key(const Arguments& context);

  bool sound_ = true;
  std::string tenant_, dataset_, path_, subject_;
  fields::RecordKey record_key_ = fields::RecordKey::kNotGiven;
  std::array<std::uint8_t, 32> record_key_sha256_{};
};

}  // namespace lethe::worker::cli

#endif  // LETHE_WORKER_CLI_SELFTEST_CONTEXT_H_
