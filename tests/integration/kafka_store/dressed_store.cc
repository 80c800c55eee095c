// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/kafka_store/dressed_store.h"

#include <string>
#include <utility>

#include "json/canonical.h"
#include "json/json.h"
#include "kms/crypto/digest.h"
#include "kms/crypto/edek.h"
#include "kms/hex.h"

namespace lethe::kms::store {
namespace {

constexpr int kSuiteAt = 8;
constexpr int kPurposeAt = 16;

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string text_of(const json::Value& value) {
  return json::canonical(value).value();
}

std::string member(std::string_view name, std::string_view text) {
  json::Value value;
  value.set(name, text);
  return text_of(value);
}

std::string hashed(const SubjectHash& subject) {
  return "h:" + to_hex(subject.bytes);
}

// Key and value of the original, inside a value.
std::string wrap(std::string_view key, std::string_view value) {
  json::Value both;
  both.set("key", key).set("value", value);
  return text_of(both);
}

template <class Row>
void unwrap(Row& row) {
  const json::Value both = json::parse(row.value).value();
  row.key = *both.find("key")->string();
  row.value = *both.find("value")->string();
}

EdekRow dress(const EdekRow& row) {
  EdekRow dressed = row;
  dressed.purpose = 1;
  dressed.suite = 1;
  dressed.rotation = row.rotation | static_cast<std::uint32_t>(row.suite) << kSuiteAt |
                     static_cast<std::uint32_t>(row.purpose) << kPurposeAt;
  crypto::EdekRecord record;
  record.rotation_no = dressed.rotation;
  record.fence_ver = row.fence_version;
  record.dek_id = row.dek_id.bytes;
  record.subject_hash = row.subject.bytes;
  record.tenant = "contract";
  record.created_by = to_hex(bytes_of(row.record));
  dressed.record = crypto::encode_edek(record);
  return dressed;
}

EdekRow undress(EdekRow row) {
  crypto::EdekRecord record;
  if (crypto::parse_edek(bytes_of(row.record), record) != crypto::EdekError::kNone) std::abort();
  row.purpose = static_cast<std::uint8_t>(row.rotation >> kPurposeAt);
  row.suite = static_cast<std::uint8_t>(row.rotation >> kSuiteAt);
  row.rotation &= 0xFF;
  std::vector<std::uint8_t> original(record.created_by.size() / 2);
  if (!from_hex(record.created_by, original)) std::abort();
  row.record.assign(original.begin(), original.end());
  return row;
}

FenceRow dress(const FenceRow& row) {
  json::Value key;
  key.set("fence", hashed(row.subject)).set("v", row.version);
  return {row.subject, row.version, text_of(key), wrap(row.key, row.value)};
}

ErasedRow dress(const ErasedRow& row) {
  return {row.dek_id, member("erased", to_uuid(row.dek_id)), wrap(row.key, row.value)};
}

StateRow dress(const StateRow& row) {
  return {row.subject, member("state", hashed(row.subject)), wrap(row.key, row.value)};
}

ControlRow dress(const ControlRow& row) {
  return {member("control", row.key), wrap(row.key, row.value)};
}

template <class Row>
std::vector<Row> dress_all(std::span<const Row> rows) {
  std::vector<Row> dressed;
  for (const Row& row : rows) dressed.push_back(dress(row));
  return dressed;
}

Result<std::vector<EdekRow>> undress_all(Result<std::vector<EdekRow>> rows) {
  if (rows)
    for (EdekRow& row : *rows) row = undress(std::move(row));
  return rows;
}

template <class Row>
Result<std::vector<Row>> unwrap_all(Result<std::vector<Row>> rows) {
  if (rows)
    for (Row& row : *rows) unwrap(row);
  return rows;
}

}  // namespace

Result<std::vector<ControlRow>> DressedStore::control() {
  return unwrap_all(store_->control());
}

Result<std::vector<ControlRow>> DressedStore::adopt_control(std::span<const ControlRow> proposal) {
  return unwrap_all(store_->adopt_control(dress_all(proposal)));
}

Result<std::vector<ControlRow>> DressedStore::add_control(const ControlRow& row) {
  return unwrap_all(store_->add_control(dress(row)));
}

Result<std::vector<EdekRow>> DressedStore::look_up(std::span<const SubjectHash> subjects) {
  return undress_all(store_->look_up(subjects));
}

Result<std::vector<EdekRow>> DressedStore::look_up_by_id(std::span<const DekId> ids) {
  return undress_all(store_->look_up_by_id(ids));
}

Result<std::vector<EdekRow>> DressedStore::scan(const std::optional<ScanPosition>& after,
                                                std::size_t limit) {
  return undress_all(store_->scan(after, limit));
}

Result<std::vector<Birth>> DressedStore::create_all(std::span<const EdekRow> rows) {
  auto births = store_->create_all(dress_all(rows));
  if (births)
    for (Birth& birth : *births)
      if (birth.outcome == Birth::Outcome::kAdopted) birth.winner = undress(birth.winner);
  return births;
}

Result<Fencing> DressedStore::append_fence(const FenceRow& fence,
                                           std::span<const ErasedRow> erased) {
  return store_->append_fence(dress(fence), dress_all(erased));
}

Result<void> DressedStore::bury(std::span<const ErasedRow> erased) {
  return store_->bury(dress_all(erased));
}

Result<std::vector<FenceRow>> DressedStore::fences(const SubjectHash& subject) {
  return unwrap_all(store_->fences(subject));
}

Result<void> DressedStore::put_state(const StateRow& state) {
  return store_->put_state(dress(state));
}

Result<std::uint64_t> DressedStore::version() {
  LETHE_TRY(store_->look_up({}));
  return store_->version();
}

Result<Marks> DressedStore::marks_since(Position& position) {
  auto marks = store_->marks_since(position);
  if (!marks) return marks;
  for (FenceRow& row : marks->fences) unwrap(row);
  for (ErasedRow& row : marks->erased) unwrap(row);
  for (StateRow& row : marks->states) unwrap(row);
  return marks;
}

Result<bool> DressedStore::append_journal(const JournalRow& entry) {
  std::string prev(64, '0');
  if (entry.seq > 1) {
    const auto before = LETHE_TRY(store_->journal(entry.seq - 2, 1));
    if (!before.empty()) prev = to_hex(crypto::sha256({bytes_of(before.front().value)}));
  }
  json::Value line;
  line.set("key", entry.key).set("value", entry.value).set("prev", prev).set("seq", entry.seq);
  return store_->append_journal({entry.seq, entry.key, text_of(line)});
}

Result<std::vector<JournalRow>> DressedStore::journal(std::uint64_t after, std::size_t limit) {
  return unwrap_all(store_->journal(after, limit));
}

}  // namespace lethe::kms::store
