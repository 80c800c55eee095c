// SPDX-License-Identifier: Apache-2.0
//
// The parts of the Redis cache that need no server: its address, how a row lies in it, and the rest
// that it is given after trouble.
#include "gmock/gmock.h"
#include "kms/store/redis_link.h"
#include "kms/store/redis_shelf.h"
#include "kms/store/redis_target.h"

namespace lethe::kms::store::redis {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

EdekRow row() {
  EdekRow row;
  row.subject.bytes.fill(1);
  row.dek_id.bytes.fill(2);
  row.suite = 3;
  row.fence_version = 0x0102030405060708;
  row.rotation = 0x090A0B0C;
  row.record = std::string("EK1\0\xFF", 5);
  return row;
}

TEST(RedisTarget, ReadsAnAddressWithAndWithoutItsParts) {
  const auto full = Target::parse("redis://me:p%40ss%2F:@cache.example:7000/3");
  ASSERT_TRUE(full);
  EXPECT_EQ(full->host, "cache.example");
  EXPECT_EQ(full->port, 7000);
  EXPECT_EQ(full->database, 3U);
  EXPECT_EQ(full->user, "me");
  EXPECT_EQ(full->password, "p@ss/:");
  const auto bare = Target::parse("redis://cache");
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->name(), "redis cache cache:6379");
  EXPECT_EQ(bare->password, "");
  EXPECT_EQ(Target::parse("redis://:secret@[::1]:7000/")->host, "::1");
}

TEST(RedisTarget, RefusesWhatIsNoAddressWithoutQuotingIt) {
  for (const char* url :
       {"", "cache:6379", "http://secret", "redis://", "redis://:6379", "redis://secret:port",
        "redis://secret:0", "redis://secret:70000", "redis://secret/db", "redis://secret@cache",
        "redis://:sec%4@cache", "redis://:sec%zzret@cache", "redis://[secret", "redis://[::1]x",
        "rediss://:secret@cache"}) {
    const auto target = Target::parse(url);
    ASSERT_FALSE(target) << url;
    EXPECT_EQ(target.error().kind(), ErrorKind::kBadConfig);
    EXPECT_THAT(target.error().message(),
                AllOf(HasSubstr("kms.cache.redis"), Not(HasSubstr("sec"))))
        << url;
  }
}

TEST(RedisShelf, ARowComesBackAsItWas) {
  EXPECT_EQ(read_row(write_row(row()), row().dek_id), row());
  EdekRow empty = row();
  empty.record.clear();
  EXPECT_EQ(read_row(write_row(empty), empty.dek_id), empty);
}

TEST(RedisShelf, WhatIsNotExactlyTheRowIsNone) {
  const std::string text = write_row(row());
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_EQ(read_row(text.substr(0, size), row().dek_id), std::nullopt) << size;
  EXPECT_EQ(read_row(text + '\0', row().dek_id), std::nullopt);
  EXPECT_EQ(read_row(text, DekId{}), std::nullopt) << "another row under this id";
  EXPECT_EQ(read_row("LR2" + text.substr(3), row().dek_id), std::nullopt);
}

TEST(RedisLink, LeavesACacheAloneAfterTroubleAndSaysSoOnce) {
  Link::Clock::time_point now{};
  std::vector<std::string> reports;
  Link::Options options;
  options.now = [&] { return now; };
  options.report = [&](bool works, std::string_view what) {
    EXPECT_FALSE(works);
    reports.emplace_back(what);
  };
  Target nobody;
  nobody.host = "127.0.0.1";
  nobody.port = 1;
  nobody.password = "secret";
  Link link(nobody, options);
  const std::vector<Command> ping = {{"PING"}};
  EXPECT_FALSE(link.run(ping));
  EXPECT_FALSE(link.run(ping));
  now += std::chrono::seconds(6);
  EXPECT_FALSE(link.run(ping));
  EXPECT_THAT(reports,
              ElementsAre(AllOf(HasSubstr("redis cache 127.0.0.1:1"),
                                HasSubstr("cannot be reached"), Not(HasSubstr("secret")))));
}

}  // namespace
}  // namespace lethe::kms::store::redis
