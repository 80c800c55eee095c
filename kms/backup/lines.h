// SPDX-License-Identifier: Apache-2.0
//
// The rows of a key store as lines of a backup (docs/formats/backup.md): one JSON object each,
// which says what it is in its member "row". Internal to kms/backup/. Any thread.

#ifndef LETHE_KMS_BACKUP_LINES_H_
#define LETHE_KMS_BACKUP_LINES_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "kms/store/rows.h"

namespace lethe::kms::backup {

using Row = std::variant<store::ControlRow, store::EdekRow, store::FenceRow, store::ErasedRow,
                         store::StateRow, store::JournalRow>;
// The names of the alternatives, in their order.
inline constexpr std::string_view kRowNames[] = {"control", "edek",  "fence",
                                                 "erased",  "state", "journal"};

// Without LF.
std::string to_line(const Row& row);
// Nothing: not such a line.
std::optional<Row> to_row(std::string_view line);

}  // namespace lethe::kms::backup

#endif  // LETHE_KMS_BACKUP_LINES_H_
