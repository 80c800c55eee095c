// SPDX-License-Identifier: Apache-2.0
#include "kms/journal/entry.h"

#include <algorithm>
#include <iterator>

#include "json/canonical.h"
#include "kms/hex.h"
#include "kms/journal/form.h"

namespace lethe::kms::journal {
namespace {

constexpr std::uint64_t kVersion = 1;

// Members beyond those of every entry.
enum Members : unsigned {
  kOfSubject = 1,  // erasure_id, subject_commit
  kFenceVersion = 2,
  kDekIds = 4,
  kEpoch = 8,
  kEpochs = 16,
};

struct Kind {
  EventKind kind;
  std::string_view name;
  unsigned members;
};

// In the order of EventKind.
constexpr Kind kKinds[] = {
    {EventKind::kRequested, "REQUESTED", kOfSubject},
    {EventKind::kBlocked, "BLOCKED", kOfSubject},
    {EventKind::kCancelled, "CANCELLED", kOfSubject},
    {EventKind::kHeld, "HELD", kOfSubject},
    {EventKind::kFenced, "FENCED", kOfSubject | kFenceVersion | kDekIds | kEpoch},
    {EventKind::kEffective, "EFFECTIVE", kOfSubject},
    {EventKind::kEdeksRemoved, "EDEKS_REMOVED", kOfSubject},
    {EventKind::kFinal, "FINAL", kOfSubject | kEpochs},
    {EventKind::kReinstated, "REINSTATED", kOfSubject | kFenceVersion},
    {EventKind::kCreated, "CREATED", kEpoch},
    {EventKind::kRewrapped, "REWRAPPED", kEpoch},
    {EventKind::kRootDisabled, "ROOT_DISABLED", kEpoch},
    {EventKind::kRootDestroyed, "ROOT_DESTROYED", kEpoch},
};

static_assert(std::size(kKinds) == kEventKinds);

const Kind& row_of(EventKind kind) {
  return kKinds[static_cast<std::size_t>(kind)];
}

json::Value ids_of(const std::vector<store::DekId>& ids) {
  json::Value array = json::Array{};
  for (const store::DekId& id : ids) array.append(to_hex(id.bytes));
  return array;
}

json::Value numbers_of(const std::vector<std::uint64_t>& numbers) {
  json::Value array = json::Array{};
  for (const std::uint64_t number : numbers) array.append(number);
  return array;
}

json::Value to_json(const Entry& entry) {
  const Event& event = entry.event;
  const unsigned members = row_of(event.kind).members;
  json::Value value;
  value.set("v", kVersion).set("seq", entry.seq).set("ts", to_text(entry.time));
  value.set("tenant", entry.tenant).set("actor", event.actor);
  value.set("event", to_string(event.kind)).set("prev", to_hex(entry.prev));
  if ((members & kOfSubject) != 0)
    value.set("erasure_id", event.erasure_id).set("subject_commit", to_hex(event.subject_commit));
  if ((members & kFenceVersion) != 0) value.set("fence_ver", event.fence_version);
  if ((members & kDekIds) != 0) value.set("dek_ids", ids_of(event.dek_ids));
  if ((members & kEpoch) != 0) value.set("epoch", event.epoch);
  if ((members & kEpochs) != 0) value.set("epochs", numbers_of(event.epochs));
  if (!event.approver.empty()) value.set("approver", event.approver);
  if (!event.evidence.is_null()) value.set("evidence", event.evidence);
  return value;
}

void read_members(Form& form, unsigned members, Event& event) {
  if ((members & kOfSubject) != 0) {
    event.erasure_id = form.erasure_id("erasure_id");
    event.subject_commit = form.digest("subject_commit");
  }
  if ((members & kFenceVersion) != 0) event.fence_version = form.number("fence_ver");
  if ((members & kDekIds) != 0) event.dek_ids = form.dek_ids("dek_ids");
  if ((members & kEpoch) != 0) event.epoch = form.number("epoch");
  if ((members & kEpochs) != 0) event.epochs = form.numbers("epochs");
  if (form.has("approver")) event.approver = form.text("approver");
  if (form.has("evidence")) event.evidence = form.object("evidence");
}

}  // namespace

std::string_view to_string(EventKind kind) noexcept {
  return row_of(kind).name;
}

bool is_of_subject(EventKind kind) noexcept {
  return (row_of(kind).members & kOfSubject) != 0;
}

Fault read_entry(const json::Value& value, Entry& entry) {
  entry = Entry{};
  Form form(value);
  form.require(form.number("v") == kVersion);
  entry.seq = form.number("seq");
  entry.time = form.time("ts");
  entry.tenant = form.name("tenant");
  entry.prev = form.digest("prev");
  entry.event.actor = form.name("actor");
  const std::string name = form.any_text("event");
  const Kind* kind = std::find_if(std::begin(kKinds), std::end(kKinds),
                                  [&](const Kind& row) { return row.name == name; });
  if (kind == std::end(kKinds)) return Fault::kMalformed;
  entry.event.kind = kind->kind;
  read_members(form, kind->members, entry.event);
  return form.is_sound() ? Fault::kNone : Fault::kMalformed;
}

Fault read_line(std::string_view line, Entry& entry) {
  const auto value = json::parse(line);
  if (!value) return Fault::kMalformed;
  const auto canonical = json::canonical(*value);
  if (!canonical || *canonical != line) return Fault::kMalformed;
  return read_entry(*value, entry);
}

Result<std::string> write_line(const Entry& entry) {
  auto line = json::canonical(to_json(entry));
  Entry same;
  if (!line || read_line(*line, same) != Fault::kNone)
    return bad_config("Could not write the event " + std::string(to_string(entry.event.kind)) +
                      " to the journal: actor and approver have 1 to 255 bytes of UTF-8 without a "
                      "zero byte, an erasure id 1 to 64 of A-Z a-z 0-9 _ -");
  return line;
}

crypto::Digest hash_of_line(std::string_view line) {
  return crypto::sha256({{reinterpret_cast<const std::uint8_t*>(line.data()), line.size()}});
}

}  // namespace lethe::kms::journal
