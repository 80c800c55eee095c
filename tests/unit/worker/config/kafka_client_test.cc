// SPDX-License-Identifier: Apache-2.0
#include "worker/config/kafka_client.h"

#include "tests/unit/worker/config/config_text.h"

namespace lethe::worker::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

std::vector<std::string> consumer(const std::string& client) {
  return lint("pipeline: p\nsource:\n  kafka:\n    brokers: b\n    topics: t\n    client:\n      " +
              client + "\nsink: stdio\n");
}

std::vector<std::string> producer(const std::string& client) {
  return lint(
      "pipeline: p\nsource: stdio\nsink:\n  kafka:\n    brokers: b\n    topic: t\n"
      "    client:\n      " +
      client + "\n");
}

TEST(KafkaClient, WhatKeepsOurPromisesCannotBeChanged) {
  for (const char* name :
       {"group.id", "group.instance.id", "transactional.id", "enable.auto.commit",
        "enable.auto.offset.store", "auto.commit.interval.ms", "isolation.level", "partitioner",
        "enable.idempotence", "acks", "request.required.acks", "bootstrap.servers",
        "metadata.broker.list", "max.in.flight", "max.in.flight.requests.per.connection",
        "partition.assignment.strategy", "plugin.library.paths", "rebalance_cb"}) {
    const std::string text = std::string(name) + ": x";
    const std::string complaint =
        std::string("error: the client property '") + name + "' is set by Lethe";
    EXPECT_THAT(consumer(text), ElementsAre(StartsWith("7:7: " + complaint)));
    EXPECT_THAT(producer(text), ElementsAre(StartsWith("8:7: " + complaint)));
  }
}

TEST(KafkaClient, EverythingElseIsPassedThrough) {
  for (const char* text : {"security.protocol: SSL", "client.id: x", "auto.offset.reset: latest",
                           "statistics.interval.ms: 1000", "max.partition.fetch.bytes: 1"})
    EXPECT_THAT(consumer(text), IsEmpty()) << text;
  for (const char* text : {"linger.ms: 5", "compression.type: lz4", "message.timeout.ms: 1000"})
    EXPECT_THAT(producer(text), IsEmpty()) << text;
}

TEST(KafkaClient, ValuesAreTexts) {
  EXPECT_THAT(
      consumer("linger.ms: [1]"),
      ElementsAre(StartsWith("7:18: error: 'source.kafka.client.linger.ms' must be a text")));
}

TEST(KafkaClient, ASmallQueueIsSlow) {
  EXPECT_THAT(consumer("queued.max.messages.kbytes: 16384"),
              ElementsAre(StartsWith("7:35: warning: 'queued.max.messages.kbytes' below 65536")));
  EXPECT_THAT(consumer("queued.max.messages.kbytes: 65536"), IsEmpty());
  EXPECT_THAT(consumer("queued.min.messages: 2000"),
              ElementsAre(StartsWith("7:28: warning: 'queued.min.messages' below")));
  EXPECT_THAT(producer("queued.max.messages.kbytes: 1"), IsEmpty());
}

TEST(KafkaClient, SecretsBelongIntoReferences) {
  EXPECT_THAT(consumer("sasl.password: hunter2"),
              ElementsAre("7:22: warning: a secret written in clear: use '${env:NAME}' or "
                          "'${file:/path}'"));
  EXPECT_THAT(consumer("sasl.password: ${HOME}"), IsEmpty());
}

}  // namespace
}  // namespace lethe::worker::config
