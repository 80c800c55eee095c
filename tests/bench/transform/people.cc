// SPDX-License-Identifier: Apache-2.0

#include "tests/bench/transform/people.h"

#include <stdlib.h>  // mkdtemp
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

#include "kms/root/local_file_root.h"
#include "kms/store/sqlite_key_store.h"
#include "lethe/suites.h"
#include "tests/bench/transform/must.h"
#include "tests/bench/transform/records.h"

namespace lethe::bench {
namespace {

constexpr std::size_t kRowsAtOnce = 5000;
constexpr std::size_t kBatch = 500;

std::string make_folder() {
  const std::filesystem::path shared = "/dev/shm";
  const auto parent =
      std::filesystem::is_directory(shared) ? shared : std::filesystem::temp_directory_path();
  std::string folder = (parent / "lethe-bench-XXXXXX").string();
  must(::mkdtemp(folder.data()) != nullptr, "no temporary folder could be made");
  return folder;
}

std::unique_ptr<kms::GatewayKms> open_ring(const std::string& folder, std::size_t most_cached) {
  kms::GatewayKms::Options options;
  options.create = true;
  options.max_cached_keys = most_cached;
  return must(
      kms::GatewayKms::make(
          must(kms::store::SqliteKeyStore::make(folder + "/keys.db", {.create = true}), "store"),
          must(kms::root::LocalFileRoot::make("file-kms://root.key",
                                              {.data_folder = folder, .create = true}),
               "root"),
          options),
      "key ring");
}

void ask_for_all(kms::KeyRing& ring, std::size_t n, std::size_t at_once) {
  const auto session = ring.session();
  std::vector<std::string> names(at_once);
  std::vector<lethe_sealing_key> keys(at_once);
  for (std::size_t first = 0; first < n; first += at_once) {
    const std::size_t count = std::min(at_once, n - first);
    for (std::size_t i = 0; i < count; ++i) {
      names[i] = kSubjectPrefix + user_id(first + i);
      keys[i] = {};
      keys[i].struct_size = sizeof keys[i];
      keys[i].suite = kA256Gcm;
      keys[i].name = {names[i].data(), names[i].size()};
    }
    must(session->for_sealing({keys.data(), count}, kms::ErasedPolicy::kBlock), "keys");
    must(std::all_of(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(count),
                     [](const auto& key) { return key.state == LETHE_KEY_AVAILABLE; }),
         "a key is missing");
  }
}

void fill_in_another_process(const std::string& folder, std::size_t n) {
  const pid_t child = ::fork();
  must(child >= 0, "no process could be started");
  if (child == 0) {
    ask_for_all(*open_ring(folder, 1), n, kRowsAtOnce);
    ::_exit(0);
  }
  int status = 0;
  must(::waitpid(child, &status, 0) == child && status == 0, "the store could not be filled");
}

}  // namespace

People::People(std::size_t n) : n_(n), folder_(make_folder()) {
  fill_in_another_process(folder_, n);
  ring_ = open_ring(folder_, n);
}

People::~People() {
  ring_.reset();
  std::error_code ignored;  // a leftover in a temporary folder spoils no figure
  std::filesystem::remove_all(folder_, ignored);
}

void People::cache_all() {
  ask_for_all(*ring_, n_, kBatch);
  must(ring_->counts().cached == n_, "the cache does not hold all keys");
}

std::size_t resident() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0, pages = 0;
  must(static_cast<bool>(statm >> total >> pages), "/proc/self/statm cannot be read");
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace lethe::bench
