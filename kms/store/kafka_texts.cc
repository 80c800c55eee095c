// SPDX-License-Identifier: Apache-2.0
#include "kms/store/kafka_texts.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "json/canonical.h"
#include "json/json.h"
#include "kms/base64.h"
#include "kms/crypto/digest.h"
#include "kms/crypto/edek.h"
#include "kms/hex.h"
#include "lethe/suites.h"

namespace lethe::kms::store {
namespace {

constexpr std::string_view kEdekBegin = R"({"algorithm":")";
constexpr std::string_view kEdekHolder = R"(","keyId":"gateway-kms://)";
constexpr std::string_view kEdekUuid = R"(","uuid":")";
constexpr std::string_view kEnd = R"("})";
constexpr std::string_view kValueBegin = R"({"edek":")";
constexpr std::string_view kFenceBegin = R"({"fence":"h:)";
constexpr std::string_view kFenceVersion = R"(","v":)";
constexpr std::string_view kErasedBegin = R"({"erased":")";
constexpr std::string_view kStateBegin = R"({"state":"h:)";
constexpr std::string_view kScheme = "gateway-kms://";
constexpr std::string_view kHashed = "h:";
constexpr std::string_view kIndexName = "INDEX";  // of purpose 2, which has no suite
constexpr std::size_t kUuidSize = 36;
constexpr std::size_t kHexSize = 32;
constexpr std::size_t kPrevSize = 64;

// Takes `text` off the front, if it is there.
bool skip(std::string_view& rest, std::string_view text) {
  if (!rest.starts_with(text)) return false;
  rest.remove_prefix(text.size());
  return true;
}

template <class T>
bool take_hex(std::string_view& rest, Id<T>& id) {
  if (!from_hex(rest.substr(0, kHexSize), id.bytes)) return false;
  rest.remove_prefix(kHexSize);
  return true;
}

bool take_uuid(std::string_view& rest, DekId& id) {
  if (!from_uuid(rest.substr(0, kUuidSize), id)) return false;
  rest.remove_prefix(kUuidSize);
  return true;
}

// Plain digits, not 0, without a leading zero.
bool take_number(std::string_view& rest, std::uint64_t& number) {
  if (rest.empty() || rest.front() < '1' || rest.front() > '9') return false;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (error != std::errc()) return false;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return true;
}

std::string_view name_of(std::uint8_t suite) {
  const Suite* found = find_suite(suite);
  return found == nullptr ? kIndexName : std::string_view(found->name);
}

// The content of a JSON string, without its quotes.
std::optional<std::string> unescaped(std::string_view content) {
  if (content.find('\\') == std::string_view::npos) return std::string(content);
  const auto parsed = json::parse("\"" + std::string(content) + "\"");
  if (!parsed || parsed->string() == nullptr) return std::nullopt;
  return *parsed->string();
}

KeyText read_edek_key(std::string_view key) {
  KeyText text;
  const std::size_t tail = kEdekUuid.size() + kUuidSize + kEnd.size();
  std::string_view rest = key;
  if (!skip(rest, kEdekBegin) || rest.size() < tail) return {};
  std::string_view behind = rest.substr(rest.size() - tail);
  rest.remove_suffix(tail);
  if (!skip(behind, kEdekUuid) || !take_uuid(behind, text.dek_id) || behind != kEnd) return {};
  const std::size_t at = rest.find(kEdekHolder);
  if (at == std::string_view::npos) return {};
  auto holder = unescaped(rest.substr(at + kEdekHolder.size()));
  if (!holder) return {};
  text.holder = std::move(*holder);
  text.kind = TopicRow::kEdek;
  return text;
}

// Any JSON object that names a key and an id.
KeyText read_edek_key_by_hand(std::string_view key) {
  const auto parsed = json::parse(key);
  const json::Value* uuid = parsed ? parsed->find("uuid") : nullptr;
  const json::Value* holder = parsed ? parsed->find("keyId") : nullptr;
  if (uuid == nullptr || uuid->string() == nullptr || holder == nullptr ||
      holder->string() == nullptr || !holder->string()->starts_with(kScheme))
    return {};
  KeyText text;
  if (!from_uuid(*uuid->string(), text.dek_id)) return {};
  text.holder = holder->string()->substr(kScheme.size());
  text.kind = TopicRow::kEdek;
  return text;
}

KeyText read_fence_key(std::string_view rest) {
  KeyText text;
  if (skip(rest, kFenceBegin) && take_hex(rest, text.subject) && skip(rest, kFenceVersion) &&
      take_number(rest, text.number) && rest == "}")
    text.kind = TopicRow::kFence;
  return text;
}

KeyText read_erased_key(std::string_view rest) {
  KeyText text;
  if (skip(rest, kErasedBegin) && take_uuid(rest, text.dek_id) && rest == kEnd)
    text.kind = TopicRow::kErased;
  return text;
}

KeyText read_state_key(std::string_view rest) {
  KeyText text;
  if (skip(rest, kStateBegin) && take_hex(rest, text.subject) && rest == kEnd)
    text.kind = TopicRow::kState;
  return text;
}

// The rare ones: control, beacon, journal.
KeyText read_other_key(std::string_view key) {
  KeyText text;
  const auto parsed = json::parse(key);
  if (!parsed) return text;
  const auto canonical = json::canonical(*parsed);
  if (!canonical || *canonical != key) return text;
  if (const json::Value* control = parsed->find("control"); control && control->string())
    text.kind = TopicRow::kControl;
  if (const json::Value* worker = parsed->find("beacon"); worker && worker->string()) {
    text.kind = TopicRow::kBeacon;
    text.worker = *worker->string();
  }
  const json::Value* seq = parsed->find("journal");
  if (seq != nullptr && seq->unsigned_integer() && parsed->find("id") != nullptr) {
    text.kind = TopicRow::kJournal;
    text.number = *seq->unsigned_integer();
  }
  return text;
}

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

void take_columns(const crypto::EdekRecord& record, EdekText& text) {
  text.row.subject.bytes = record.subject_hash;
  text.row.purpose = record.purpose;
  text.row.suite = record.suite;
  text.row.fence_version = record.fence_ver;
  text.row.rotation = record.rotation_no;
  if (record.origin > 0) text.origin = record.origin - 1;
}

// What can be said of a row whose record says nothing.
void guess_columns(const KeyText& key, EdekRow& row) {
  std::string_view holder = key.holder;
  if (skip(holder, kHashed)) static_cast<void>(from_hex(holder, row.subject.bytes));
}

bool is_hash_of(std::string_view holder, const SubjectHash& subject) {
  SubjectHash hash;
  return skip(holder, kHashed) && from_hex(holder, hash.bytes) && hash == subject;
}

}  // namespace

KeyText read_key(std::string_view key, bool by_hand) {
  if (key.starts_with(kEdekBegin)) {
    KeyText text = read_edek_key(key);
    if (text.kind != TopicRow::kForeign || !by_hand) return text;
  }
  if (key.starts_with(kFenceBegin)) return read_fence_key(key);
  if (key.starts_with(kErasedBegin)) return read_erased_key(key);
  if (key.starts_with(kStateBegin)) return read_state_key(key);
  KeyText text = read_other_key(key);
  return text.kind == TopicRow::kForeign && by_hand ? read_edek_key_by_hand(key) : text;
}

std::string holder_of(const EdekRow& row) {
  return row.name.empty() ? std::string(kHashed) + to_hex(row.subject.bytes) : row.name;
}

Result<std::string> edek_key(const EdekRow& row) {
  std::string text(kEdekBegin);
  text.append(name_of(row.suite));
  if (row.name.empty()) {
    text.append(kEdekHolder).append(holder_of(row));
  } else {
    const std::string quoted = LETHE_TRY(json::canonical(json::Value(row.name)));
    text.append(kEdekHolder).append(quoted, 1, quoted.size() - 2);
  }
  return text.append(kEdekUuid).append(to_uuid(row.dek_id)).append(kEnd);
}

std::string edek_value(const EdekRow& row) {
  std::string text(kValueBegin);
  append_base64(row.record, text);
  return text.append(kEnd);
}

EdekText read_edek(const KeyText& key, std::string_view value) {
  EdekText text;
  text.row.dek_id = key.dek_id;
  std::string_view base64 = value;
  const bool has_form = skip(base64, kValueBegin) && base64.ends_with(kEnd) &&
                        from_base64(base64.substr(0, base64.size() - kEnd.size()), text.row.record);
  crypto::EdekRecord record;
  const bool fits =
      has_form &&
      crypto::parse_edek(bytes_of(text.row.record), record) == crypto::EdekError::kNone &&
      record.dek_id == key.dek_id.bytes;
  if (fits) {
    take_columns(record, text);
  } else {
    text.damaged = true;
    guess_columns(key, text.row);
    if (!has_form) text.row.record = value;
  }
  if (!is_hash_of(key.holder, text.row.subject)) text.row.name = key.holder;
  return text;
}

std::optional<JournalText> read_journal(std::string_view line) {
  const auto parsed = json::parse(line);
  if (!parsed) return std::nullopt;
  const json::Value* seq = parsed->find("seq");
  const json::Value* prev = parsed->find("prev");
  if (seq == nullptr || !seq->unsigned_integer() || prev == nullptr || prev->string() == nullptr)
    return std::nullopt;
  return JournalText{*seq->unsigned_integer(), *prev->string()};
}

std::string journal_hash(std::string_view line) {
  return to_hex(crypto::sha256({bytes_of(line)}));
}

std::string no_journal_hash() {
  return std::string(kPrevSize, '0');
}

std::string cluster_value(std::string_view cluster_id) {
  std::string text = R"({"cluster":)";
  json::append_quoted(cluster_id, text);
  return text + "}";
}

std::optional<std::string> read_cluster(std::string_view value) {
  const auto parsed = json::parse(value);
  const json::Value* id = parsed ? parsed->find("cluster") : nullptr;
  if (id == nullptr || id->string() == nullptr) return std::nullopt;
  return *id->string();
}

}  // namespace lethe::kms::store
