// SPDX-License-Identifier: Apache-2.0
//
// Wall-clock and processor time of this process since a point, as one line of JSON.

#ifndef LETHE_TESTS_BENCH_STOPWATCH_H_
#define LETHE_TESTS_BENCH_STOPWATCH_H_

#include <sys/resource.h>

#include <chrono>
#include <cstdint>
#include <cstdio>

namespace lethe::bench {

class Stopwatch {
 public:
  // {"records": n, "seconds": ..., "records_per_second": ..., "cpu_us_per_record": ..., "rss_mib":
  // ...}
  void print(std::int64_t records) const {
    const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    const double cpu = cpu_seconds() - cpu_start_;
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto n = static_cast<double>(records);
    std::printf(
        "{\"records\": %lld, \"seconds\": %.3f, \"records_per_second\": %.0f, "
        "\"cpu_us_per_record\": %.3f, \"max_rss_mib\": %ld}\n",
        static_cast<long long>(records), seconds, n / seconds, cpu / n * 1e6,
        usage.ru_maxrss / 1024);
  }

 private:
  using Clock = std::chrono::steady_clock;

  static double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
  }

  Clock::time_point start_ = Clock::now();
  double cpu_start_ = cpu_seconds();
};

}  // namespace lethe::bench

#endif  // LETHE_TESTS_BENCH_STOPWATCH_H_
