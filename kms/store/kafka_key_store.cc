// SPDX-License-Identifier: Apache-2.0
#include "kms/store/kafka_key_store.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "kms/store/kafka_topic.h"

namespace lethe::kms::store {
namespace {

using connectors::kafka::LogRow;
using connectors::kafka::TopicDescription;
using connectors::kafka::TopicLog;
using Texts = std::vector<std::pair<std::string, std::string>>;

constexpr std::chrono::hours kCheckAgain{1};

template <class Row>
LogRow as_log_row(const Row& row) {
  return {row.key, row.value};
}

LogRow tombstone(std::string_view key) {
  return {key, std::nullopt};
}

// The row that a fence or erased row has to be written for once more: the one that counts is not
// ours, and compaction keeps the last one of a key.
template <class Row>
bool is_overwritten(const Row* counts, const Row& ours) {
  return counts != nullptr && *counts != ours;
}

auto birthplace(const EdekRow& row) {
  return std::tuple(row.subject, row.fence_version, row.purpose, row.suite, row.rotation);
}

}  // namespace

// ---- making -----------------------------------------------------------------------------------

Result<std::unique_ptr<KafkaKeyStore>> KafkaKeyStore::make(Options options) {
  auto log = LETHE_TRY(
      TopicLog::make({options.client, options.topic, options.lease, options.call_deadline}));
  std::unique_ptr<KafkaKeyStore> store(new KafkaKeyStore(std::move(options), std::move(log)));
  LETHE_TRY(store->open());
  return store;
}

KafkaKeyStore::KafkaKeyStore(Options options, std::unique_ptr<TopicLog> log)
    : options_(std::move(options)),
      name_("kafka store " + options_.topic + " at " + options_.client.brokers),
      log_(std::move(log)),
      checked_(std::chrono::steady_clock::now()) {}

Result<TopicDescription> KafkaKeyStore::describe() {
  auto found = LETHE_TRY(log_->describe());
  if (!found && options_.create) {
    LETHE_TRY(create_key_topic(*log_, options_.replication));
    found = LETHE_TRY(log_->describe());
  }
  if (!found)
    return bad_config("There is no key topic " + options_.topic + " at " + options_.client.brokers +
                      "; make it with `lethe keys init`");
  LETHE_TRY(check_key_topic(options_.topic, *found));
  return std::move(*found);
}

Result<void> KafkaKeyStore::open() {
  const TopicDescription topic = LETHE_TRY(describe());
  weakness_ = weakness_of(options_.topic, topic);
  std::string cluster = LETHE_TRY(log_->cluster_id());
  KafkaFollower::Options following;
  following.name = name_;
  following.partitions = topic.partitions;
  following.deadline = options_.call_deadline;
  following.progress = options_.progress;
  follower_ = LETHE_TRY(KafkaFollower::start(*log_, std::move(following)));
  control_ = std::make_unique<KafkaControl>(*log_, *follower_, name_, options_.topic,
                                            std::move(cluster), options_.call_deadline);
  removal_ = std::make_unique<KafkaRemoval>(*log_);
  const bool is_foreign = LETHE_TRY(follower_->read([](const KafkaLedger& ledger) {
    return ledger.foreign().has_value() && ledger.candidates().empty();
  }));
  if (is_foreign)
    return bad_config("The topic " + options_.topic +
                      " holds rows that are not of a key store; name a topic of its own under "
                      "`kms.store.kafka.topic`");
  is_mirror_ = !LETHE_TRY(control_->is_at_home());
  if (is_mirror_)
    weakness_ = "The key topic " + options_.topic +
                " is a copy: its store was made in another cluster. It is only read, and nothing "
                "is known of erasures that have not been copied yet";
  return {};
}

Result<void> KafkaKeyStore::check_writable() const {
  LETHE_TRY(follower_->check());
  if (!is_mirror_) return {};
  return bad_config("The " + name_ +
                    " is a copy of a store that was made in another cluster: nothing is written "
                    "to it. Connect to the cluster of the original");
}

Result<std::int64_t> KafkaKeyStore::write(std::span<const LogRow> rows) {
  if (rows.empty()) return -1;
  const auto offsets = LETHE_TRY(log_->writer().append(rows));
  if (std::find(offsets.begin(), offsets.end(), -1) != offsets.end()) {
    LETHE_TRY(follower_->catch_up());  // they lie before the end, wherever
    return -1;
  }
  LETHE_TRY(follower_->await(offsets.back() + 1));
  return offsets.back();
}

// ---- control ----------------------------------------------------------------------------------

Result<std::vector<ControlRow>> KafkaKeyStore::control() {
  return control_->rows();
}

Result<std::vector<ControlRow>> KafkaKeyStore::adopt_control(std::span<const ControlRow> proposal) {
  LETHE_TRY(check_writable());
  return control_->adopt(proposal);
}

Result<std::vector<ControlRow>> KafkaKeyStore::add_control(const ControlRow& row) {
  LETHE_TRY(check_writable());
  return control_->add(row);
}

// ---- EDEK rows --------------------------------------------------------------------------------

Result<std::vector<EdekRow>> KafkaKeyStore::look_up(std::span<const SubjectHash> subjects) {
  LETHE_TRY(follower_->catch_up());
  return follower_->read([&](const KafkaLedger& ledger) {
    std::vector<EdekRow> rows;
    for (const SubjectHash& subject : subjects) ledger.look_up(subject, rows);
    return rows;
  });
}

Result<std::vector<EdekRow>> KafkaKeyStore::look_up_by_id(std::span<const DekId> ids) {
  LETHE_TRY(follower_->catch_up());
  return follower_->read([&](const KafkaLedger& ledger) {
    std::vector<EdekRow> rows;
    for (const DekId& id : ids) ledger.look_up(id, rows);
    return rows;
  });
}

Result<std::vector<EdekRow>> KafkaKeyStore::scan(const std::optional<ScanPosition>& after,
                                                 std::size_t limit) {
  LETHE_TRY(follower_->catch_up());
  return follower_->read([&](const KafkaLedger& ledger) { return ledger.scan(after, limit); });
}

Result<std::vector<Birth>> KafkaKeyStore::create_all(std::span<const EdekRow> rows) {
  LETHE_TRY(check_writable());
  LETHE_TRY(follower_->catch_up());
  const auto foreseen = LETHE_TRY(follower_->read([&](const KafkaLedger& ledger) {
    std::vector<std::optional<Birth>> births;
    for (const EdekRow& row : rows) births.push_back(ledger.foresee(row));
    return births;
  }));
  LETHE_TRY(write_births(rows, foreseen));
  return follower_->read([&](const KafkaLedger& ledger) {
    std::vector<Birth> births;
    for (std::size_t i = 0; i < rows.size(); ++i)
      births.push_back(foreseen[i] ? *foreseen[i] : ledger.judge(rows[i]));
    return births;
  });
}

// Of rows of one place in a batch the first is written.
Result<void> KafkaKeyStore::write_births(std::span<const EdekRow> rows,
                                         std::span<const std::optional<Birth>> foreseen) {
  std::set<decltype(birthplace(rows.front()))> places;
  Texts texts;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (!foreseen[i] && places.insert(birthplace(rows[i])).second)
      texts.emplace_back(LETHE_TRY(edek_key(rows[i])), edek_value(rows[i]));
  std::vector<LogRow> log_rows;
  for (const auto& [key, value] : texts) log_rows.push_back({key, value});
  LETHE_TRY(write(log_rows));
  return {};
}

// ---- erasure ----------------------------------------------------------------------------------

Result<Fencing> KafkaKeyStore::append_fence(const FenceRow& fence,
                                            std::span<const ErasedRow> erased) {
  LETHE_TRY(check_writable());
  LETHE_TRY(follower_->catch_up());
  const bool is_next = LETHE_TRY(follower_->read([&](const KafkaLedger& ledger) {
    return ledger.current_fence(fence.subject) + 1 == fence.version &&
           ledger.are_all_rows_of(fence.subject, erased);
  }));
  if (!is_next) return Fencing::kMoved;
  const LogRow row = as_log_row(fence);
  const std::int64_t written = LETHE_TRY(write({&row, 1}));
  std::uint64_t offset = 0;
  const auto counts = LETHE_TRY(follower_->read([&](const KafkaLedger& ledger) {
    const FenceRow* found = ledger.find_fence(fence.subject, fence.version, &offset);
    return found == nullptr ? std::optional<FenceRow>() : std::optional(*found);
  }));
  if (!counts) return transient("A fence in the " + name_ + " was lost while it was written");
  const bool is_ours =
      written < 0 ? *counts == fence : static_cast<std::int64_t>(offset) == written;
  if (!is_ours) {
    // Somebody was faster. Compaction will keep our row, the last of its key: let it say the same.
    const LogRow same = as_log_row(*counts);
    if (*counts != fence) LETHE_TRY(write({&same, 1}));
    return Fencing::kMoved;
  }
  LETHE_TRY(write_erased(erased));
  return Fencing::kAppended;
}

Result<void> KafkaKeyStore::bury(std::span<const ErasedRow> erased) {
  LETHE_TRY(check_writable());
  LETHE_TRY(follower_->catch_up());
  return write_erased(erased);
}

Result<void> KafkaKeyStore::write_erased(std::span<const ErasedRow> erased) {
  std::vector<LogRow> absent;
  LETHE_TRY(follower_->read([&](const KafkaLedger& ledger) {
    for (const ErasedRow& row : erased)
      if (ledger.find_erased(row.dek_id) == nullptr) absent.push_back(as_log_row(row));
    return true;
  }));
  LETHE_TRY(write(absent));
  Texts again;
  std::vector<std::string> keys;
  LETHE_TRY(follower_->read([&](const KafkaLedger& ledger) {
    for (const ErasedRow& row : erased) {
      const ErasedRow* counts = ledger.find_erased(row.dek_id);
      const bool was_written = std::any_of(absent.begin(), absent.end(),
                                           [&](const LogRow& r) { return r.key == row.key; });
      if (was_written && is_overwritten(counts, row))
        again.emplace_back(counts->key, counts->value);
      if (auto key = ledger.key_of(row.dek_id)) keys.push_back(std::move(*key));
    }
    return true;
  }));
  std::vector<LogRow> rows;
  for (const auto& [key, value] : again) rows.push_back({key, value});
  for (const std::string& key : keys) rows.push_back(tombstone(key));
  LETHE_TRY(write(rows));
  return {};
}

// What we hold in memory is asked first: it knows at once of a row that somebody put back.
Result<bool> KafkaKeyStore::gone(std::span<const DekId> ids) {
  LETHE_TRY(follower_->catch_up());
  const bool any_left = LETHE_TRY(follower_->read([&](const KafkaLedger& ledger) {
    bool found = false;
    for (const DekId& id : ids) {
      if (!ledger.has(id)) continue;
      removal_->forget(id);
      found = true;
    }
    return found;
  }));
  if (any_left) return false;
  return removal_->gone(ids);
}

std::vector<std::string> KafkaKeyStore::caveats() {
  if (weakness_.empty()) return {};
  return {weakness_};
}

Result<std::vector<FenceRow>> KafkaKeyStore::fences(const SubjectHash& subject) {
  LETHE_TRY(follower_->catch_up());
  return follower_->read([&](const KafkaLedger& ledger) { return ledger.fences(subject); });
}

Result<void> KafkaKeyStore::put_state(const StateRow& state) {
  LETHE_TRY(check_writable());
  const LogRow row = as_log_row(state);
  LETHE_TRY(write({&row, 1}));
  return {};
}

// ---- news -------------------------------------------------------------------------------------

Result<std::uint64_t> KafkaKeyStore::version() {
  LETHE_TRY(follower_->check());
  return follower_->version();
}

Result<void> KafkaKeyStore::watch(std::chrono::milliseconds at_most) {
  follower_->watch(at_most);
  return follower_->check();
}

// A ledger that was read anew has all that was known before, so that a reader gets all of it again
// rather than an error.
Result<Marks> KafkaKeyStore::marks_since(Position& position) {
  LETHE_TRY(follower_->catch_up());
  return follower_->read([&](const KafkaLedger& ledger) {
    if (const std::uint64_t now = follower_->generation(); position.generation != now)
      position = {.generation = now};
    return ledger.marks_since(position);
  });
}

// ---- beacons and journal ----------------------------------------------------------------------

Result<void> KafkaKeyStore::check_hourly() {
  const std::lock_guard lock(check_mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (now - checked_ < kCheckAgain) return {};
  const auto found = LETHE_TRY(log_->describe());
  if (!found) return bad_config("The key topic " + options_.topic + " is gone");
  LETHE_TRY(check_key_topic(options_.topic, *found));
  checked_ = now;
  return {};
}

Result<void> KafkaKeyStore::beat(const BeaconRow& beacon, std::string_view) {
  LETHE_TRY(check_writable());
  LETHE_TRY(check_hourly());
  const std::int64_t read_before = follower_->position();
  const std::uint64_t generation = follower_->generation();
  const LogRow row = as_log_row(beacon);
  const std::int64_t written = LETHE_TRY(write({&row, 1}));
  const bool went_back = written >= 0 && written < read_before;
  if (went_back && generation == follower_->generation()) {
    follower_->lose();
    return bad_config("The " + name_ +
                      " went backwards: rows that were read from it are gone. A topic must never "
                      "be rolled back; `lethe restore` brings an older copy up to date");
  }
  return {};
}

Result<std::vector<BeaconRow>> KafkaKeyStore::beacons() {
  LETHE_TRY(follower_->catch_up());
  return follower_->read([](const KafkaLedger& ledger) { return ledger.beacons(); });
}

Result<void> KafkaKeyStore::drop_beacon(std::string_view worker) {
  LETHE_TRY(check_writable());
  LETHE_TRY(follower_->catch_up());
  const std::string key = LETHE_TRY(follower_->read([&](const KafkaLedger& ledger) {
    const BeaconRow* found = ledger.find_beacon(worker);
    return found == nullptr ? std::string() : found->key;
  }));
  if (key.empty()) return {};
  const LogRow row = tombstone(key);
  LETHE_TRY(write({&row, 1}));
  return {};
}

Result<bool> KafkaKeyStore::append_journal(const JournalRow& entry) {
  LETHE_TRY(check_writable());
  LETHE_TRY(follower_->catch_up());
  const auto line = read_journal(entry.value);
  const bool fits = LETHE_TRY(follower_->read([&](const KafkaLedger& ledger) {
    return line && line->seq == entry.seq && entry.seq == ledger.journal().size() + 1 &&
           line->prev == ledger.journal_end();
  }));
  if (!fits) return false;
  const LogRow row = as_log_row(entry);
  LETHE_TRY(write({&row, 1}));
  return follower_->read([&](const KafkaLedger& ledger) {
    return ledger.journal().size() >= entry.seq && ledger.journal()[entry.seq - 1] == entry;
  });
}

Result<std::vector<JournalRow>> KafkaKeyStore::journal(std::uint64_t after, std::size_t limit) {
  LETHE_TRY(follower_->catch_up());
  return follower_->read([&](const KafkaLedger& ledger) {
    const auto& all = ledger.journal();
    const std::size_t first = std::min<std::size_t>(after, all.size());
    const std::size_t last = first + std::min(limit, all.size() - first);
    return std::vector<JournalRow>(all.begin() + static_cast<std::ptrdiff_t>(first),
                                   all.begin() + static_cast<std::ptrdiff_t>(last));
  });
}

}  // namespace lethe::kms::store
