// SPDX-License-Identifier: Apache-2.0
#include "kms/journal/chain.h"

namespace lethe::kms::journal {

Fault Chain::add(std::string_view line, Entry& entry) {
  if (const Fault fault = read_line(line, entry); fault != Fault::kNone) return fault;
  if (entry.seq != size() + 1 || entry.prev != head_) return Fault::kChainBroken;
  if (size() > 0 && entry.time < last_time_) return Fault::kChainBroken;
  if (!tenant_.empty() && entry.tenant != tenant_) return Fault::kChainBroken;
  tree_.add(leaf_hash(line));
  head_ = hash_of_line(line);
  last_time_ = entry.time;
  tenant_ = entry.tenant;
  return Fault::kNone;
}

Fault add_lines(std::string_view text, Chain& chain) {
  Entry entry;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == text.npos) return Fault::kMalformed;
    if (const Fault fault = chain.add(text.substr(0, end), entry); fault != Fault::kNone)
      return fault;
    text.remove_prefix(end + 1);
  }
  return Fault::kNone;
}

}  // namespace lethe::kms::journal
