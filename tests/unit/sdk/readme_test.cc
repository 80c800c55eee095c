// SPDX-License-Identifier: Apache-2.0
//
// The class that plugins/sdk/README.md shows for the key service, taken from the page by the build.

#include "tests/unit/sdk/readme_example.h"

#include <gtest/gtest.h>

#include <string>

#include "lethe/testing/fakes.h"

namespace lethe {
namespace {

using testing::FakeBatch;
using testing::FakeHost;
using testing::OptionsTree;

class ReadmeExample : public ::testing::Test {
 protected:
  void apply(FakeBatch& batch) {
    Host host = fakes_.view();
    auto made = SealValue::make(OptionsTree().view(), host);
    ASSERT_TRUE(made.has_value());
    Batch view = batch.view();
    outcome_ = (*made)->apply(view);
  }

  FakeHost fakes_;
  Result<void> outcome_;
};

TEST_F(ReadmeExample, SealsEachValueUnderItsPerson) {
  FakeBatch batch;
  batch.add().key("ada").value("4111");
  batch.add().key("bob").value("4111");
  batch.add().key("ada").value(std::nullopt);
  apply(batch);
  ASSERT_TRUE(outcome_.has_value());
  const std::string sealed = *batch.value_after(0);
  EXPECT_EQ(sealed.size(), 16u + 12 + 4 + 16);
  EXPECT_EQ(sealed.find("4111"), std::string::npos);
  EXPECT_NE(sealed, *batch.value_after(1));
  EXPECT_TRUE(batch.kept(2));
  EXPECT_EQ(fakes_.keys.born(), 2u);
}

TEST_F(ReadmeExample, SealsNothingForWhoWasErasedOrHasNoName) {
  fakes_.keys.shred("ada");
  FakeBatch batch;
  batch.add().key("ada").value("4111");
  batch.add().key(std::nullopt).value("4111");
  apply(batch);
  ASSERT_TRUE(outcome_.has_value());
  EXPECT_TRUE(batch.failed(0));
  EXPECT_EQ(batch.verdict(0).error_kind, LETHE_SHREDDED);
  EXPECT_TRUE(batch.failed(1));
  EXPECT_EQ(batch.verdict(1).error_kind, LETHE_UNKNOWN_KEY);
}

TEST_F(ReadmeExample, ComesBackLaterWhenTheStoreIsAway) {
  fakes_.keys.go_away();
  FakeBatch batch;
  batch.add().key("ada").value("4111");
  apply(batch);
  ASSERT_FALSE(outcome_.has_value());
  EXPECT_EQ(outcome_.error().kind(), ErrorKind::kTransient);
}

}  // namespace
}  // namespace lethe
