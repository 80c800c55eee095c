// SPDX-License-Identifier: Apache-2.0
//
// Writes batches as lines to a descriptor and knows which of them are done: what the file sink and
// the standard-output sink have in common. Each batch has gone to the kernel when write() returns;
// it is kept only while one of its records is refused and not settled.

#ifndef LETHE_CONNECTORS_FILE_LINE_OUTPUT_H_
#define LETHE_CONNECTORS_FILE_LINE_OUTPUT_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "connectors/sink.h"

namespace lethe::connectors::file {

class LineOutput {
 public:
  // fd is borrowed; name is for messages. Dead letters have no place here: their lines are not
  // written.
  LineOutput(int fd, std::string name, bool envelope);

  Result<void> write(Batch batch);

  // The oldest batch is done: its records are written or settled.
  bool has_finished() const noexcept;
  // Finished batches, in order, and forgets them.
  std::vector<Checkpoint> take_finished();
  // Refusals since the last call.
  std::vector<Refused> take_refused();
  Result<void> settle_refused(const Refused& refused, Route route);

  // Forgets all batches and hands them back, oldest first.
  std::vector<Batch> abandon();
  std::size_t in_flight_bytes() const;

  // Bytes written up to the end of the last batch that was taken as finished.
  std::uint64_t finished_bytes() const noexcept { return finished_bytes_; }

 private:
  struct InFlight {
    Batch batch;
    std::uint64_t end = 0;      // bytes written after it
    std::size_t unsettled = 0;  // refused records
    bool written = false;
  };

  Result<void> write_lines(InFlight& flight);
  Result<void> flush();

  int fd_;
  std::string name_;
  bool envelope_;
  std::string buffer_;
  std::deque<InFlight> in_flight_;
  std::vector<Refused> refused_;
  std::uint64_t written_ = 0;
  std::uint64_t finished_bytes_ = 0;
};

}  // namespace lethe::connectors::file

#endif  // LETHE_CONNECTORS_FILE_LINE_OUTPUT_H_
