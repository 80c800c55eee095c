// SPDX-License-Identifier: Apache-2.0

#include "connectors/kafka/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lethe::connectors::kafka {
namespace {

TEST(KafkaClient, KeepsThePropertiesItReliesOnToItself) {
  for (const char* ours :
       {"group.id", "transactional.id", "enable.auto.commit", "enable.auto.offset.store",
        "auto.commit.interval.ms", "isolation.level", "partitioner", "enable.idempotence", "acks",
        "max.in.flight.requests.per.connection", "max.in.flight", "bootstrap.servers",
        "partition.assignment.strategy", "plugin.library.paths"}) {
    EXPECT_TRUE(is_ours(ours)) << ours;
  }
  for (const char* free :
       {"security.protocol", "ssl.ca.location", "linger.ms", "session.timeout.ms",
        "queued.min.messages", "auto.offset.reset", "group.protocol.type"}) {
    EXPECT_FALSE(is_ours(free)) << free;
  }
}

TEST(KafkaClient, NamesThePropertyButNotItsValue) {
  const auto checked = check_properties({{"linger.ms", "5"}, {"group.id", "secret"}});
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().kind(), ErrorKind::kBadConfig);
  EXPECT_THAT(checked.error().message(), ::testing::HasSubstr("'group.id'"));
  EXPECT_THAT(checked.error().message(), ::testing::Not(::testing::HasSubstr("secret")));
  EXPECT_TRUE(check_properties({{"linger.ms", "5"}}));
}

}  // namespace
}  // namespace lethe::connectors::kafka
