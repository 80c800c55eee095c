// SPDX-License-Identifier: Apache-2.0
//
// Key rows in one SQLite file, for one machine: several processes may use it at once (workers, and
// `lethe shred` beside them). Write-ahead log, synchronous=FULL, secure_delete=ON; file mode 0600,
// folders that it makes 0700. Two connections: look-ups do not wait for a birth that is being
// synced. Thread-safe: a mutex per connection. A store is created only if that is asked for.

#ifndef LETHE_KMS_STORE_SQLITE_KEY_STORE_H_
#define LETHE_KMS_STORE_SQLITE_KEY_STORE_H_

#include <memory>
#include <string>

#include "kms/store/key_store.h"

namespace lethe::kms::store {

class SqliteKeyStore final : public KeyStore {
 public:
  struct Options {
    bool create = false;  // make folder and file if they are missing
  };

  // bad_config: missing (and not to be created), not a Lethe store, of a newer version, or writable
  // for others.
  static Result<std::unique_ptr<SqliteKeyStore>> make(const std::string& path,
                                                      const Options& options);
  ~SqliteKeyStore() override;

  std::string_view name() const override { return name_; }
  bool shared() const override { return true; }

  Result<std::vector<ControlRow>> control() override;
  Result<std::vector<ControlRow>> adopt_control(std::span<const ControlRow> proposal) override;
  Result<std::vector<ControlRow>> add_control(const ControlRow& row) override;
  Result<std::vector<EdekRow>> look_up(std::span<const SubjectHash> subjects) override;
  Result<std::vector<EdekRow>> look_up_by_id(std::span<const DekId> ids) override;
  Result<std::vector<Birth>> create_all(std::span<const EdekRow> rows) override;
  Result<Fencing> append_fence(const FenceRow& fence, std::span<const ErasedRow> erased) override;
  Result<void> bury(std::span<const ErasedRow> erased) override;
  Result<std::vector<FenceRow>> fences(const SubjectHash& subject) override;
  Result<void> put_state(const StateRow& state) override;
  Result<std::uint64_t> version() override;
  Result<void> watch(std::chrono::milliseconds at_most) override;
  Result<Marks> marks_since(Position& position) override;
  Result<void> beat(const BeaconRow& beacon, std::string_view previous) override;
  Result<std::vector<BeaconRow>> beacons() override;
  Result<void> drop_beacon(std::string_view worker) override;
  Result<bool> append_journal(const JournalRow& entry) override;
  Result<std::vector<JournalRow>> journal(std::uint64_t after, std::size_t limit) override;
  Result<std::vector<EdekRow>> scan(const std::optional<ScanPosition>& after,
                                    std::size_t limit) override;

 private:
  struct Reader;
  struct Writer;
  explicit SqliteKeyStore(std::string name);

  std::string name_;
  std::unique_ptr<Reader> reader_;
  std::unique_ptr<Writer> writer_;
  std::uint64_t watched_ = 0;  // the version that watch() has seen, plus 1
};

}  // namespace lethe::kms::store

#endif  // LETHE_KMS_STORE_SQLITE_KEY_STORE_H_
