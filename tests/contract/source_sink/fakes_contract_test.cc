// SPDX-License-Identifier: Apache-2.0
//
// The fakes keep the contract, so that what is tested with them holds with the real ones.

#include "connectors/testing/fake_sink.h"
#include "connectors/testing/fake_source.h"
#include "tests/contract/source_sink/sink_contract.h"
#include "tests/contract/source_sink/source_contract.h"

namespace lethe::connectors::testing {
namespace {

// Lends out a fake that the harness keeps, so that it is still there to be fed and asked.
struct Lent final : Source {
  explicit Lent(std::shared_ptr<FakeSource> lent) : fake(std::move(lent)) {}
  Result<Batch> read(std::stop_token stop, RebalanceListener& listener) override {
    return fake->read(std::move(stop), listener);
  }
  Result<void> commit(const Checkpoint& checkpoint) override { return fake->commit(checkpoint); }
  Result<bool> rewind() override { return fake->rewind(); }
  Result<void> idle(std::chrono::milliseconds duration, std::stop_token stop,
                    RebalanceListener& listener) override {
    return fake->idle(duration, std::move(stop), listener);
  }
  Result<void> close() override { return fake->close(); }
  std::shared_ptr<FakeSource> fake;
};

template <bool kEnd, bool kSeek>
struct FakeSourceHarness {
  static constexpr bool kEnds = kEnd;
  static constexpr bool kSeeks = kSeek;
  static constexpr bool kRemembers = kSeek;

  void feed(const std::vector<std::string>& values) {
    for (const std::string& value : values) fake->append({"t", 0, next++, 1, "k", value, {}});
  }
  std::unique_ptr<Source> open() {
    if (kSeek) static_cast<void>(fake->rewind());  // a restart begins at the last commit
    return std::make_unique<Lent>(fake);
  }

  std::int64_t next = 0;
  std::shared_ptr<FakeSource> fake = std::make_shared<FakeSource>(
      std::vector<OwnedRecord>(), FakeSourceOptions{.seekable = kSeek, .endless = !kEnd});
};

struct FakeSinkHarness {
  static constexpr bool kTakesBack = true;

  struct Recorder final : Sink {
    explicit Recorder(std::shared_ptr<FakeSink> lent) : fake(std::move(lent)) {}
    Result<void> write(Batch batch) override { return fake->write(std::move(batch)); }
    Result<Durable> durable() override { return fake->durable(); }
    Result<void> settle_refused(const Refused& refused, Route route) override {
      return fake->settle_refused(refused, route);
    }
    Result<void> drain(std::chrono::milliseconds deadline) override {
      return fake->drain(deadline);
    }
    std::vector<Batch> abandon() override { return fake->abandon(); }
    std::size_t in_flight_bytes() const override { return fake->in_flight_bytes(); }
    Result<void> close() override { return fake->close(); }
    std::shared_ptr<FakeSink> fake;
  };

  std::unique_ptr<Sink> open() {
    fake->refuse_if([](const OwnedRecord& record, Route) { return record.value == "refused"; });
    return std::make_unique<Recorder>(fake);
  }
  std::vector<std::string> values() const {
    std::vector<std::string> all;
    for (const OwnedRecord& record : fake->written()) all.push_back(*record.value);
    return all;
  }
  OwnedRecord refused() const { return {"in", 0, 9, 1, "k", "refused", {}}; }

  std::shared_ptr<FakeSink> fake = std::make_shared<FakeSink>();
};

using Sources = ::testing::Types<FakeSourceHarness<true, true>, FakeSourceHarness<false, true>,
                                 FakeSourceHarness<false, false>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Fake, SourceContract, Sources);
INSTANTIATE_TYPED_TEST_SUITE_P(Fake, SinkContract, FakeSinkHarness);

}  // namespace
}  // namespace lethe::connectors::testing
