// SPDX-License-Identifier: Apache-2.0
//
// A cache that is away, hangs, forgets or is something else costs time only, little of it, and is
// spoken of once.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "tests/integration/redis/cache_fixture.h"

namespace lethe::kms {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using Clock = std::chrono::steady_clock;

class RedisTroubleTest : public RedisCacheTest {
 protected:
  RedisTroubleTest() {
    url_ = server_->url();
    link_.now = [this] { return now_; };
  }
  // A value whose row is in the cache, and a worker's store that has used it.
  SealedText cached_value() {
    const SealedText sealed = seal_text(*worker()->session(), "ada", "hello");
    EXPECT_EQ(open_afresh(sealed), "hello");
    return sealed;
  }
  bool finds(store::KeyStore& store, const SealedText& sealed) {
    const auto rows = store.look_up_by_id({&sealed.dek_id, 1});
    return rows && rows->size() == 1;
  }

  std::unique_ptr<lethe::testing::RedisServer> server_ =
      lethe::testing::RedisServer::start(why_not_);
  Clock::time_point now_{};
};

TEST_F(RedisTroubleTest, AServerThatHangsCostsOneShortWait) {
  const SealedText sealed = cached_value();
  link_ = {.now = link_.now};  // the real limits
  const auto store = cached_store();
  ASSERT_TRUE(store->control());
  server_->pause();
  const Clock::time_point start = Clock::now();
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(finds(*store, sealed));
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(1)) << "not a wait for each of the hundred";
  EXPECT_THAT(reports_, ElementsAre(AllOf(StartsWith("fails: The redis cache 127.0.0.1:"),
                                          HasSubstr("does not answer in time"))));
  server_->resume();
}

TEST_F(RedisTroubleTest, AServerThatComesBackIsUsedAgainAfterTheRest) {
  const SealedText sealed = cached_value();
  const auto store = cached_store();
  ASSERT_TRUE(store->control());
  ASSERT_TRUE(finds(*store, sealed));
  server_->crash();
  EXPECT_TRUE(finds(*store, sealed));
  now_ += std::chrono::seconds(6);
  EXPECT_TRUE(finds(*store, sealed));
  EXPECT_THAT(reports_, ElementsAre(HasSubstr("cannot be reached"))) << "reported once";
  server_->restart();
  EXPECT_TRUE(finds(*store, sealed));
  EXPECT_THAT(command({"DBSIZE"}), ElementsAre("0")) << "left alone";
  now_ += std::chrono::seconds(6);
  EXPECT_TRUE(finds(*store, sealed));
  EXPECT_THAT(command({"DBSIZE"}), ElementsAre("1"));
  EXPECT_THAT(reports_, ElementsAre(StartsWith("fails:"), StartsWith("works:")));
}

TEST_F(RedisTroubleTest, AConnectionThatTheServerClosedIsNoTrouble) {
  const SealedText sealed = cached_value();
  const auto store = cached_store();
  ASSERT_TRUE(store->control());
  ASSERT_TRUE(finds(*store, sealed));
  command({"CLIENT", "KILL", "TYPE", "normal"});
  const int look_ups = controls_->id_look_ups;
  EXPECT_TRUE(finds(*store, sealed));
  EXPECT_EQ(controls_->id_look_ups, look_ups) << "from the cache";
  EXPECT_THAT(reports_, IsEmpty());
}

TEST_F(RedisTroubleTest, AFlushCostsALookUp) {
  const SealedText sealed = cached_value();
  command({"FLUSHALL"});
  EXPECT_EQ(open_afresh(sealed), "hello");
  EXPECT_EQ(open_afresh(sealed), "hello");
  EXPECT_THAT(reports_, IsEmpty());
}

TEST_F(RedisTroubleTest, AKeyOfAnotherTypeIsAMiss) {
  const SealedText sealed = cached_value();
  const std::string key = key_of(sealed.dek_id);
  command({"DEL", key});
  command({"LPUSH", key, "x"});
  EXPECT_EQ(open_afresh(sealed), "hello");
}

TEST_F(RedisTroubleTest, AWrongPasswordIsReportedAndNotShown) {
  const auto locked = lethe::testing::RedisServer::start(why_not_, "right");
  url_ = "redis://:wrong@127.0.0.1:" + std::to_string(locked->port());
  EXPECT_EQ(cached_value().state, LETHE_KEY_AVAILABLE);
  EXPECT_THAT(reports_.at(0), AllOf(HasSubstr("refuses the user or password"),
                                    Not(HasSubstr("wrong@")), Not(HasSubstr(":wrong"))));
  reports_.clear();
  url_ = locked->url();
  EXPECT_EQ(cached_value().state, LETHE_KEY_AVAILABLE);
  EXPECT_THAT(reports_, IsEmpty());
}

// Answers everything with the same bytes.
class Impostor {
 public:
  explicit Impostor(std::string answer) : answer_(std::move(answer)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_, 16);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~Impostor() {
    stop_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  std::string url() const { return "redis://127.0.0.1:" + std::to_string(port_); }

 private:
  void serve() {
    while (!stop_) {
      const int client = ::accept(listener_, nullptr, nullptr);
      if (client < 0) continue;
      char ignored[4096];
      while (!stop_ && ::recv(client, ignored, sizeof ignored, 0) > 0)
        ::send(client, answer_.data(), answer_.size(), MSG_NOSIGNAL);
      ::close(client);
    }
  }

  const std::string answer_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

TEST_F(RedisTroubleTest, SomethingElseThatAnswersThereChangesNoAnswer) {
  link_ = {.now = link_.now};
  for (const char* answer : {"HTTP/1.1 400 Bad Request\r\n\r\n", "+OK\r\n", "$-1\r\n", ":1\r\n",
                             "*1\r\n*1\r\n$1\r\nx\r\n", "*2\r\n$1\r\nx\r\n$1\r\ny\r\n",
                             "$1000000000\r\nx", "*-7\r\n", "-ERR ada\r\n", "\r\n"}) {
    const Impostor impostor(answer);
    url_ = impostor.url();
    EXPECT_EQ(cached_value().state, LETHE_KEY_AVAILABLE) << answer;
  }
  for (const std::string& report : reports_) EXPECT_THAT(report, Not(HasSubstr("ada")));
}

}  // namespace
}  // namespace lethe::kms
