// SPDX-License-Identifier: Apache-2.0
#include "connectors/keycloak/keycloak_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

namespace lethe::connectors::keycloak {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// What a realm answers. Steered by the test, which owns it.
struct FakeRealm {
  struct Event {
    std::int64_t time;
    std::string id;
    std::string path;  // of admin events: "users/ID"; of user events: the user
  };
  std::vector<Event> admin, user;
  std::string token = "t1";  // the one that is accepted
  int lifetime = 300;
  int tokens = 0;
  std::deque<int> statuses;  // of the next look-ups, before 200
  bool ascending = true;
  bool away = false;
  std::vector<std::string> urls;
  std::string last_body;
};

std::int64_t number(const std::string& url, const std::string& name) {
  const std::size_t at = url.find("&" + name + "=");
  return at == std::string::npos ? -1 : std::stoll(url.substr(at + name.size() + 2));
}

std::string list(std::vector<FakeRealm::Event> events, const std::string& url, bool ascending,
                 bool admin) {
  std::sort(events.begin(), events.end(),
            [&](const auto& a, const auto& b) { return ascending == (a.time < b.time); });
  std::erase_if(events, [&](const auto& one) { return one.time < number(url, "dateFrom"); });
  std::string text;
  for (std::int64_t i = number(url, "first");
       i < std::min<std::int64_t>(number(url, "first") + number(url, "max"),
                                  static_cast<std::int64_t>(events.size()));
       ++i) {
    const auto& one = events[static_cast<std::size_t>(i)];
    text += (text.empty() ? "" : ",") + ("{\"time\":" + std::to_string(one.time));
    if (!one.id.empty()) text += ",\"id\":\"" + one.id + "\"";
    text += admin ? ",\"resourcePath\":\"" + one.path + "\"}"
                  : ",\"type\":\"DELETE_ACCOUNT\",\"userId\":\"" + one.path + "\"}";
  }
  return "[" + text + "]";
}

class FakeHttp final : public http::Client {
 public:
  explicit FakeHttp(FakeRealm& realm) : realm_(realm) {}

  Result<http::Response> send(const http::Request& request, std::stop_token) override {
    if (realm_.away) return transient("away");
    realm_.urls.push_back(request.url);
    if (request.method == "POST") {
      realm_.last_body = request.body;
      ++realm_.tokens;
      if (realm_.token.empty()) return http::Response{401, {}, "{}"};
      return http::Response{200,
                            {},
                            "{\"access_token\":\"" + realm_.token +
                                "\",\"expires_in\":" + std::to_string(realm_.lifetime) + "}"};
    }
    if (!realm_.statuses.empty()) {
      const int status = realm_.statuses.front();
      realm_.statuses.pop_front();
      return http::Response{status, {}, "secret detail"};
    }
    if (request.headers.at(0).second != "Bearer " + realm_.token)
      return http::Response{401, {}, ""};
    const bool admin = request.url.find("/admin-events?") != std::string::npos;
    return http::Response{
        200, {}, list(admin ? realm_.admin : realm_.user, request.url, realm_.ascending, admin)};
  }

 private:
  FakeRealm& realm_;
};

std::chrono::steady_clock::time_point g_now;  // a plain function is what the reader takes
std::chrono::steady_clock::time_point now() {
  return g_now;
}

class KeycloakEventsTest : public testing::Test {
 protected:
  std::unique_ptr<EventReader> reader(std::size_t page = 100) {
    EventsOptions options{"https://sso.example.org/", "people", "shredder", "s&cret"};
    options.overlap = milliseconds(1000);
    options.page = page;
    return make_event_reader(options, std::make_unique<FakeHttp>(realm_), &now);
  }
  // Polls until nothing more comes, as the inbox does; the ids of users in their order.
  std::vector<std::string> all(EventReader& reader) {
    std::vector<std::string> users;
    for (bool more = true; more;) {
      const auto page = reader.poll(position_, {});
      EXPECT_TRUE(page) << (page ? "" : page.error().message());
      if (!page) return users;
      for (const Deletion& one : page->deletions) users.push_back(one.user_id);
      reader.handled();
      position_ = page->next;
      more = page->more;
    }
    return users;
  }
  void add(std::int64_t time, const std::string& user) {
    realm_.admin.push_back({time, "id-" + user, "users/" + user});
  }

  FakeRealm realm_;
  Position position_;
};

TEST_F(KeycloakEventsTest, ReadsDeletionsByAdminsAndByUsersThemselves) {
  realm_.admin = {{2000, "e-2", "users/bob"}, {1000, "e-1", "users/ann"}};
  realm_.user = {{1500, "e-3", "cem"}, {1600, "", "dora"}};
  const auto page = reader()->poll({}, {});
  ASSERT_TRUE(page);
  EXPECT_THAT(page->deletions,
              ElementsAre(Deletion{"e-1", "ann", 1000}, Deletion{"e-2", "bob", 2000},
                          Deletion{"e-3", "cem", 1500}, Deletion{"dora-1600", "dora", 1600}));
  EXPECT_EQ(page->next, (Position{2000, 1600}));
  EXPECT_FALSE(page->more);
}

TEST_F(KeycloakEventsTest, WhatWasDeletedOfAUserErasesNobody) {
  realm_.admin = {{1, "a", "users/ann/federated-identity/google"},
                  {2, "b", "users/"},
                  {3, "c", "clients/users"},
                  {4, "d", "users/f:idp:carl"}};
  EXPECT_THAT(all(*reader()), ElementsAre("f:idp:carl"));
}

TEST_F(KeycloakEventsTest, NothingComesTwiceWhileItRuns) {
  const auto one = reader();
  add(1000, "ann");
  EXPECT_THAT(all(*one), ElementsAre("ann"));
  EXPECT_THAT(all(*one), IsEmpty());
  add(1000, "bob");
  EXPECT_THAT(all(*one), ElementsAre("bob"));
}

TEST_F(KeycloakEventsTest, AnEventThatBecomesVisibleLateIsSeen) {
  const auto one = reader();
  add(5000, "ann");
  EXPECT_THAT(all(*one), ElementsAre("ann"));
  add(4100, "late");
  EXPECT_THAT(all(*one), ElementsAre("late"));
}

TEST_F(KeycloakEventsTest, AfterARestartTheOverlapComesAgainWithTheSameIds) {
  add(1000, "old");
  add(5000, "ann");
  all(*reader());
  const auto page = reader()->poll(position_, {});
  ASSERT_TRUE(page);
  EXPECT_THAT(page->deletions, ElementsAre(Deletion{"id-ann", "ann", 5000}));
}

TEST_F(KeycloakEventsTest, WhatWasNotHandledComesAgain) {
  const auto one = reader();
  add(1000, "ann");
  ASSERT_EQ(one->poll({}, {})->deletions.size(), 1U);
  EXPECT_EQ(one->poll({}, {})->deletions.size(), 1U);
}

TEST_F(KeycloakEventsTest, PagesThroughALongListInOrder) {
  std::vector<std::string> users;
  for (int i = 0; i < 25; ++i) {
    users.push_back("u" + std::to_string(i));
    add(10'000 + i, users.back());
  }
  const auto one = reader(4);
  EXPECT_EQ(all(*one), users);
  EXPECT_THAT(all(*one), IsEmpty());
}

TEST_F(KeycloakEventsTest, PagesThroughManyEventsOfOneMillisecond) {
  for (int i = 0; i < 11; ++i) add(7000, "u" + std::to_string(i));
  add(7001, "last");
  const auto one = reader(3);
  EXPECT_EQ(all(*one).size(), 12U);
  EXPECT_THAT(all(*one), IsEmpty());
}

TEST_F(KeycloakEventsTest, EventsThatExpireWhileWeReadTakeNothingAway) {
  for (int i = 0; i < 9; ++i) add(1000 + i, "u" + std::to_string(i));
  const auto one = reader(3);
  const auto page = one->poll({}, {});
  ASSERT_TRUE(page && page->more);
  one->handled();
  position_ = page->next;
  realm_.admin.erase(realm_.admin.begin(), realm_.admin.begin() + 3);
  EXPECT_THAT(all(*one), ElementsAre("u3", "u4", "u5", "u6", "u7", "u8"));
}

TEST_F(KeycloakEventsTest, ARealmThatListsTheNewestFirstIsRefusedBeforeItHidesEvents) {
  realm_.ascending = false;
  for (int i = 0; i < 9; ++i) add(1000 + i, "u" + std::to_string(i));
  EXPECT_EQ(all(*reader(20)).size(), 9U);  // all of them, sorted by us
  const auto page = reader(3)->poll({}, {});
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind(), ErrorKind::kBadConfig);
}

TEST_F(KeycloakEventsTest, TheTokenIsFetchedOnceAndRenewedBeforeItEnds) {
  const auto one = reader();
  all(*one);
  EXPECT_EQ(realm_.urls.at(0),
            "https://sso.example.org/realms/people/protocol/openid-connect/token");
  EXPECT_EQ(realm_.last_body,
            "grant_type=client_credentials&client_id=shredder&client_secret=s%26cret");
  g_now += std::chrono::seconds(269);
  all(*one);
  EXPECT_EQ(realm_.tokens, 1);
  g_now += std::chrono::seconds(1);
  all(*one);
  EXPECT_EQ(realm_.tokens, 2);
}

TEST_F(KeycloakEventsTest, ARefusedTokenIsRenewedAtOnce) {
  const auto one = reader();
  all(*one);
  realm_.token = "t2";
  add(1, "ann");
  EXPECT_THAT(all(*one), ElementsAre("ann"));
  EXPECT_EQ(realm_.tokens, 2);
}

TEST_F(KeycloakEventsTest, FailuresSayWhatToDoAndQuoteNothing) {
  struct Case {
    int status;
    ErrorKind kind;
    const char* word;
  };
  for (const Case& one :
       {Case{403, ErrorKind::kBadConfig, "view-events"}, Case{404, ErrorKind::kBadConfig, "realm"},
        Case{400, ErrorKind::kBadConfig, "400"}, Case{429, ErrorKind::kTransient, "429"},
        Case{500, ErrorKind::kTransient, "500"}}) {
    realm_.statuses = {one.status};
    const auto page = reader()->poll({}, {});
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().kind(), one.kind) << one.status;
    EXPECT_THAT(page.error().message(), HasSubstr(one.word));
    EXPECT_THAT(page.error().message(), Not(HasSubstr("detail")));
  }
  realm_.statuses = {401, 401};
  EXPECT_EQ(reader()->poll({}, {}).error().kind(), ErrorKind::kBadConfig);
  realm_.statuses.clear();
  realm_.token.clear();
  const auto refused = reader()->poll({}, {});
  EXPECT_EQ(refused.error().kind(), ErrorKind::kBadConfig);
  EXPECT_THAT(refused.error().message(), Not(HasSubstr("s&cret")));
  realm_.away = true;
  EXPECT_EQ(reader()->poll({}, {}).error().kind(), ErrorKind::kTransient);
}

}  // namespace
}  // namespace lethe::connectors::keycloak
