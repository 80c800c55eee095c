// SPDX-License-Identifier: Apache-2.0
//
// How far Keycloak's events have been read, in a small file of the data folder. It only saves work:
// without it all events that the realm still has come again, and erasures know their ids. One
// thread.

#ifndef LETHE_WORKER_INBOX_POSITION_FILE_H_
#define LETHE_WORKER_INBOX_POSITION_FILE_H_

#include <string>

#include "connectors/keycloak/keycloak_events.h"

namespace lethe::worker::inbox {

class PositionFile {
 public:
  // `of`: which events are meant; a file of others counts as none.
  PositionFile(std::string path, std::string of) : path_(std::move(path)), of_(std::move(of)) {}

  // The beginning, if there is no file or it is none of ours.
  connectors::keycloak::Position read() const;
  // Replaces the file as a whole. bad_config when the folder cannot be written.
  Result<void> write(const connectors::keycloak::Position& position) const;

 private:
  const std::string path_;
  const std::string of_;
};

}  // namespace lethe::worker::inbox

#endif  // LETHE_WORKER_INBOX_POSITION_FILE_H_
