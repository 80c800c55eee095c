// SPDX-License-Identifier: Apache-2.0
//
// "did you mean": the known word that a misspelt one was probably meant to be. Distance is that of
// Damerau (insert, delete, replace, swap neighbours), at most 2 and less than half the word,
// without regard to case. Pure functions.

#ifndef LETHE_WORKER_CONFIG_SUGGEST_H_
#define LETHE_WORKER_CONFIG_SUGGEST_H_

#include <string>
#include <string_view>
#include <vector>

namespace lethe::worker::config {

// The nearest candidate, the first of equals; empty if none is near.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

// " (did you mean 'brokers'?)" or nothing: to be appended to a message.
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates);

// "a, b, c"
std::string join(const std::vector<std::string_view>& words);

}  // namespace lethe::worker::config

#endif  // LETHE_WORKER_CONFIG_SUGGEST_H_
