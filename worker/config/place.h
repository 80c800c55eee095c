// SPDX-License-Identifier: Apache-2.0
//
// Where in a configuration file something stands, so that every complaint can point at it. Lines
// and columns count from 1, columns in characters; line 0 means the file as a whole. A plain value.

#ifndef LETHE_WORKER_CONFIG_PLACE_H_
#define LETHE_WORKER_CONFIG_PLACE_H_

#include <string>
#include <tuple>

namespace lethe::worker::config {

struct Place {
  std::string file;
  int line = 0;
  int column = 0;

  friend bool operator==(const Place& a, const Place& b) {
    return std::tie(a.file, a.line, a.column) == std::tie(b.file, b.line, b.column);
  }
  friend bool operator<(const Place& a, const Place& b) {
    return std::tie(a.file, a.line, a.column) < std::tie(b.file, b.line, b.column);
  }
};

// "customers.yaml:12:5", or the file alone.
inline std::string to_string(const Place& place) {
  if (place.line == 0) return place.file;
  return place.file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

}  // namespace lethe::worker::config

#endif  // LETHE_WORKER_CONFIG_PLACE_H_
