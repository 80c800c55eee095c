// SPDX-License-Identifier: Apache-2.0
#include "worker/config/diagnostics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "worker/config/suggest.h"

namespace lethe::worker::config {
namespace {

TEST(Diagnostics, PrintsFileLineColumnSeverityAndMessage) {
  EXPECT_EQ(to_string(Diagnostic{Severity::kError, {"a.yaml", 12, 5}, "no"}),
            "a.yaml:12:5: error: no");
  EXPECT_EQ(to_string(Diagnostic{Severity::kWarning, {"a.yaml", 0, 0}, "hm"}),
            "a.yaml: warning: hm");
}

TEST(Diagnostics, SortsByPlaceAndKeepsOneOfEach) {
  Diagnostics diagnostics;
  diagnostics.error({"b", 1, 1}, "4");
  diagnostics.error({"a", 2, 1}, "3");
  diagnostics.warning({"a", 1, 9}, "1");
  diagnostics.error({"a", 1, 10}, "2");
  diagnostics.error({"a", 2, 1}, "3");
  diagnostics.sort();
  std::string order;
  for (const Diagnostic& diagnostic : diagnostics.entries()) order += diagnostic.message;
  EXPECT_EQ(order, "1234");
  EXPECT_EQ(diagnostics.errors(), 3U);
}

TEST(Diagnostics, WarningsAloneDoNotFail) {
  Diagnostics diagnostics;
  diagnostics.warning({"a", 1, 1}, "hm");
  EXPECT_TRUE(diagnostics.verdict("a"));
  diagnostics.error({"a", 1, 1}, "no");
  const auto verdict = diagnostics.verdict("a");
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().kind(), ErrorKind::kBadConfig);
  EXPECT_EQ(verdict.error().message(), "a: 1 error in the configuration");
}

TEST(Suggest, FindsTheWordThatWasMeant) {
  const std::vector<std::string_view> words = {"brokers", "topics", "topics_pattern", "group"};
  EXPECT_EQ(nearest("brokrs", words), "brokers");
  EXPECT_EQ(nearest("brokesr", words), "brokers");
  EXPECT_EQ(nearest("Topics", words), "topics");
  EXPECT_EQ(nearest("topic", words), "topics");
  EXPECT_EQ(nearest("gruop", words), "group");
}

TEST(Suggest, IsSilentWhenNothingIsNear) {
  EXPECT_EQ(nearest("password", {"brokers", "topics"}), "");
  EXPECT_EQ(nearest("a", {"b"}), "");
  EXPECT_EQ(nearest("", {"b"}), "");
  EXPECT_EQ(nearest(std::string(1000, 'x'), {"b"}), "");
  EXPECT_EQ(did_you_mean("zzz", {"brokers"}), "");
  EXPECT_EQ(did_you_mean("broker", {"brokers"}), " (did you mean 'brokers'?)");
}

}  // namespace
}  // namespace lethe::worker::config
