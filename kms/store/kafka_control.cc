// SPDX-License-Identifier: Apache-2.0
#include "kms/store/kafka_control.h"

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

#include "kms/crypto/random.h"

namespace lethe::kms::store {
namespace {

using connectors::kafka::FencedWriter;
using connectors::kafka::LogReader;
using connectors::kafka::LogReading;
using connectors::kafka::LogRecord;
using connectors::kafka::LogRow;
using Candidate = KafkaLedger::Candidate;
using Decision = Candidate::Decision;
using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kReadWait{100};
// How long somebody else's open transaction is waited for before it is fenced off.
constexpr milliseconds kPatience{3000};
constexpr milliseconds kAskAgain{50};
constexpr int kMaxRounds = 12;
// Control rows come in groups; what lies between them is not read again.
constexpr std::uint64_t kNeighbourhood = 10'000;

// Which of the rows from `first` to `last` a reader of decided rows shows. `end` is where it came
// to: nothing is known of what lies behind.
struct Decided {
  std::vector<std::uint64_t> committed;
  std::int64_t end = -1;
};
Result<Decided> read_decided(LogReader& reader, std::uint64_t last, milliseconds at_most) {
  const auto until = SteadyClock::now() + at_most;
  Decided decided;
  while (decided.end <= static_cast<std::int64_t>(last) && SteadyClock::now() < until) {
    const auto reading = LETHE_TRY(reader.read(kReadWait, [&](const LogRecord& record) {
      if (static_cast<std::uint64_t>(record.offset) <= last)
        decided.committed.push_back(static_cast<std::uint64_t>(record.offset));
    }));
    if (reading == LogReading::kLost) return transient("A row of control is no longer there");
    // It moves on from the end, which is where the first open transaction begins, only with that.
    const std::int64_t before = std::exchange(decided.end, reader.position(0));
    if (before == decided.end && before >= 0) break;
  }
  return decided;
}

// Different for every starter, and longer from round to round, so that they do not fence each
// other off for ever.
milliseconds back_off(int round) {
  std::array<std::uint8_t, 1> random{};
  crypto::random_bytes(random);
  return milliseconds((1 + random[0]) * (round + 1));
}

}  // namespace

KafkaControl::KafkaControl(connectors::kafka::TopicLog& log, KafkaFollower& follower,
                           std::string name, std::string topic, std::string cluster_id,
                           milliseconds deadline)
    : log_(log),
      follower_(follower),
      name_(std::move(name)),
      topic_(std::move(topic)),
      cluster_id_(std::move(cluster_id)),
      deadline_(deadline) {}

ControlRow KafkaControl::home_row() const {
  return {std::string(kClusterKey), cluster_value(cluster_id_)};
}

// Decides candidates that are open, a neighbourhood at a time; those whose transaction is open
// remain so.
Result<void> KafkaControl::decide() {
  for (;;) {
    const auto open = LETHE_TRY(follower_.read([](const KafkaLedger& ledger) {
      std::vector<std::uint64_t> offsets;
      for (const Candidate& candidate : ledger.candidates())
        if (candidate.decision == Decision::kOpen &&
            (offsets.empty() || candidate.offset < offsets.front() + kNeighbourhood))
          offsets.push_back(candidate.offset);
      return offsets;
    }));
    if (open.empty()) return {};
    const auto reader = LETHE_TRY(log_.read_decided(static_cast<std::int64_t>(open.front())));
    const Decided decided = LETHE_TRY(read_decided(*reader, open.back(), deadline_));
    follower_.decide([&](std::vector<Candidate>& candidates) {
      for (Candidate& candidate : candidates)
        if (candidate.decision == Decision::kOpen && candidate.offset >= open.front() &&
            static_cast<std::int64_t>(candidate.offset) < decided.end)
          candidate.decision = std::binary_search(decided.committed.begin(),
                                                  decided.committed.end(), candidate.offset)
                                   ? Decision::kCommitted
                                   : Decision::kAborted;
    });
    if (decided.end <= static_cast<std::int64_t>(open.back())) return {};
  }
}

// Of a key the first committed row counts: its only writer would not have written a second one.
Result<KafkaControl::View> KafkaControl::look() {
  LETHE_TRY(follower_.catch_up());
  LETHE_TRY(decide());
  return follower_.read([this](const KafkaLedger& ledger) {
    View view;
    for (const Candidate& candidate : ledger.candidates()) {
      if (candidate.decision == Decision::kOpen) view.undecided = true;
      if (candidate.decision != Decision::kCommitted) continue;
      if (candidate.row.key == kClusterKey) {
        view.at_home = read_cluster(candidate.row.value) == cluster_id_;
        continue;
      }
      const bool known = std::any_of(view.rows.begin(), view.rows.end(), [&](const ControlRow& r) {
        return r.key == candidate.row.key;
      });
      if (!known) view.rows.push_back(candidate.row);
    }
    return view;
  });
}

Result<std::vector<ControlRow>> KafkaControl::rows() {
  const std::lock_guard lock(mutex_);
  const auto until = SteadyClock::now() + deadline_;
  for (;;) {
    View view = LETHE_TRY(look());
    if (!view.rows.empty() || !view.undecided) return std::move(view.rows);
    if (SteadyClock::now() >= until)
      return transient("Control rows of the " + name_ +
                       " are being written, or lie behind a "
                       "transaction that somebody has left open; trying again");
    std::this_thread::sleep_for(kAskAgain);
  }
}

Result<bool> KafkaControl::is_at_home() {
  const std::lock_guard lock(mutex_);
  return LETHE_TRY(look())
  .at_home;
}

Result<std::vector<ControlRow>> KafkaControl::adopt(std::span<const ControlRow> proposal) {
  return write([&](const std::vector<ControlRow>& resting) {
    std::vector<ControlRow> rows;
    if (!resting.empty()) return rows;
    rows.assign(proposal.begin(), proposal.end());
    rows.push_back(home_row());
    return rows;
  });
}

Result<std::vector<ControlRow>> KafkaControl::add(const ControlRow& row) {
  return write([&](const std::vector<ControlRow>& resting) {
    const bool there = std::any_of(resting.begin(), resting.end(),
                                   [&](const ControlRow& other) { return other.key == row.key; });
    return there || resting.empty() ? std::vector<ControlRow>() : std::vector<ControlRow>{row};
  });
}

Result<std::vector<ControlRow>> KafkaControl::write(const Plan& plan) {
  const std::lock_guard lock(mutex_);
  const auto patient_until = SteadyClock::now() + kPatience;
  for (int round = 0; round < kMaxRounds;) {
    View view = LETHE_TRY(look());
    const bool may_be_first = view.rows.empty() && view.undecided;
    if (!may_be_first && plan(view.rows).empty()) return std::move(view.rows);
    if (view.undecided && SteadyClock::now() < patient_until) {
      std::this_thread::sleep_for(kAskAgain);  // somebody is writing: let them
    } else if (!LETHE_TRY(write_once(plan))) {
      std::this_thread::sleep_for(back_off(++round));
    }
  }
  return transient("Others write control rows of the " + name_ + " at the same time; trying again");
}

// False: somebody has fenced us off.
Result<bool> KafkaControl::write_once(const Plan& plan) {
  const auto writer = LETHE_TRY(log_.make_fenced_writer("lethe-" + topic_));
  // Every transaction of a predecessor is decided now: what is undecided is a stranger's.
  const View view = LETHE_TRY(look());
  if (view.undecided)
    return transient("A transaction of a stranger is open in the " + name_ +
                     ": control rows can be written when it has ended");
  const std::vector<ControlRow> rows = plan(view.rows);
  if (rows.empty()) return true;
  std::vector<LogRow> texts;
  for (const ControlRow& row : rows) texts.push_back({row.key, row.value});
  return LETHE_TRY(writer->append_all(texts))
  == FencedWriter::Outcome::kCommitted;
}

}  // namespace lethe::kms::store
