// SPDX-License-Identifier: Apache-2.0
#include "worker/config/erasure_config.h"

#include "tests/unit/worker/config/config_text.h"

namespace lethe::worker::config {
namespace {

using std::chrono::milliseconds;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::StartsWith;

std::vector<std::string> said(std::string_view text) {
  Diagnostics diagnostics;
  const Node tree = parse(text);
  static_cast<void>(load_worker(&tree, {}, diagnostics));
  return lines(diagnostics);
}

TEST(ErasureConfig, WithoutASectionThereIsNoInbox) {
  EXPECT_FALSE(load_worker_text("worker: {id: w}\n").erasure);
}

TEST(ErasureConfig, ATopicBringsItsDefaults) {
  const auto erasure = load_worker_text("erasure: {topic: erase, brokers: 'k:9092'}\n").erasure;
  ASSERT_TRUE(erasure);
  EXPECT_EQ(erasure->brokers, "k:9092");
  EXPECT_EQ(erasure->group, "lethe-erasure");
  EXPECT_EQ(erasure->acknowledgements, "erase-acknowledgements");
  EXPECT_EQ(erasure->dead_letter, "erase-dead-letters");
  EXPECT_EQ(erasure->events, "");
  EXPECT_FALSE(erasure->create_topics || erasure->keycloak);
  EXPECT_EQ(erasure->undo_window, milliseconds(0));
  EXPECT_THAT(erasure->subjects, IsEmpty());
}

TEST(ErasureConfig, ReadsEverything) {
  const auto erasure = load_worker_text(R"(
erasure:
  brokers: k:9092
  client: { security.protocol: ssl }
  group: g
  topic: t
  acknowledgements: a
  dead_letter: d
  events: e
  create_topics: true
  subjects: ["user-{{id}}", "billing-{{id}}"]
  undo_window: 30m
  keycloak:
    url: https://sso.example.org
    realm: people
    client_id: shredder
    client_secret: ${env:HOME}
    ca_file: /etc/ca.pem
    poll: 3s
    overlap: 1m
    subjects: "kc-{{id}}"
)")
                           .erasure;
  ASSERT_TRUE(erasure && erasure->keycloak);
  EXPECT_THAT(erasure->client, ElementsAre(Pair("security.protocol", "ssl")));
  EXPECT_EQ(erasure->group + erasure->topic + erasure->acknowledgements + erasure->dead_letter +
                erasure->events,
            "gtade");
  EXPECT_TRUE(erasure->create_topics);
  ASSERT_EQ(erasure->subjects.size(), 2U);
  EXPECT_EQ(erasure->subjects[1].render({{"id", "7"}}), "billing-7");
  EXPECT_EQ(erasure->undo_window, std::chrono::minutes(30));
  EXPECT_EQ(erasure->keycloak->realm, "people");
  EXPECT_EQ(erasure->keycloak->ca_file, "/etc/ca.pem");
  EXPECT_EQ(erasure->keycloak->poll, milliseconds(3000));
  EXPECT_EQ(erasure->keycloak->overlap, std::chrono::minutes(1));
  EXPECT_EQ(erasure->keycloak->subjects.at(0).render({{"id", "7"}}), "kc-7");
}

TEST(ErasureConfig, AKeycloakUserIsTheSubjectItselfByDefault) {
  const auto erasure = load_worker_text(
                           "erasure: {keycloak: {url: 'https://k', realm: r, client_id: c, "
                           "client_secret: '${env:HOME}'}}\n")
                           .erasure;
  ASSERT_TRUE(erasure && erasure->keycloak);
  EXPECT_EQ(erasure->keycloak->subjects.at(0).render({{"id", "7"}}), "7");
  EXPECT_EQ(erasure->acknowledgements, "");
}

TEST(ErasureConfig, WhatIsWrongIsSaidWithItsPlace) {
  const std::pair<const char*, const char*> cases[] = {
      {"erasure: {}\n", "1:1: error: 'erasure' names no way in"},
      {"erasure: {topic: t}\n", "1:1: error: 'erasure' needs 'brokers'"},
      {"erasure: {topic: t, brokers: b, extra: 1}\n", "1:33: error: unknown key"},
      {"erasure: {topic: t, brokers: b, events: t}\n",
       "1:33: error: 'erasure.events' and 'erasure.topic' are one topic"},
      {"erasure: {brokers: b, events: e, dead_letter: d}\n",
       "1:34: error: 'erasure.dead_letter' is for bad requests"},
      {"erasure: {topic: t, brokers: b, subjects: [user]}\n",
       "1:44: error: 'erasure.subjects': a subject is a key name with at least one parameter"},
      {"erasure: {topic: t, brokers: b, subjects: ['user-{{id']}\n",
       "1:44: error: 'erasure.subjects'"},
      {"erasure: {topic: t, brokers: b, client: {group.id: g}}\n",
       "1:42: error: the client property 'group.id' is set by Lethe"},
      {"erasure: {topic: t, brokers: b, undo_window: soon}\n", "1:46: error: "},
      {"erasure: {keycloak: {url: 'https://k', realm: r, client_id: c}}\n",
       "1:11: error: 'erasure.keycloak' needs 'client_secret'"},
      {"erasure: {keycloak: {url: k, realm: r, client_id: c, client_secret: '${env:HOME}'}}\n",
       "1:27: error: 'erasure.keycloak.url' must begin with https://"},
      {"erasure: {keycloak: {url: 'http://k', realm: r, client_id: c, client_secret: "
       "'${env:HOME}'}}\n",
       "1:27: warning: client_secret and access tokens travel unencrypted"},
      {"erasure: {keycloak: {url: 'http://localhost:1', realm: r, client_id: c, client_secret: "
       "geheim}}\n",
       "1:88: warning: a secret written in clear"},
      {"erasure: {keycloak: {url: 'https://k', realm: r, client_id: c, client_secret: "
       "'${env:HOME}', subjects: ['{{id}}-{{mail}}']}}\n",
       "1:105: error: 'erasure.keycloak.subjects' knows only {{id}} here"},
  };
  for (const auto& [text, complaint] : cases)
    EXPECT_THAT(said(text), ElementsAre(testing::HasSubstr(complaint))) << text;
}

TEST(ErasureConfig, OneWorkerHasOneInbox) {
  Diagnostics diagnostics;
  const Node worker = parse("erasure: {topic: t, brokers: b}\n");
  const Node pipeline =
      parse("pipeline: p\nsource: stdio\nsink: stdio\nerasure: {topic: t, brokers: b}\n");
  EXPECT_FALSE(load_worker(&worker, {&pipeline}, diagnostics));
  EXPECT_THAT(lines(diagnostics), Contains(testing::HasSubstr("4:1: error: 'erasure' is in")));
}

TEST(ErasureConfig, ADumpShowsNoSecret) {
  const auto worker = load_worker_text(
      "erasure: {topic: t, brokers: b, client: {sasl.password: geheim1}, keycloak: {url: "
      "'https://k', realm: r, client_id: c, client_secret: geheim2}}\n");
  const Node* erasure = worker.effective.find("erasure");
  ASSERT_NE(erasure, nullptr);
  EXPECT_EQ(locate(*erasure, "client['sasl.password']").node->written(), "<hidden>");
  EXPECT_EQ(locate(*erasure, "keycloak.client_secret").node->written(), "<hidden>");
  EXPECT_EQ(locate(*erasure, "keycloak.realm").node->written(), "r");
}

TEST(NameTemplate, RendersItsParameters) {
  const auto made = NameTemplate::parse("{{a}}-x-{{b.c}}{{a}}");
  ASSERT_TRUE(made);
  EXPECT_THAT(made->parameters(), ElementsAre("a", "b.c"));
  EXPECT_EQ(made->render({{"a", "1"}, {"b.c", "{{a}}"}}), "1-x-{{a}}1");
  EXPECT_EQ(made->render({{"a", "1"}}), std::nullopt);
  for (const char* wrong : {"", "plain", "{{}}", "{{a", "{{a b}}", "x{{a}}y{{"})
    EXPECT_FALSE(NameTemplate::parse(wrong)) << wrong;
}

}  // namespace
}  // namespace lethe::worker::config
