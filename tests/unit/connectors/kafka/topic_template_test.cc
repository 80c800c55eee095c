// SPDX-License-Identifier: Apache-2.0

#include "connectors/kafka/topic_template.h"

#include <gtest/gtest.h>

namespace lethe::connectors::kafka {
namespace {

TEST(TopicTemplate, PutsTheTopicOfTheRecordWhereItIsAskedFor) {
  EXPECT_EQ(TopicTemplate::make("{{record.topic}}.out")->render("in"), "in.out");
  EXPECT_EQ(TopicTemplate::make("a-{{ record.topic }}-{{record.topic}}")->render("in"), "a-in-in");
  EXPECT_EQ(TopicTemplate::make("{{record.topic}}")->render("in"), "in");
  EXPECT_FALSE(TopicTemplate::make("{{record.topic}}")->is_constant());
}

TEST(TopicTemplate, LeavesAPlainNameAlone) {
  const auto topic = TopicTemplate::make("customers");
  EXPECT_TRUE(topic->is_constant());
  EXPECT_EQ(topic->render("in"), "customers");
}

TEST(TopicTemplate, RefusesOtherVariablesAndHalfOnes) {
  for (const char* text : {"", "{{record.key}}", "{{}}", "a{{record.topic", "{{record.topic}"}) {
    const auto topic = TopicTemplate::make(text);
    ASSERT_FALSE(topic) << text;
    EXPECT_EQ(topic.error().kind(), ErrorKind::kBadConfig);
  }
}

}  // namespace
}  // namespace lethe::connectors::kafka
