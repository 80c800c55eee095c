// SPDX-License-Identifier: Apache-2.0
#include "connectors/http/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/support/http_server.h"

namespace lethe::connectors::http {
namespace {

using lethe::testing::HttpReply;
using lethe::testing::HttpRequest;
using lethe::testing::HttpServer;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kSecret = "s3cret-token";

std::unique_ptr<Client> client(ClientOptions options = {}) {
  auto made = make_client(std::move(options));
  EXPECT_TRUE(made);
  return std::move(made).value();
}

Request get(const std::string& url) {
  return {.url = url, .headers = {{"Authorization", "Bearer " + std::string(kSecret)}}};
}

TEST(HttpClient, SendsARequestAndReturnsTheAnswerWhateverItsStatus) {
  const HttpServer server([](const HttpRequest&) {
    return HttpReply{.status = 418, .body = "short", .headers = "X-Kind:  teapot \r\n"};
  });
  Request request = get(server.url() + "/a?b=c");
  request.method = "POST";
  request.body = "x=1";
  const auto answer = client()->send(request, {});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 418);
  EXPECT_EQ(answer->body, "short");
  EXPECT_EQ(answer->header("x-kind"), "teapot");
  EXPECT_EQ(answer->header("x-other"), "");
  const HttpRequest seen = server.received().at(0);
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.target, "/a?b=c");
  EXPECT_EQ(seen.body, "x=1");
  EXPECT_THAT(seen.headers, HasSubstr("Authorization: Bearer s3cret-token"));
}

TEST(HttpClient, OneClientServesManyRequests) {
  const HttpServer server([](const HttpRequest& request) {
    return HttpReply{.body = request.method + " " + request.body};
  });
  const auto one = client();
  for (const char* method : {"POST", "GET", "PUT", "DELETE"}) {
    Request request = get(server.url() + "/");
    request.method = method;
    if (request.method == "PUT") request.body = "b";
    EXPECT_EQ(one->send(request, {})->body,
              std::string(method) + (request.body.empty() ? " " : " b"));
  }
}

TEST(HttpClient, FollowsNoRedirect) {
  const HttpServer server([](const HttpRequest&) {
    return HttpReply{.status = 302, .headers = "Location: http://127.0.0.1:1/\r\n"};
  });
  EXPECT_EQ(client()->send(get(server.url() + "/"), {})->status, 302);
}

TEST(HttpClient, AnAnswerAboveTheBoundIsRefused) {
  const HttpServer server(
      [](const HttpRequest&) { return HttpReply{.body = std::string(2000, 'x')}; });
  EXPECT_TRUE(client({.most_bytes = 2000})->send(get(server.url() + "/"), {}));
  const auto answer = client({.most_bytes = 1999})->send(get(server.url() + "/"), {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind(), ErrorKind::kBadConfig);
}

TEST(HttpClient, NoAnswerIsTransientAndNamesOnlyTheServer) {
  const HttpServer hanging([](const HttpRequest&) { return HttpReply{.hang = true}; });
  const HttpServer cutting(
      [](const HttpRequest&) { return HttpReply{.body = "half", .cut_off = true}; });
  const auto impatient = client({.timeout = milliseconds(150)});
  for (const std::string& url : {hanging.url(), cutting.url(), std::string("http://127.0.0.1:1")}) {
    const auto answer = impatient->send(get(url + "/users/4711?name=ann"), {});
    ASSERT_FALSE(answer) << url;
    EXPECT_EQ(answer.error().kind(), ErrorKind::kTransient);
    EXPECT_THAT(answer.error().message(), HasSubstr(url));
    EXPECT_THAT(answer.error().message(), Not(HasSubstr("users")));
    EXPECT_THAT(answer.error().message(), Not(HasSubstr(std::string(kSecret))));
  }
}

TEST(HttpClient, RefusesUrlsThatAreNoneOrHoldCredentials) {
  for (const char* url :
       {"", "ftp://host/x", "http://ann:pw@host/", "https://ann@host/", "/path"}) {
    const auto answer = client()->send(get(url), {});
    ASSERT_FALSE(answer) << url;
    EXPECT_EQ(answer.error().kind(), ErrorKind::kBadConfig) << url;
    EXPECT_THAT(answer.error().message(), Not(HasSubstr("ann")));
  }
}

TEST(HttpClient, ALineEndInAHeaderSendsNothing) {
  const HttpServer server([](const HttpRequest&) { return HttpReply{}; });
  Request request = get(server.url() + "/");
  request.headers = {{"Authorization", "Bearer a\r\nX-Smuggled: 1"}};
  const auto answer = client()->send(request, {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind(), ErrorKind::kBadConfig);
  EXPECT_THAT(server.received(), ::testing::IsEmpty());
}

TEST(HttpClient, RepeatsPassingFailuresWithGrowingCappedPauses) {
  std::atomic<int> calls = 0;
  const HttpServer server([&](const HttpRequest&) {
    return ++calls < 5 ? HttpReply{.status = 503} : HttpReply{.body = "at last"};
  });
  std::vector<milliseconds> pauses;
  ClientOptions options;
  options.retry = {9, milliseconds(100), milliseconds(250)};
  options.pause = [&](milliseconds pause, const std::stop_token&) { pauses.push_back(pause); };
  EXPECT_EQ(client(options)->send(get(server.url() + "/"), {})->body, "at last");
  EXPECT_THAT(pauses, ElementsAre(milliseconds(100), milliseconds(200), milliseconds(250),
                                  milliseconds(250)));
}

TEST(HttpClient, GivesTheLastAnswerWhenAllAttemptsAreSpent) {
  const HttpServer server([](const HttpRequest&) { return HttpReply{.status = 503}; });
  ClientOptions options;
  options.retry.attempts = 3;
  options.pause = [](milliseconds, const std::stop_token&) {};
  EXPECT_EQ(client(options)->send(get(server.url() + "/"), {})->status, 503);
  EXPECT_EQ(server.received().size(), 3U);
}

TEST(HttpClient, APostIsSentOnceUnlessItMayBeRepeated) {
  const HttpServer server([](const HttpRequest&) { return HttpReply{.status = 503}; });
  ClientOptions options;
  options.retry.attempts = 3;
  options.pause = [](milliseconds, const std::stop_token&) {};
  Request request = get(server.url() + "/");
  request.method = "POST";
  EXPECT_TRUE(client(options)->send(request, {}));
  EXPECT_EQ(server.received().size(), 1U);
  request.repeatable = true;
  EXPECT_TRUE(client(options)->send(request, {}));
  EXPECT_EQ(server.received().size(), 4U);
}

TEST(HttpClient, AStopEndsAWaitForAnAnswer) {
  std::stop_source stop;
  const HttpServer server([&](const HttpRequest&) {
    stop.request_stop();
    return HttpReply{.hang = true};
  });
  ClientOptions options{.timeout = milliseconds(60'000)};
  options.retry.attempts = 9;
  const auto answer = client(options)->send(get(server.url() + "/"), stop.get_token());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind(), ErrorKind::kTransient);
  EXPECT_EQ(server.received().size(), 1U);
}

TEST(HttpClient, ACaFileThatIsNotThereIsSaidAtOnce) {
  const auto made = make_client({.ca_file = "/nowhere/ca.pem"});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind(), ErrorKind::kBadConfig);
}

TEST(HttpClient, EncodesTextForUrls) {
  EXPECT_EQ(url_encoded("a-Z_0.~"), "a-Z_0.~");
  EXPECT_EQ(url_encoded("a b&c=ü/"), "a%20b%26c%3D%C3%BC%2F");
}

}  // namespace
}  // namespace lethe::connectors::http
