// SPDX-License-Identifier: Apache-2.0
//
// Key rows in a PostgreSQL database, in a schema `lethe` of its own, for workers on any number of
// machines. Always the primary: a standby is refused, and so is a promoted one that lacks this
// worker's last beacon. Commits are durable whatever the server's default is. Three connections:
// look-ups wait neither for a birth that is being synced nor for news. Each call is one round trip
// (two where somebody was faster), bounded in time, and harmless when repeated; after a lost
// connection calls are transient until there is a new one. Thread-safe: a mutex per connection.
// How far a worker is up to date is told by its beacon (beat, then marks_since), not by version().

#ifndef LETHE_KMS_STORE_POSTGRES_KEY_STORE_H_
#define LETHE_KMS_STORE_POSTGRES_KEY_STORE_H_

#include <chrono>
#include <memory>
#include <string>

#include "kms/store/key_store.h"

namespace lethe::kms::store {

class PostgresKeyStore final : public KeyStore {
 public:
  struct Options {
    bool create = false;                               // make the tables, or bring them up to date
    std::chrono::milliseconds answer_timeout{10'000};  // of one call
  };

  // `conninfo`: a connection string of libpq, as "postgresql://host:5432/lethe". bad_config: not
  // one; no such database or user; no tables, or of another version, and not to be made. transient:
  // no primary can be reached.
  static Result<std::unique_ptr<PostgresKeyStore>> make(const std::string& conninfo,
                                                        const Options& options);
  ~PostgresKeyStore() override;

  std::string_view name() const override;  // without user and password
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
  struct Links;
  explicit PostgresKeyStore(std::unique_ptr<Links> links);

  std::unique_ptr<Links> links_;
  std::uint64_t watched_ = 0;  // the version that watch() has seen
};

}  // namespace lethe::kms::store

#endif  // LETHE_KMS_STORE_POSTGRES_KEY_STORE_H_
