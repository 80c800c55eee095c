// SPDX-License-Identifier: Apache-2.0
//
// The HTTP client against a server with a certificate: whom it trusts, and whom it does not.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include "connectors/http/client.h"
#include "tests/support/temp_dir.h"

namespace lethe::connectors::http {
namespace {

constexpr const char* kServer = LETHE_SOURCE_DIR "/tests/integration/inbox/tls_server.py";

// Ends with its input.
class TlsServer {
 public:
  TlsServer() : pipe_(::popen(("python3 " + std::string(kServer) + " " + folder()).c_str(), "w")) {
    for (int i = 0; i < 300 && !std::filesystem::exists(folder() + "/port"); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    std::ifstream(folder() + "/port") >> port_;
  }
  ~TlsServer() { ::pclose(pipe_); }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  std::string folder() const { return dir_.path(""); }
  int port() const { return port_; }
  Result<Response> get(const std::string& host, const std::string& ca_file) const {
    const auto client = make_client({.ca_file = ca_file});
    return (*client)->send({.url = "https://" + host + ":" + std::to_string(port_) + "/"}, {});
  }

 private:
  const lethe::testing::TempDir dir_;
  std::FILE* pipe_;
  int port_ = 0;
};

TEST(HttpTls, ACertificateOfTheNamedAuthorityForThisHostIsTrustedAndNoOther) {
  const TlsServer server;
  ASSERT_NE(server.port(), 0) << "openssl and python3 are needed";
  const auto answer = server.get("localhost", server.folder() + "server.pem");
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(answer->body, "secret place");

  const auto system = server.get("localhost", "");
  const auto stranger = server.get("localhost", server.folder() + "stranger.pem");
  const auto other_host = server.get("127.0.0.1", server.folder() + "server.pem");
  for (const auto* refused : {&system, &stranger, &other_host}) {
    ASSERT_FALSE(*refused);
    EXPECT_EQ(refused->error().kind(), ErrorKind::kBadConfig);
    EXPECT_THAT(refused->error().message(), ::testing::HasSubstr("ca_file"));
  }
}

TEST(HttpTls, AFileThatHoldsNoAuthorityIsBadConfiguration) {
  const TlsServer server;
  const lethe::testing::TempDir dir;
  const auto answer = server.get("localhost", dir.write("ca.pem", "nothing"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind(), ErrorKind::kBadConfig);
}

}  // namespace
}  // namespace lethe::connectors::http
