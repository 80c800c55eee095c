// SPDX-License-Identifier: Apache-2.0
//
// The metrics of our own, by name: one place, so that a dashboard, a document and a plugin mean the
// same thing. Label values are names from the configuration, topics, field paths and outcomes;
// never a subject, a key name or a field value.

#ifndef LETHE_WORKER_METRICS_NAMES_H_
#define LETHE_WORKER_METRICS_NAMES_H_

#include <string_view>

namespace lethe::worker::metrics {

struct Name {
  std::string_view name;
  std::string_view help;
};

// {pipeline, transform, outcome}; a replayed record counts again.
inline constexpr Name kRecords = {"lethe_records_total", "Records by transform and outcome."};
// {pipeline, stage}
inline constexpr Name kBatchSeconds = {"lethe_batch_seconds", "Time one batch spends in a stage."};
// Counted by plugins: {pipeline, transform}, and path where it says so.
inline constexpr Name kFieldsSealed = {"lethe_fields_sealed_total", "Fields sealed."};
inline constexpr Name kFieldsOpened = {"lethe_fields_opened_total", "Fields opened."};
inline constexpr Name kMissingFields = {"lethe_missing_fields_total",
                                        "Selected fields that a record lacked, by path."};

// What a plugin's counter is for; a plugin may count what is not in this list.
constexpr std::string_view help_of_plugin_counter(std::string_view name) noexcept {
  for (const Name& known : {kFieldsSealed, kFieldsOpened, kMissingFields})
    if (known.name == name) return known.help;
  return "Counted by a plugin.";
}

}  // namespace lethe::worker::metrics

#endif  // LETHE_WORKER_METRICS_NAMES_H_
