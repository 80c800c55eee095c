// SPDX-License-Identifier: Apache-2.0

#include "worker/inbox/journal_entry.h"

#include "json/json.h"

namespace lethe::worker::inbox {
namespace {

std::string text_of(const json::Value& entry, std::string_view name) {
  const json::Value* member = entry.find(name);
  const std::string* text = member == nullptr ? nullptr : member->string();
  return text == nullptr ? std::string() : *text;
}

}  // namespace

Result<JournalEntry> read_entry(const kms::store::JournalRow& row) {
  const Result<json::Value> parsed = json::parse(row.value);
  JournalEntry entry;
  if (parsed)
    entry = {text_of(*parsed, "event"), text_of(*parsed, "ts"), text_of(*parsed, "erasure_id")};
  if (!entry.event.empty() && !entry.at.empty()) return entry;
  return internal("entry " + std::to_string(row.seq) +
                  " of the journal is none; check it: lethe keys audit");
}

}  // namespace lethe::worker::inbox
