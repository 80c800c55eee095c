// SPDX-License-Identifier: Apache-2.0
//
// kafka_copy_connectors BROKERS FROM TO RECORDS GROUP: our source and sink in the loop of a
// pipeline without transforms, to be compared with kafka_copy_baseline. Prints one line of JSON.

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "connectors/kafka/sink.h"
#include "connectors/kafka/source.h"
#include "tests/bench/stopwatch.h"

namespace {

using namespace lethe::connectors;

constexpr std::size_t kMaxInFlight = std::size_t{64} << 20;

template <class T>
T taken(lethe::Result<T> result) {
  if (result) return std::move(result).value();
  std::fprintf(stderr, "kafka_copy_connectors: %s\n", result.error().message().c_str());
  std::exit(1);
}
void taken(const lethe::Result<void>& result) {
  if (result) return;
  std::fprintf(stderr, "kafka_copy_connectors: %s\n", result.error().message().c_str());
  std::exit(1);
}

struct NoRebalance final : RebalanceListener {
  lethe::Result<void> release(std::span<const Position>, bool) override { return {}; }
};

void commit_confirmed(Source& source, Sink& sink) {
  for (const Checkpoint& checkpoint : taken(sink.durable()).confirmed) {
    taken(source.commit(checkpoint));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  const long records = std::atol(argv[4]);
  const kafka::ClientOptions client{.brokers = argv[1]};
  auto source =
      taken(kafka::make_source({.client = client, .topics = {argv[2]}, .group = argv[5]}));
  auto sink = taken(kafka::make_sink({.client = client, .topic = argv[3]}));
  NoRebalance listener;
  const lethe::bench::Stopwatch stopwatch;
  for (long copied = 0; copied < records;) {
    Batch batch = taken(source->read({}, listener));
    copied += static_cast<long>(batch.records.size());
    if (!batch.empty()) taken(sink->write(std::move(batch)));
    commit_confirmed(*source, *sink);
    while (sink->in_flight_bytes() > kMaxInFlight) commit_confirmed(*source, *sink);
  }
  taken(sink->drain(std::chrono::seconds(60)));
  commit_confirmed(*source, *sink);
  stopwatch.print(records);
  taken(sink->close());
  taken(source->close());
  return 0;
}
