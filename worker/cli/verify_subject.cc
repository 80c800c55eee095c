// SPDX-License-Identifier: Apache-2.0

#include "worker/cli/verify_subject.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <stop_token>
#include <utility>
#include <variant>

#include "kms/crypto/digest.h"
#include "kms/erasure/words.h"
#include "kms/hex.h"
#include "plugins/fields/json_editor.h"
#include "worker/cli/erasures.h"
#include "worker/sealed_access.h"
#include "worker/wiring.h"

namespace lethe::worker::cli {
namespace {

// A topic never ends; one that was silent for so long is taken as read.
constexpr std::chrono::seconds kSilence{5};
constexpr fields::Limits kLimits{std::size_t{256} << 20};

// Nothing is written or committed, so that partitions may come and go.
class Indifferent final : public connectors::RebalanceListener {
 public:
  Result<void> release(std::span<const connectors::Position>, bool) override { return {}; }
};

struct Tally {
  std::uint64_t values = 0;
  std::uint64_t opened = 0;
  std::uint64_t key_at_hand = 0;  // but not authentic here: moved, or another dataset
  std::uint64_t erased = 0;
  std::uint64_t blocked = 0;
  std::uint64_t unknown = 0;  // neither key nor erasure is known
};

void count(const Result<Opened>& opened, Tally& tally) {
  ++tally.values;
  if (opened) {
    ++tally.opened;
    return;
  }
  switch (opened.error().kind()) {
    case ErrorKind::kShredded:
      ++tally.erased;
      break;
    case ErrorKind::kBlocked:
      ++tally.blocked;
      break;
    case ErrorKind::kUnknownKey:
      ++tally.unknown;
      break;
    default:
      ++tally.key_at_hand;
  }
}

// The keys that a subject has or had.
Result<std::set<std::string>> keys_of(kms::GatewayKms& kms, const std::string& subject) {
  std::set<std::string> ids;
  for (const kms::journal::Entry& entry : kms.journal().after(0)) {
    const auto hash = kms::erasure::subject_of(entry);
    if (entry.event.kind != kms::journal::EventKind::kFenced || !hash) continue;
    if (kms::to_hex(hash->bytes) != subject) continue;
    for (const kms::store::DekId& id : entry.event.dek_ids) ids.insert(kms::to_uuid(id));
  }
  LETHE_TRY(kms.keys([&](const kms::KeyStatus& key) {
    if (key.subject == subject) ids.insert(key.dek_id);
  }));
  return ids;
}

class Search {
 public:
  Search(kms::GatewayKms& kms, std::set<std::string> ids, std::string dataset)
      : session_(kms.session()),
        tenant_(kms.tenant()),
        dataset_(std::move(dataset)),
        ids_(std::move(ids)) {}

  Result<void> prepare() {
    fields::Selection every;
    every.every_sealed_value = true;
    editor_ = LETHE_TRY(fields::JsonEditor::make(every));
    return {};
  }

  Result<void> read(const connectors::Record& record) {
    ++records_;
    if (record.in.value.data == nullptr) return {};
    const std::string_view document = connectors::text(record.in.value);
    hits_.clear();
    if (!editor_->locate(document, hits_)) {
      ++unreadable_;
      return {};
    }
    for (std::size_t i = 0; i < hits_.size(); ++i) LETHE_TRY(try_value(record, document, hits_[i]));
    return {};
  }

  const Tally& subject() const { return subject_; }
  const Tally& others() const { return others_; }
  std::uint64_t records() const { return records_; }
  std::uint64_t unreadable() const { return unreadable_; }

 private:
  Result<void> try_value(const connectors::Record& record, std::string_view document,
                         const fields::Hit& hit) {
    std::string_view token = document.substr(hit.begin, hit.end - hit.begin);
    std::vector<std::uint8_t> buffer(token.size() + fields::kHeaderSize);
    fields::SealedValue value;
    fields::SealedError error = fields::SealedError::kNotEncrypted;
    if (hit.kind == fields::TokenKind::kObject)
      error = fields::read_object(token, fields::kDefaultMarker, kLimits, buffer.data(), value);
    else if (token.size() >= 2)
      error = fields::read_text(token.substr(1, token.size() - 2), kLimits, buffer.data(), value);
    if (error != fields::SealedError::kNone) return {};  // somebody's text
    kms::store::DekId id;
    std::copy(value.header.dek_id.begin(), value.header.dek_id.end(), id.bytes.begin());
    Result<Opened> opened = open_sealed(*session_, value, context_of(record, hit));
    if (!opened && opened.error().kind() == ErrorKind::kTransient) return opened.error();
    count(opened, ids_.count(kms::to_uuid(id)) > 0 ? subject_ : others_);
    if (opened) std::fill(opened->body.begin(), opened->body.end(), '\0');
    return {};
  }

  fields::AadContext context_of(const connectors::Record& record, const fields::Hit& hit) const {
    fields::AadContext context;
    context.tenant = tenant_;
    context.dataset = dataset_;
    context.path = hits_.path(hit);
    const lethe_view& key = record.in.key;
    context.record_key =
        key.data == nullptr ? fields::RecordKey::kAbsent : fields::RecordKey::kPresent;
    if (key.data != nullptr)
      context.record_key_sha256 =
          kms::crypto::sha256({{reinterpret_cast<const std::uint8_t*>(key.data), key.size}});
    return context;
  }

  std::unique_ptr<kms::KeySession> session_;
  std::string tenant_;
  std::string dataset_;
  std::set<std::string> ids_;
  std::unique_ptr<fields::FieldEditor> editor_;
  fields::Hits hits_;
  Tally subject_, others_;
  std::uint64_t records_ = 0, unreadable_ = 0;
};

Result<void> read_all(connectors::Source& source, Search& search) {
  Indifferent listener;
  auto last = std::chrono::steady_clock::now();
  for (bool end = false; !end;) {
    const connectors::Batch batch = LETHE_TRY(source.read({}, listener));
    for (const connectors::Record& record : batch.records) LETHE_TRY(search.read(record));
    const auto now = std::chrono::steady_clock::now();
    if (!batch.empty()) last = now;
    end = batch.end || now - last >= kSilence;
  }
  return source.close();
}

// The brokers of whatever of the pipeline is on Kafka; null: nothing is.
const config::KafkaSource* kafka_source(const config::PipelineConfig& config) {
  return std::get_if<config::KafkaSource>(&config.source);
}

Result<void> read_topic(const std::string& topic, config::PipelineConfig& config) {
  config::KafkaSource source;
  if (const auto* from = kafka_source(config)) source = *from;
  if (const auto* to = std::get_if<config::KafkaSink>(&config.sink)) {
    source.brokers = to->brokers;
    source.client = to->client;
  }
  if (source.brokers.empty())
    return bad_config("a topic is read from the brokers of a pipeline; name one with -f");
  source.topics = {topic};
  source.topics_pattern.clear();
  source.group = kms::erasure::draw_id("lethe-verify-");  // from the beginning, beside everybody
  config.source = std::move(source);
  return {};
}

// Where the records are.
Result<void> choose_source(const VerifySubjectCommand& command, config::PipelineConfig& config) {
  const auto read_file = [&](const std::string& path) {
    config.source =
        config::FileSource{.path = path, .follow = false, .key_field = {}, .envelope = false};
  };
  if (!command.file.empty()) {
    read_file(command.file);
    return {};
  }
  if (!command.topic.empty()) return read_topic(command.topic, config);
  if (const auto* file = std::get_if<config::FileSink>(&config.sink);
      file != nullptr && !file->path.empty()) {
    const bool envelope = file->envelope;
    read_file(std::string(file->path));
    std::get<config::FileSource>(config.source).envelope = envelope;
    return {};
  }
  const auto* kafka = std::get_if<config::KafkaSink>(&config.sink);
  if (kafka == nullptr || kafka->topic.empty() || kafka->topic.find("{{") != std::string::npos)
    return bad_config("name the records to read: --file or --topic");
  return read_topic(std::string(kafka->topic), config);
}

json::Value to_json(const Tally& tally) {
  json::Value value;
  return value.set("values", tally.values)
      .set("opened", tally.opened)
      .set("key_at_hand", tally.key_at_hand)
      .set("erased", tally.erased)
      .set("blocked", tally.blocked)
      .set("unknown", tally.unknown);
}

std::string to_text(const Tally& tally) {
  return std::to_string(tally.values) + " sealed values, " + std::to_string(tally.opened) +
         " open, " + std::to_string(tally.key_at_hand) + " with a key but not authentic here, " +
         std::to_string(tally.erased) + " erased, " + std::to_string(tally.blocked) + " blocked, " +
         std::to_string(tally.unknown) + " of unknown keys";
}

void show(const VerifySubjectCommand& command, const kms::SubjectStatus& status,
          const Search& search, bool readable) {
  if (command.common.json) {
    json::Value value;
    print(value.set("subject", status.subject)
              .set("erasures", status.fence_version)
              .set("records", search.records())
              .set("unreadable", search.unreadable())
              .set("of_subject", to_json(search.subject()))
              .set("of_others", to_json(search.others()))
              .set("opens", readable));
    return;
  }
  print("subject " + status.subject + ": " + to_text(search.subject()));
  print("others: " + to_text(search.others()));
  print(std::to_string(search.records()) + " records read, " + std::to_string(search.unreadable()) +
        " that are no JSON");
  print(std::string(readable ? "READABLE: values of this subject can still be opened"
                             : "no value of this subject opens"));
}

Result<int> run(const VerifySubjectCommand& command, log::Log& log) {
  harden_process();
  if (command.name.empty())
    return bad_config("name what to verify: a certificate, or --subject for records");
  config::Diagnostics diagnostics;
  Result<Configuration> loaded =
      load_all(command.common.files, config::References::kResolve, diagnostics);
  cli::show(diagnostics);
  if (!loaded) return std::move(loaded).error();
  if (loaded->pipelines.size() > 1) return bad_config("name one pipeline, not several");
  config::PipelineConfig config;
  if (!loaded->pipelines.empty()) config = loaded->pipelines.front();
  LETHE_TRY(choose_source(command, config));
  const auto kms = LETHE_TRY(make_kms(loaded->worker, Custody::kLookAndUse, log));
  const std::string name = LETHE_TRY(one_name(command.name));
  const kms::SubjectStatus status = LETHE_TRY(kms->status(name));
  Search search(*kms, LETHE_TRY(keys_of(*kms, status.subject)), config.dataset);
  LETHE_TRY(search.prepare());
  const auto source = LETHE_TRY(make_record_source(config, log));
  LETHE_TRY(read_all(*source, search));
  const bool readable = search.subject().opened + search.subject().key_at_hand > 0;
  show(command, status, search, readable);
  return readable ? kFailed : kDone;
}

}  // namespace

int verify_subject(const VerifySubjectCommand& command) {
  const std::unique_ptr<log::Log> log = make_log({});
  const Result<int> code = run(command, *log);
  return code ? *code : report(code.error());
}

}  // namespace lethe::worker::cli
