// SPDX-License-Identifier: Apache-2.0
//
// Journal: the one append-only log of a tenant's erasures and epochs, over the key store that holds
// its entries. It appends, keeps what it has read back (chain, Merkle tree, entries by erasure),
// and signs nothing else. Of several writers, in any process, one wins each number; the others read
// and append again, so that there is one chain, and in it one entry per event of an erasure or
// epoch. The first entry of a store is CREATED. Owned by the gateway; thread-safe, and calls may
// wait for the store. Errors: transient when the store is away; bad_config when its journal is
// broken, or has lost entries that were read before.

#ifndef LETHE_KMS_JOURNAL_JOURNAL_H_
#define LETHE_KMS_JOURNAL_JOURNAL_H_

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kms/journal/chain.h"
#include "kms/journal/checkpoint.h"
#include "kms/journal/entry.h"
#include "kms/journal/issue.h"
#include "kms/journal/signer.h"
#include "kms/store/key_store.h"

namespace lethe::kms::journal {

// The row of an entry, from its number and its line.
store::JournalRow row_of(std::uint64_t seq, std::string line);

class Journal {
 public:
  struct Options {
    std::string tenant;
    std::string actor;  // of this worker's own entries: "svc:worker-1"
    std::function<std::chrono::system_clock::time_point()> clock = std::chrono::system_clock::now;
    // Of what the store holds, before anything is appended: an error refuses to open.
    std::function<Result<void>(Journal&)> check{};
  };

  // Reads all entries; writes CREATED if there is none. The store outlives the journal.
  static Result<std::unique_ptr<Journal>> open(store::KeyStore& store, Signer signer,
                                               Options options);

  // Reads what others have appended.
  Result<void> catch_up();

  struct Appended {
    Entry entry;        // the one that stands
    bool ours = false;  // false: it was there already; the event given was not written
  };
  // Writes the event behind the last entry, not earlier than that, and reads it back. If the
  // journal has an entry of this kind for the erasure id (of a subject) or for the epoch, that one
  // stands.
  Result<Appended> append(const Event& event);

  // What has been read; no round trip. Entries are in their order.
  std::uint64_t size() const;
  std::vector<Entry> of_erasure(std::string_view erasure_id) const;
  std::optional<Entry> find(std::string_view erasure_id, EventKind kind) const;
  std::vector<Entry> of_epochs() const;
  std::vector<Entry> after(std::uint64_t seq) const;  // all entries behind number `seq`

  const Signer& signer() const noexcept { return signer_; }
  // The store's name, for messages.
  std::string_view place() const { return store_.name(); }

  // A note over all entries, after catching up.
  Result<std::string> checkpoint();
  // kNone if the entries read so far begin with those that this store's key has signed.
  Fault check_extends(std::string_view note) const;
  // A certificate, as canonical JSON. bad_config: the level is not reached.
  Result<std::string> certificate(const Claim& claim);

  // Calls visit(line) for every entry in the store, each without LF, once it has passed its checks.
  Result<void> export_lines(const std::function<Result<void>(std::string_view)>& visit);

  struct Audit {
    std::uint64_t entries = 0;  // that are right, from the first
    Fault fault =
        Fault::kNone;  // of the entry behind them; kBadCheckpoint: not what was read before
    std::array<std::uint64_t, kEventKinds> counts{};  // by EventKind
  };
  // Reads everything again from the first entry.
  Result<Audit> audit();
  // Likewise of a store whose journal nobody could open: adds what is right to `chain`, which is
  // empty, and shows it. Writes nothing.
  static Result<Audit> examine(store::KeyStore& store, Chain& chain,
                               const std::function<void(const Entry&)>& visit);

 private:
  Journal(store::KeyStore& store, Signer signer, Options options);

  Result<void> read_new();
  Result<void> add(const store::JournalRow& row);
  const Entry* same(const Event& event) const;
  Entry next(const Event& event) const;
  Result<Appended> settle(const store::JournalRow& written) const;
  Time now() const;
  std::vector<Entry> entries_of(const std::vector<std::uint64_t>& numbers) const;

  store::KeyStore& store_;
  const Signer signer_;
  const Options options_;

  mutable std::mutex mutex_;
  Chain chain_;
  std::vector<Entry> entries_;  // entries_[i] has number i + 1
  std::map<std::string, std::vector<std::uint64_t>, std::less<>> by_erasure_;  // numbers
  std::vector<std::uint64_t> of_epochs_;
};

}  // namespace lethe::kms::journal

#endif  // LETHE_KMS_JOURNAL_JOURNAL_H_
