// SPDX-License-Identifier: Apache-2.0
//
// How fast new people get their keys: batches of 1,000 new names through a session of the gateway
// (look-up, new key, wrap, birth, durable commit), in turns with the plainest INSERT of rows of the
// same size into the same server. Prints conditions, figures and bars; --check ends with 1 if a bar
// is missed in each of three attempts. --batches N: batches of each, 100 by default.

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

#include "kms/crypto/edek.h"
#include "kms/crypto/random.h"
#include "kms/gateway_kms.h"
#include "kms/root/local_file_root.h"
#include "tests/bench/keys/contender.h"
#include "tests/support/kms/sessions.h"
#include "tests/support/temp_dir.h"

namespace lethe::bench {
namespace {

using kms::store::EdekRow;

constexpr std::size_t kBatch = 1000;
constexpr double kLeastRate = 10'000;
constexpr double kLeastRatio = 0.5;
constexpr int kAttempts = 3;

template <class T>
T must(Result<T> result) {
  if (!result) {
    std::cerr << "keys_bench: " << result.error().message() << "\n";
    std::exit(2);
  }
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

double seconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

class Births {
 public:
  explicit Births(Contender& contender) : contender_(contender) {
    auto root = must(
        kms::root::LocalFileRoot::make("file-kms://" + folder_.path("root.key"), {.create = true}));
    kms::GatewayKms::Options options;
    options.create = true;
    kms_ = must(kms::GatewayKms::make(contender.store(), std::move(root), options));
    session_ = kms_->session();
  }

  // A batch of people whom nobody has seen.
  void give_birth() {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < kBatch; ++i) names.push_back("person-" + std::to_string(people_++));
    std::vector<lethe_sealing_key> keys;
    for (const std::string& name : names) keys.push_back(kms::sealing_key(name));
    must(session_->for_sealing({keys.data(), keys.size()}, kms::ErasedPolicy::kBlock));
    for (const lethe_sealing_key& key : keys)
      if (key.state != LETHE_KEY_AVAILABLE) std::exit(2);
  }

  // Rows of the size that the store holds now, with ids that it does not.
  std::vector<EdekRow> raw_rows() const {
    std::vector<EdekRow> rows(kBatch);
    for (EdekRow& row : rows) {
      kms::crypto::random_bytes(row.subject.bytes);
      kms::crypto::random_bytes(row.dek_id.bytes);
      row.record.assign(record_size(), '\0');
      kms::crypto::random_bytes(
          {reinterpret_cast<std::uint8_t*>(row.record.data()), row.record.size()});
    }
    return rows;
  }
  void insert_raw(const std::vector<EdekRow>& rows) { must(contender_.insert_raw(rows)); }

 private:
  static std::size_t record_size() {
    kms::crypto::EdekRecord record;
    record.tenant = "default";
    record.created_by = kms::GatewayKms::Options().worker_id;
    return kms::crypto::encode_edek(record).size();
  }

  Contender& contender_;
  lethe::testing::TempDir folder_;
  std::unique_ptr<kms::GatewayKms> kms_;
  std::unique_ptr<kms::KeySession> session_;
  std::size_t people_ = 0;
};

struct Rates {
  double births = 0;
  double raw = 0;
};

Rates race(Births& births, std::size_t batches) {
  double born = 0, raw = 0;
  for (std::size_t i = 0; i < batches; ++i) {
    const std::vector<EdekRow> rows = births.raw_rows();
    const auto insert = [&] { raw += seconds([&] { births.insert_raw(rows); }); };
    if (i % 2 == 0) insert();
    born += seconds([&] { births.give_birth(); });
    if (i % 2 == 1) insert();
  }
  const auto count = static_cast<double>(batches * kBatch);
  return {count / born, count / raw};
}

bool run(Contender& contender, std::size_t batches, bool check) {
  std::cout << contender.name() << ": " << contender.conditions() << "\n";
  Births births(contender);
  race(births, 10);  // connections, statements and caches
  bool good = false;
  for (int attempt = 0; attempt < (check ? kAttempts : 1) && !good; ++attempt) {
    const Rates rates = race(births, batches);
    const double ratio = rates.births / rates.raw;
    good = rates.births >= kLeastRate && ratio >= kLeastRatio;
    std::cout << std::fixed << std::setprecision(0) << "  new keys/s " << std::setw(8)
              << rates.births << "   (bar: " << kLeastRate << ")\n  raw rows/s " << std::setw(8)
              << rates.raw << std::setprecision(2) << "\n  ratio      " << std::setw(8) << ratio
              << "   (bar: " << kLeastRatio << ")" << (good ? "" : "   MISSED") << "\n";
  }
  return good;
}

}  // namespace
}  // namespace lethe::bench

int main(int argc, char** argv) {
  using namespace lethe::bench;
  bool check = false;
  std::size_t batches = 100;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--check") == 0) check = true;
    if (std::strcmp(argv[i], "--batches") == 0 && i + 1 < argc)
      batches = std::strtoul(argv[++i], nullptr, 10);
  }
  std::cout << "new keys in batches of 1,000 on one thread, " << batches << " batches; "
            << ::sysconf(_SC_NPROCESSORS_ONLN) << " cores\n";
  bool good = true;
  for (const auto make : {
           make_sqlite,
#ifdef LETHE_WITH_POSTGRES
           make_postgres,
#endif
       }) {
    std::string why_not;
    const std::unique_ptr<Contender> contender = make(why_not);
    if (contender == nullptr) {
      std::cout << "left out: " << why_not << "\n";
      continue;
    }
    good = run(*contender, batches, check) && good;
  }
  return check && !good ? 1 : 0;
}
