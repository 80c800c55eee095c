// SPDX-License-Identifier: Apache-2.0
//
// Names of topics against patterns, as lint needs to know them beforehand: the subscription of a
// Kafka source (POSIX extended, searched), the `topic` of an interceptor block (ECMAScript,
// anchored) and the template of a sink's topic. Pure functions; a pattern that is none matches
// nothing.

#ifndef LETHE_WORKER_CONFIG_PATTERNS_H_
#define LETHE_WORKER_CONFIG_PATTERNS_H_

#include <string>
#include <string_view>

namespace lethe::worker::config {

bool is_subscription(const std::string& pattern);
bool subscribes(const std::string& pattern, const std::string& topic);

bool is_topic_pattern(const std::string& pattern);
bool matches_whole(const std::string& pattern, const std::string& name);

// A sink's topic template with {{record.topic}} replaced.
std::string render_topic(std::string_view topic_template, std::string_view source_topic);
// False if it has braces that are not exactly {{record.topic}} (spaces inside are fine).
bool is_topic_template(std::string_view topic_template);

// True if every topic that the template makes of a subscribed one is certainly subscribed itself.
bool feeds_itself(const std::string& pattern, std::string_view topic_template);

// Letters, digits, '.', '_' and '-', at most 249, not "." or "..".
bool is_topic_name(std::string_view name);

}  // namespace lethe::worker::config

#endif  // LETHE_WORKER_CONFIG_PATTERNS_H_
