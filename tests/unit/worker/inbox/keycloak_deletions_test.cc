// SPDX-License-Identifier: Apache-2.0
#include "worker/inbox/keycloak_deletions.h"

#include "tests/support/temp_dir.h"
#include "tests/unit/worker/inbox/office.h"

namespace lethe::worker::inbox {
namespace {

using connectors::keycloak::Deletion;
using connectors::keycloak::EventReader;
using connectors::keycloak::Page;
using connectors::keycloak::Position;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// One deletion a page; the admin position counts them.
struct Realm {
  std::vector<Deletion> deletions;
  std::vector<Position> asked;
  int handled = 0;
  std::optional<Error> failure;
};

class FakeReader final : public EventReader {
 public:
  explicit FakeReader(Realm& realm) : realm_(realm) {}
  Result<Page> poll(const Position& position, const std::stop_token&) override {
    realm_.asked.push_back(position);
    if (realm_.failure) return *realm_.failure;
    const auto at = static_cast<std::size_t>(position.admin_ms);
    if (at >= realm_.deletions.size()) return Page{{}, position, false};
    return Page{{realm_.deletions[at]}, {position.admin_ms + 1, 0}, true};
  }
  void handled() override { ++realm_.handled; }

 private:
  Realm& realm_;
};

class KeycloakDeletionsTest : public ::testing::Test {
 protected:
  KeycloakDeletionsTest() { start(); }
  void start(bool acknowledges = true) {
    KeycloakDeletionsOptions options{
        {*config::NameTemplate::parse("user-{{id}}"), *config::NameTemplate::parse("mail-{{id}}")},
        "keycloak:people"};
    options.acknowledgements = acknowledges ? "acks" : "";
    step_ = std::make_unique<KeycloakDeletions>(
        std::move(options), std::make_unique<FakeReader>(realm_),
        PositionFile(dir_.path("keycloak.json"), "people"), office_.erasures,
        acknowledges ? &office_.outbox : nullptr, office_.log, office_.clock);
  }
  Result<void> catch_up() {
    while (LETHE_TRY(step_->advance({}))) {
    }
    return {};
  }

  lethe::testing::TempDir dir_;
  Office office_;
  Realm realm_;
  std::unique_ptr<KeycloakDeletions> step_;
};

TEST_F(KeycloakDeletionsTest, ADeletionErasesEveryNameOfTheUser) {
  realm_.deletions = {{"14c5116b-7ec5", "705c", 1}};
  ASSERT_TRUE(catch_up());
  EXPECT_THAT(office_.erasures.erased(), ElementsAre("user-705c", "mail-705c"));
  const auto asked = office_.erasures.asked();
  EXPECT_EQ(asked[0].erasure_id, "kc-14c5116b-7ec5-1");
  EXPECT_EQ(asked[1].erasure_id, "kc-14c5116b-7ec5-2");
  EXPECT_EQ(asked[0].actor, "keycloak:people");
  const auto acks = office_.written("acks");
  ASSERT_THAT(acks, SizeIs(1));
  EXPECT_EQ(text(acks[0], "request_id"), "kc-14c5116b-7ec5");
  EXPECT_EQ(text(acks[0], "stage"), "fenced");
}

TEST_F(KeycloakDeletionsTest, GoesOnAfterARestartWhereItWas) {
  realm_.deletions = {{"a", "1", 1}, {"b", "2", 2}};
  ASSERT_TRUE(catch_up());
  start();
  realm_.asked.clear();
  realm_.deletions.push_back({"c", "3", 3});
  ASSERT_TRUE(catch_up());
  EXPECT_EQ(realm_.asked.front(), (Position{2, 0}));
  EXPECT_THAT(office_.erasures.erased(), SizeIs(6));
}

TEST_F(KeycloakDeletionsTest, WithoutItsFileEverythingComesAgainAndErasesNobodyTwice) {
  realm_.deletions = {{"a", "1", 1}, {"b", "2", 2}};
  ASSERT_TRUE(catch_up());
  for (const char* content : {"", "{}", "nonsense", R"({"v":1,"of":"others","admin_ms":9})"}) {
    dir_.write("keycloak.json", content);
    start();
    realm_.asked.clear();
    ASSERT_TRUE(catch_up());
    EXPECT_EQ(realm_.asked.front(), (Position{0, 0})) << content;
  }
  EXPECT_THAT(office_.erasures.erased(), SizeIs(4));
}

TEST_F(KeycloakDeletionsTest, ThePositionWaitsForErasureAndAcknowledgement) {
  realm_.deletions = {{"a", "1", 1}};
  office_.erasures.fail_request(2, transient("away"));
  ASSERT_FALSE(catch_up());
  office_.sink.fail_next_write(transient("broker away"));
  ASSERT_FALSE(catch_up());
  EXPECT_EQ(realm_.handled, 0);
  EXPECT_EQ(PositionFile(dir_.path("keycloak.json"), "people").read(), (Position{0, 0}));
  ASSERT_TRUE(catch_up());
  EXPECT_EQ(realm_.asked.size(), 4U);
  EXPECT_EQ(PositionFile(dir_.path("keycloak.json"), "people").read(), (Position{1, 0}));
  EXPECT_EQ(text(erasure(office_.written("acks").at(0), 0), "salt"), "5a171");
  EXPECT_THAT(office_.erasures.erased(), ElementsAre("user-1", "mail-1"));
}

TEST_F(KeycloakDeletionsTest, PollsAtItsInterval) {
  ASSERT_TRUE(catch_up());
  ASSERT_TRUE(catch_up());
  EXPECT_THAT(realm_.asked, SizeIs(1));
  office_.clock.advance(milliseconds(10'000));
  ASSERT_TRUE(catch_up());
  EXPECT_THAT(realm_.asked, SizeIs(2));
}

TEST_F(KeycloakDeletionsTest, WorksWithoutAcknowledgements) {
  start(false);
  realm_.deletions = {{"a", "1", 1}};
  ASSERT_TRUE(catch_up());
  EXPECT_THAT(office_.erasures.erased(), SizeIs(2));
  EXPECT_THAT(office_.sink.written(), IsEmpty());
}

TEST_F(KeycloakDeletionsTest, SaysWhoCouldNotBeErasedUnlessThereWasNothingToErase) {
  office_.erasures.refuse("user-1", Error(ErrorKind::kBlocked, "under a hold"));
  office_.erasures.refuse("mail-1", Error(ErrorKind::kUnknownKey, "no key"));
  realm_.deletions = {{"a", "1", 1}};
  ASSERT_TRUE(catch_up());
  EXPECT_THAT(office_.log.all(), HasSubstr("erasure_id=kc-a-1 kind=blocked"));
  EXPECT_THAT(office_.log.all(), Not(HasSubstr("kc-a-2")));
  EXPECT_THAT(office_.log.all(), Not(HasSubstr("user-1")));
}

TEST_F(KeycloakDeletionsTest, EventIdsThatAreNoUuidsStillMakeErasureIds) {
  realm_.deletions = {{"f:x:ann-17", "f:x:ann", 1}};
  ASSERT_TRUE(catch_up());
  EXPECT_EQ(office_.erasures.asked().at(0).erasure_id, "kc-f_x_ann-17-1");
}

TEST_F(KeycloakDeletionsTest, AFolderThatCannotBeWrittenIsSaid) {
  const Result<void> written = PositionFile("/nowhere/file", "people").write({1, 1});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind(), ErrorKind::kBadConfig);
}

}  // namespace
}  // namespace lethe::worker::inbox
