// SPDX-License-Identifier: Apache-2.0
//
// The key store in a compacted topic: no database needed, and a person can be forgotten with the
// console tools alone. All rows lie in partition 0, whose order arbitrates; a follower keeps them
// in memory. What a call wrote has been reported durable by all replicas in sync *and* read back
// when it returns. Beyond key_store.h:
//  - Each call first asks the leader for the log's end and reads up to it, but version() and
//    watch(), which know what the follower has read.
//  - A row that lost its birth is in the log until it is buried (Birth::left_over), yet no look-up
//    shows it; once a fence is above it, look-ups show it as what it is, a dead row to be buried.
//  - A tombstone by hand, in any partition, withdraws a row: it is reported in Marks::removed,
//  look-
//    ups by subject and by id no longer have it, and until a fence is raised create_all answers
//    kFenceMoved for its subject, so that nothing is born in its place. The fence may name it.
//  - A fence or erased row that was tombstoned, or lost with the log's end, is written again.
//  - In a mirror (another cluster than where the store was made) every write is bad_config.
// Thread-safe. One thread of its own.

#ifndef LETHE_KMS_STORE_KAFKA_KEY_STORE_H_
#define LETHE_KMS_STORE_KAFKA_KEY_STORE_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "connectors/kafka/client.h"
#include "connectors/kafka/topic_log.h"
#include "kms/store/kafka_control.h"
#include "kms/store/kafka_follower.h"
#include "kms/store/kafka_removal.h"
#include "kms/store/key_store.h"

namespace lethe::kms::store {

inline constexpr std::string_view kDefaultKeyTopic = "_lethe_encryption_keys";

class KafkaKeyStore final : public KeyStore {
 public:
  struct Options {
    connectors::kafka::ClientOptions client;
    std::string topic{kDefaultKeyTopic};
    bool create = false;           // make the topic, if it is missing
    std::int32_t replication = 0;  // of a new topic; 0: 3, or as many as there are brokers
    std::chrono::milliseconds lease{30'000};  // no row appears later than that after its call
    std::chrono::milliseconds call_deadline{10'000};
    KafkaFollower::Progress progress;  // while the topic is read at start
  };

  // Returns when all rows are in memory. bad_config: no topic, one with wrong settings, or one that
  // holds another product's rows.
  static Result<std::unique_ptr<KafkaKeyStore>> make(Options options);

  // What a user should know: too few replicas, a mirror. Empty: nothing.
  const std::string& weakness() const noexcept { return weakness_; }

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
  // `previous` is not asked for: the order of the log shows what a rolled-back store would hide. A
  // beacon that comes to lie before what was read means that the log went backwards: bad_config.
  Result<void> beat(const BeaconRow& beacon, std::string_view previous) override;
  Result<std::vector<BeaconRow>> beacons() override;
  Result<void> drop_beacon(std::string_view worker) override;
  Result<bool> append_journal(const JournalRow& entry) override;
  Result<std::vector<JournalRow>> journal(std::uint64_t after, std::size_t limit) override;
  // Seen so by reading the topic from its beginning, as the leader has it: once the rows'
  // tombstones were compacted, minutes after the erasure. Such a look takes several calls.
  Result<bool> gone(std::span<const DekId> ids) override;
  std::vector<std::string> caveats() override;
  Result<std::vector<EdekRow>> scan(const std::optional<ScanPosition>& after,
                                    std::size_t limit) override;

 private:
  KafkaKeyStore(Options options, std::unique_ptr<connectors::kafka::TopicLog> log);
  Result<connectors::kafka::TopicDescription> describe();
  Result<void> open();
  Result<void> check_writable() const;
  Result<void> check_hourly();
  // Appends and reads back. Returns the offset of the last row; -1: not told.
  Result<std::int64_t> write(std::span<const connectors::kafka::LogRow> rows);
  Result<void> write_births(std::span<const EdekRow> rows,
                            std::span<const std::optional<Birth>> foreseen);
  // Erased rows that are absent, then tombstones for rows that are there.
  Result<void> write_erased(std::span<const ErasedRow> erased);

  const Options options_;
  const std::string name_;
  std::string weakness_;
  bool is_mirror_ = false;
  const std::unique_ptr<connectors::kafka::TopicLog> log_;
  std::unique_ptr<KafkaFollower> follower_;
  std::unique_ptr<KafkaControl> control_;
  std::unique_ptr<KafkaRemoval> removal_;
  std::mutex check_mutex_;
  std::chrono::steady_clock::time_point checked_;
};

}  // namespace lethe::kms::store

#endif  // LETHE_KMS_STORE_KAFKA_KEY_STORE_H_
