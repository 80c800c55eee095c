// SPDX-License-Identifier: Apache-2.0
#include "kms/store/kafka_removal.h"

#include <chrono>
#include <map>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "kms/store/kafka_texts.h"

namespace lethe::kms::store {
namespace {

using connectors::kafka::LogReader;
using connectors::kafka::LogReading;
using connectors::kafka::LogRecord;
using std::chrono::milliseconds;
using std::chrono::seconds;

DekId dek(std::uint8_t n) {
  DekId id;
  id.bytes.fill(n);
  return id;
}

std::string key_of(std::uint8_t n) {
  EdekRow row;
  row.dek_id = dek(n);
  return *edek_key(row);
}

// What lies in the topic, by offset; compaction takes rows out.
struct Rows {
  std::map<std::int64_t, std::pair<std::string, std::optional<std::string>>> at;
  std::int64_t end = 0;
  std::int64_t per_read = 1000;
  bool is_cut = false;
  milliseconds read_takes{0};
  std::chrono::steady_clock::time_point now{seconds(1000)};

  void append(std::string key, std::optional<std::string> value) {
    at.emplace(end++, std::pair(std::move(key), std::move(value)));
  }
};

class RowReader final : public LogReader {
 public:
  explicit RowReader(Rows& rows) : rows_(rows) {}
  Result<LogReading> read(milliseconds, const Visit& visit) override {
    rows_.now += rows_.read_takes;
    if (rows_.is_cut) return LogReading::kLost;
    const std::int64_t to = std::min(rows_.end, std::max<std::int64_t>(at_, 0) + rows_.per_read);
    for (auto row = rows_.at.lower_bound(at_); row != rows_.at.end() && row->first < to; ++row)
      visit({0, row->first, row->second.first, row->second.second});
    at_ = to;
    return LogReading::kGoesOn;
  }
  std::int64_t position(std::int32_t) const override { return at_; }

 private:
  Rows& rows_;
  std::int64_t at_ = -1;
};

class FakeLog final : public connectors::kafka::TopicLog {
 public:
  explicit FakeLog(Rows& rows) : rows_(rows) {}
  Result<std::int64_t> end(std::int32_t) override { return rows_.end; }
  Result<std::unique_ptr<LogReader>> read_all(std::int32_t) override {
    ++readings;
    return std::unique_ptr<LogReader>(std::make_unique<RowReader>(rows_));
  }
  Result<std::optional<connectors::kafka::TopicDescription>> describe() override { return none(); }
  Result<void> create(const connectors::kafka::LogTopic&) override { return none(); }
  Result<std::string> cluster_id() override { return none(); }
  Result<std::int32_t> count_brokers() override { return none(); }
  Result<std::unique_ptr<LogReader>> read_decided(std::int64_t) override { return none(); }
  connectors::kafka::LogWriter& writer() override { std::abort(); }
  Result<std::unique_ptr<connectors::kafka::FencedWriter>> make_fenced_writer(
      const std::string&) override {
    return none();
  }

  int readings = 0;

 private:
  static Error none() { return internal("not asked for"); }
  Rows& rows_;
};

class Removal : public ::testing::Test {
 protected:
  bool gone(std::uint8_t n) {
    const DekId id = dek(n);
    const auto answer = removal_.gone({&id, 1});
    EXPECT_TRUE(answer) << answer.error().message();
    return answer && *answer;
  }
  bool gone_later(std::uint8_t n) {
    rows_.now += seconds(3);
    return gone(n);
  }

  Rows rows_;
  FakeLog log_{rows_};
  KafkaRemoval removal_{log_, [this] { return rows_.now; }};
};

TEST_F(Removal, ARowBeforeItsTombstoneIsNotGone) {
  rows_.append(key_of(1), "record");
  rows_.append(key_of(1), std::nullopt);
  EXPECT_FALSE(gone(1));
  rows_.at.erase(0);
  EXPECT_TRUE(gone_later(1));
}

TEST_F(Removal, ATombstoneIsNoRow) {
  rows_.append(key_of(1), std::nullopt);
  rows_.append(key_of(2), "record");
  EXPECT_TRUE(gone(1));
}

TEST_F(Removal, TheTopicIsReadOnceInAWhileHoweverOftenOneAsks) {
  rows_.append(key_of(1), "record");
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(gone(1));
  EXPECT_EQ(log_.readings, 1);
  EXPECT_FALSE(gone_later(1));
  EXPECT_EQ(log_.readings, 2);
}

TEST_F(Removal, OneReadingAnswersForAllThatWereAskedAbout) {
  rows_.append(key_of(1), "record");
  EXPECT_FALSE(gone(1));
  for (std::uint8_t n = 2; n < 20; ++n) EXPECT_FALSE(gone(n)) << "nobody has looked for it yet";
  EXPECT_TRUE(gone_later(2));
  for (std::uint8_t n = 3; n < 20; ++n) EXPECT_TRUE(gone(n));
  EXPECT_EQ(log_.readings, 2);
}

TEST_F(Removal, WhatWasSeenGoneIsNotLookedForAgainUnlessItComesBack) {
  rows_.append(key_of(2), "record");
  EXPECT_TRUE(gone(1));
  EXPECT_TRUE(gone_later(1));
  EXPECT_EQ(log_.readings, 1);
  rows_.append(key_of(1), "record");
  removal_.forget(dek(1));
  EXPECT_FALSE(gone_later(1));
}

TEST_F(Removal, OneOfSeveralThatIsLeftIsEnough) {
  rows_.append(key_of(2), "record");
  const DekId ids[] = {dek(1), dek(2)};
  EXPECT_FALSE(*removal_.gone(ids));
  EXPECT_TRUE(gone(1));
}

TEST_F(Removal, ALongTopicIsReadInSlicesAndAnsweredAtItsEnd) {
  rows_.append(key_of(2), "record");
  for (int i = 0; i < 100; ++i) rows_.append(key_of(3), "record");
  rows_.append(key_of(1), "record");
  rows_.per_read = 1;
  rows_.read_takes = milliseconds(50);
  int calls = 0;
  const auto start = rows_.now;
  while (!gone(4)) {
    ASSERT_LT(++calls, 100);
    rows_.now += milliseconds(250);
  }
  EXPECT_GT(calls, 10);
  EXPECT_EQ(log_.readings, 1);
  EXPECT_LT(rows_.now - start, seconds(20));
  EXPECT_FALSE(gone(1)) << "asked about after this reading began";
}

TEST_F(Removal, WhatIsAskedWhileAReadingIsOnWaitsForTheNext) {
  rows_.append(key_of(1), "record");
  for (int i = 0; i < 10; ++i) rows_.append(key_of(3), "record");
  rows_.per_read = 1;
  rows_.read_takes = milliseconds(100);
  EXPECT_FALSE(gone(9));  // reads past the row of 1
  rows_.now += milliseconds(250);
  EXPECT_FALSE(gone(1));
  for (int i = 0; i < 10 && log_.readings == 1; ++i) EXPECT_FALSE(gone_later(1));
  EXPECT_EQ(log_.readings, 2);
  rows_.per_read = 1000;
  EXPECT_FALSE(gone_later(1));
}

TEST_F(Removal, ALogThatIsCutMeanwhileSaysNothing) {
  rows_.append(key_of(2), "record");
  rows_.is_cut = true;
  const DekId id = dek(1);
  EXPECT_EQ(removal_.gone({&id, 1}).error().kind(), ErrorKind::kTransient);
  EXPECT_FALSE(gone(1));
  rows_.is_cut = false;
  EXPECT_TRUE(gone_later(1));
}

}  // namespace
}  // namespace lethe::kms::store
