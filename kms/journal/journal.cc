// SPDX-License-Identifier: Apache-2.0
#include "kms/journal/journal.h"

#include <algorithm>
#include <utility>

#include "json/canonical.h"
#include "kms/hex.h"

namespace lethe::kms::journal {
namespace {

constexpr std::size_t kPage = 1000;
constexpr std::uint64_t kFirstEpoch = 1;

std::string key_of(std::uint64_t seq, std::string_view line) {
  json::Value key;
  key.set("id", to_hex(hash_of_line(line))).set("journal", seq);
  return json::canonical(key).value();
}

Error broken(const store::KeyStore& store, std::uint64_t seq, Fault fault) {
  return bad_config("The journal in the " + std::string(store.name()) + " is broken at entry " +
                    std::to_string(seq) + " (" + std::string(name(fault)) + "): " +
                    std::string(meaning(fault)) + "; put a backup of the store in its place");
}

Error lost_entries(const store::KeyStore& store) {
  return bad_config("The " + std::string(store.name()) +
                    " has lost journal entries that it had: it was rolled back; restore it with "
                    "`lethe keys restore`");
}

// Adds a row to the chain: its texts must agree with each other and with the columns.
Fault check_row(const store::JournalRow& row, Chain& chain, Entry& entry) {
  if (row.seq != chain.size() + 1) return Fault::kChainBroken;
  if (row.key != key_of(row.seq, row.value)) return Fault::kMalformed;
  return chain.add(row.value, entry);
}

// Calls visit(row), which may stop it with an error, for every row behind `after`.
template <class Visit>
Result<void> for_each_row(store::KeyStore& store, std::uint64_t after, Visit visit) {
  for (;;) {
    const std::vector<store::JournalRow> rows = LETHE_TRY(store.journal(after, kPage));
    for (const store::JournalRow& row : rows) LETHE_TRY(visit(row));
    if (rows.size() < kPage) return {};
    after += rows.size();
  }
}

}  // namespace

store::JournalRow row_of(std::uint64_t seq, std::string line) {
  std::string key = key_of(seq, line);
  return {seq, std::move(key), std::move(line)};
}

Journal::Journal(store::KeyStore& store, Signer signer, Options options)
    : store_(store),
      signer_(std::move(signer)),
      options_(std::move(options)),
      chain_(options_.tenant) {}

Result<std::unique_ptr<Journal>> Journal::open(store::KeyStore& store, Signer signer,
                                               Options options) {
  std::unique_ptr<Journal> journal(new Journal(store, std::move(signer), std::move(options)));
  LETHE_TRY(journal->catch_up());
  if (journal->options_.check) LETHE_TRY(journal->options_.check(*journal));
  if (journal->size() == 0) {
    Event created;
    created.kind = EventKind::kCreated;
    created.actor = journal->options_.actor;
    created.epoch = kFirstEpoch;
    LETHE_TRY(journal->append(created));
  }
  return journal;
}

Result<void> Journal::catch_up() {
  const std::lock_guard lock(mutex_);
  return read_new();
}

// The last entry known is read once more: a store that was rolled back no longer has it.
Result<void> Journal::read_new() {
  if (chain_.size() > 0) {
    const auto last = LETHE_TRY(store_.journal(chain_.size() - 1, 1));
    if (last.empty() || hash_of_line(last.front().value) != chain_.head())
      return lost_entries(store_);
  }
  return for_each_row(store_, chain_.size(),
                      [this](const store::JournalRow& row) { return add(row); });
}

Result<void> Journal::add(const store::JournalRow& row) {
  Entry entry;
  const Fault fault = check_row(row, chain_, entry);
  if (fault != Fault::kNone) return broken(store_, chain_.size() + 1, fault);
  const bool of_subject = is_of_subject(entry.event.kind);
  (of_subject ? by_erasure_[entry.event.erasure_id] : of_epochs_).push_back(entry.seq);
  entries_.push_back(std::move(entry));
  return {};
}

const Entry* Journal::same(const Event& event) const {
  const bool of_subject = is_of_subject(event.kind);
  const auto erasure = by_erasure_.find(event.erasure_id);
  if (of_subject && erasure == by_erasure_.end()) return nullptr;
  for (const std::uint64_t seq : of_subject ? erasure->second : of_epochs_) {
    const Entry& entry = entries_[seq - 1];
    if (entry.event.kind == event.kind && (of_subject || entry.event.epoch == event.epoch))
      return &entry;
  }
  return nullptr;
}

Time Journal::now() const {
  const Time now = std::chrono::floor<std::chrono::milliseconds>(options_.clock());
  return chain_.size() == 0 ? now : std::max(now, chain_.last_time());
}

Entry Journal::next(const Event& event) const {
  return {chain_.size() + 1, now(), options_.tenant, chain_.head(), event};
}

// What was written stands only if it is what was read back.
Result<Journal::Appended> Journal::settle(const store::JournalRow& written) const {
  if (chain_.size() < written.seq)
    return transient("The " + std::string(store_.name()) +
                     " has accepted a journal entry but does not show it yet");
  const Entry& entry = entries_[written.seq - 1];
  if (LETHE_TRY(write_line(entry)) != written.value)
    return internal("The " + std::string(store_.name()) +
                    " has accepted a journal entry and shows another one in its place");
  return Appended{entry, true};
}

Result<Journal::Appended> Journal::append(const Event& event) {
  const std::lock_guard lock(mutex_);
  for (;;) {
    if (const Entry* standing = same(event)) return Appended{*standing, false};
    const Entry entry = next(event);
    const store::JournalRow row = row_of(entry.seq, LETHE_TRY(write_line(entry)));
    const bool appended = LETHE_TRY(store_.append_journal(row));
    LETHE_TRY(read_new());
    if (appended) return settle(row);
    if (chain_.size() < entry.seq)
      return transient("The " + std::string(store_.name()) +
                       " refused a journal entry and shows none in its place yet");
  }
}

std::uint64_t Journal::size() const {
  const std::lock_guard lock(mutex_);
  return chain_.size();
}

std::vector<Entry> Journal::entries_of(const std::vector<std::uint64_t>& numbers) const {
  std::vector<Entry> entries;
  for (const std::uint64_t seq : numbers) entries.push_back(entries_[seq - 1]);
  return entries;
}

std::vector<Entry> Journal::of_erasure(std::string_view erasure_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_erasure_.find(erasure_id);
  return found == by_erasure_.end() ? std::vector<Entry>{} : entries_of(found->second);
}

std::optional<Entry> Journal::find(std::string_view erasure_id, EventKind kind) const {
  for (Entry& entry : of_erasure(erasure_id))
    if (entry.event.kind == kind) return std::move(entry);
  return std::nullopt;
}

std::vector<Entry> Journal::of_epochs() const {
  const std::lock_guard lock(mutex_);
  return entries_of(of_epochs_);
}

std::vector<Entry> Journal::after(std::uint64_t seq) const {
  const std::lock_guard lock(mutex_);
  const auto skipped = std::min<std::uint64_t>(seq, entries_.size());
  return {entries_.begin() + static_cast<std::ptrdiff_t>(skipped), entries_.end()};
}

Result<std::string> Journal::checkpoint() {
  const std::lock_guard lock(mutex_);
  LETHE_TRY(read_new());
  return write_checkpoint({chain_.size(), chain_.tree().root()}, signer_);
}

Fault Journal::check_extends(std::string_view note) const {
  Checkpoint known;
  const Fault fault = read_checkpoint(note, signer_.verifier_key(), known);
  if (fault != Fault::kNone) return fault;
  const std::lock_guard lock(mutex_);
  return journal::check_extends(chain_.tree(), known);
}

Result<std::string> Journal::certificate(const Claim& claim) {
  const std::lock_guard lock(mutex_);
  LETHE_TRY(read_new());
  const auto found = by_erasure_.find(claim.erasure_id);
  if (found == by_erasure_.end())
    return Error(ErrorKind::kUnknownKey,
                 "The journal in the " + std::string(store_.name()) + " knows no such erasure");
  Certificate certificate = LETHE_TRY(
      compose(claim, entries_of(found->second), entries_of(of_epochs_), chain_.tree(), now()));
  certificate.checkpoint = write_checkpoint({chain_.size(), chain_.tree().root()}, signer_);
  return sign_certificate(std::move(certificate), signer_);
}

Result<void> Journal::export_lines(const std::function<Result<void>(std::string_view)>& visit) {
  Chain chain(options_.tenant);
  return for_each_row(store_, 0, [&](const store::JournalRow& row) -> Result<void> {
    Entry entry;
    const Fault fault = check_row(row, chain, entry);
    if (fault != Fault::kNone) return broken(store_, chain.size() + 1, fault);
    return visit(row.value);
  });
}

Result<Journal::Audit> Journal::examine(store::KeyStore& store, Chain& chain,
                                        const std::function<void(const Entry&)>& visit) {
  Audit audit;
  LETHE_TRY(for_each_row(store, 0, [&](const store::JournalRow& row) -> Result<void> {
    if (audit.fault != Fault::kNone) return {};
    Entry entry;
    audit.fault = check_row(row, chain, entry);
    if (audit.fault != Fault::kNone) return {};
    ++audit.counts[static_cast<std::size_t>(entry.event.kind)];
    visit(entry);
    return {};
  }));
  audit.entries = chain.size();
  return audit;
}

Result<Journal::Audit> Journal::audit() {
  LETHE_TRY(catch_up());
  Chain chain(options_.tenant);
  Audit audit = LETHE_TRY(examine(store_, chain, [](const Entry&) {}));
  const std::lock_guard lock(mutex_);
  if (audit.fault == Fault::kNone)
    audit.fault = journal::check_extends(chain.tree(), {chain_.size(), chain_.tree().root()});
  return audit;
}

}  // namespace lethe::kms::journal
