// SPDX-License-Identifier: Apache-2.0
//
// The lease: what renews it, what ends it, and that no key is used without it.
#include "kms/lease.h"

#include "gmock/gmock.h"
#include "tests/unit/kms/gateway/gateway_test_bench.h"

namespace lethe::kms {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

class LeaseTest : public GatewayTestBench {
 protected:
  LeaseTest() : lease_(seconds(30), [this] { return time_; }) {}

  void pass(std::chrono::nanoseconds time) {
    time_.boot += time;
    time_.real += time;
  }

  std::unique_ptr<GatewayKms> leased() {
    GatewayKms::Options with_clock = options();
    with_clock.lease_clock = [this] { return time_; };
    return worker(with_clock);
  }

  static Result<void> use(KeySession& session) {
    lethe_sealing_key key = sealing_key("user-1");
    return session.for_sealing({&key, 1}, ErasedPolicy::kBlock);
  }

  Moment time_{hours(10), hours(400'000)};
  Lease lease_;
};

TEST_F(LeaseTest, IsNotValidBeforeItsFirstRenewal) {
  EXPECT_FALSE(lease_.valid());
  lease_.renew(lease_.now());
  EXPECT_TRUE(lease_.valid());
}

TEST_F(LeaseTest, CountsFromTheMomentBeforeTheBeaconWasHandedOver) {
  const Moment handed_over = lease_.now();
  pass(seconds(20));
  lease_.renew(handed_over);
  EXPECT_EQ(lease_.age(), seconds(20));
  pass(seconds(10));
  EXPECT_TRUE(lease_.valid());
  pass(milliseconds(1));
  EXPECT_FALSE(lease_.valid());
}

TEST_F(LeaseTest, EndsWhenEitherClockSaysSo) {
  lease_.renew(lease_.now());
  time_.real += seconds(31);  // the machine was suspended together with its boot clock
  EXPECT_FALSE(lease_.valid());
  time_.real -= seconds(31);
  EXPECT_TRUE(lease_.valid());
  time_.boot += seconds(31);  // somebody set the wall clock back
  time_.real -= hours(1);
  EXPECT_FALSE(lease_.valid());
}

TEST_F(LeaseTest, IsNotRenewedByAnOlderBeacon) {
  const Moment old = lease_.now();
  pass(seconds(10));
  lease_.renew(lease_.now());
  lease_.renew(old);
  EXPECT_EQ(lease_.age(), seconds(0));
}

TEST_F(LeaseTest, EndsForGood) {
  lease_.renew(lease_.now());
  lease_.end();
  EXPECT_FALSE(lease_.valid());
}

TEST_F(LeaseTest, KeepsAWorkerWithoutBeaconsFromUsingKeys) {
  auto gateway = leased();
  const auto session = gateway->session();
  ASSERT_TRUE(use(*session));
  ASSERT_TRUE(session->confirm());
  pass(seconds(30) + milliseconds(1));
  const auto refused = use(*session);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), ErrorKind::kTransient);
  EXPECT_THAT(refused.error().message(), HasSubstr("lease"));
  EXPECT_FALSE(session->confirm()) << "what was made before must not leave either";
  ASSERT_TRUE(gateway->renew_lease());
  EXPECT_TRUE(use(*session));
}

TEST_F(LeaseTest, IsNotRenewedByABeaconThatDidNotArrive) {
  auto gateway = leased();
  const auto session = gateway->session();
  pass(seconds(20));
  controls_->away = true;
  EXPECT_FALSE(gateway->renew_lease());
  controls_->away = false;
  EXPECT_TRUE(use(*session)) << "the old lease still runs";
  pass(seconds(11));
  EXPECT_FALSE(use(*session));
}

TEST_F(LeaseTest, ResumesAfterABeaconWhoseAnswerGotLost) {
  auto gateway = leased();
  controls_->lose_next_beat_answer = true;
  EXPECT_FALSE(gateway->renew_lease());
  EXPECT_TRUE(gateway->renew_lease()) << "the beacon in doubt had arrived";
  controls_->lose_next_beat = true;
  EXPECT_FALSE(gateway->renew_lease());
  EXPECT_TRUE(gateway->renew_lease()) << "the beacon in doubt had not arrived";
}

TEST_F(LeaseTest, EndsAtOnceOnAStoreThatWasPutBack) {
  auto gateway = leased();
  const auto session = gateway->session();
  ASSERT_TRUE(gateway->renew_lease());
  const auto beacons = controls_->store->beacons();
  for (const store::BeaconRow& beacon : *beacons)
    ASSERT_TRUE(controls_->store->drop_beacon(beacon.worker));  // a copy from before its start
  EXPECT_FALSE(gateway->renew_lease());
  const auto refused = use(*session);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), ErrorKind::kBadConfig) << "nothing to wait for";
}

TEST_F(LeaseTest, LeavesHalfOfItselfForDelivery) {
  auto gateway = leased();
  EXPECT_EQ(gateway->longest_delivery(), seconds(15));
  const auto session = gateway->session();
  pass(seconds(15));
  ASSERT_TRUE(use(*session));
  EXPECT_TRUE(session->confirm());
  pass(milliseconds(1));
  ASSERT_TRUE(use(*session)) << "keys may be used for the whole lease";
  EXPECT_FALSE(session->confirm()) << "but what takes half a lease to arrive would be too late";
}

TEST_F(LeaseTest, IsNeverLongerThanTheStoreSays) {
  GatewayKms::Options with_lease = options();
  with_lease.lease = hours(1);
  EXPECT_EQ(worker(with_lease)->lease(), seconds(30));
  with_lease.lease = seconds(5);
  EXPECT_EQ(worker(with_lease)->lease(), seconds(5));
}

TEST_F(LeaseTest, ConfirmsNothingWhoseKeyWasErasedMeanwhile) {
  auto one = leased();
  auto other = leased();
  const auto session = one->session();
  ASSERT_TRUE(use(*session));
  ASSERT_TRUE(other->shred("user-1", {}));
  const auto refused = session->confirm();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), ErrorKind::kTransient);
  EXPECT_TRUE(session->confirm()) << "each refusal is of what was used since the last";
}

TEST_F(LeaseTest, ConfirmsWhatAnErasureOfSomebodyElseDoesNotConcern) {
  auto one = leased();
  auto other = leased();
  const auto session = one->session();
  ASSERT_EQ(seal_text(*other->session(), "user-2", "x").state, LETHE_KEY_AVAILABLE);
  ASSERT_TRUE(use(*session));
  ASSERT_TRUE(other->shred("user-2", {}));
  EXPECT_TRUE(session->confirm());
}

}  // namespace
}  // namespace lethe::kms
