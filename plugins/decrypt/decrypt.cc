// SPDX-License-Identifier: Apache-2.0
//
// The decrypt plugin: open, and say what a reader gets where the subject was erased. A batch goes
// through three steps, each for all records before the next: read the sealed values, find their
// keys, open and splice; the last by slices that stay in the processor's caches. Only a proven
// erasure may become null, redaction or absence; a value that does not open for any other reason
// fails its record.

#include <algorithm>
#include <cstring>
#include <utility>

#include "plugins/decrypt/member.h"
#include "plugins/decrypt/rules.h"
#include "plugins/fields/json_editor.h"
#include "plugins/fields/json_value.h"
#include "plugins/fields/opener.h"
#include "plugins/fields/path.h"
#include "plugins/fields/prefetch.h"

namespace lethe::decrypt {
namespace {

using fields::SealedError;

constexpr std::size_t kSlice = 16;  // records
constexpr std::string_view kShreddedHeader = "lethe.shredded";

constexpr Message kNotEncrypted{"a selected field is not encrypted"};
constexpr Message kMalformed{"a sealed value is malformed"};
constexpr Message kTooLarge{"a sealed value is larger than the limit"};
constexpr Message kUnsupported{"a sealed value has a version, suite or type that is not supported"};
constexpr Message kNotAccepted{"a sealed value has a suite or binding that 'accept' does not list"};
constexpr Message kUnknown{
    "no key and no erasure is known for this value: another store or tenant, "
    "or a row that was lost"};
constexpr Message kTampered{"the value's key row fails its check: it was changed outside Lethe"};
constexpr Message kBlocked{"the subject is restricted"};
constexpr Message kShredded{"the subject was erased"};
constexpr Message kAuthFailed{"a sealed value is not authentic at this place"};
constexpr Message kNoContext{"the record has not what the value is bound to"};
constexpr Message kMismatch{"the value has no JSON form"};

struct Verdict {
  ErrorKind kind;
  Message message;
};

Verdict verdict_of(SealedError error) {
  switch (error) {
    case SealedError::kNotEncrypted:
      return {ErrorKind::kBadRecord, kNotEncrypted};
    case SealedError::kTooLarge:
      return {ErrorKind::kBadRecord, kTooLarge};
    case SealedError::kUnsupported:
      return {ErrorKind::kBadRecord, kUnsupported};
    case SealedError::kNotAccepted:
      return {ErrorKind::kBadRecord, kNotAccepted};
    case SealedError::kKeyShredded:
      return {ErrorKind::kShredded, kShredded};
    case SealedError::kKeyBlocked:
      return {ErrorKind::kBlocked, kBlocked};
    case SealedError::kKeyUnknown:
      return {ErrorKind::kUnknownKey, kUnknown};
    case SealedError::kInvalidArgument:
      return {ErrorKind::kBadRecord, kNoContext};
    case SealedError::kAuthFailed:
      return {ErrorKind::kBadRecord, kAuthFailed};
    case SealedError::kTypeMismatch:
      return {ErrorKind::kBadRecord, kMismatch};
    default:
      return {ErrorKind::kBadRecord, kMalformed};
  }
}

struct Job {
  std::uint32_t hit;
  std::size_t entry;  // in opener_
};

// The jobs of a record are neighbours.
struct Plan {
  std::size_t first = 0;
  std::size_t end = 0;
};

}  // namespace

class Decrypt final : public BatchTransform {
 public:
  static Result<std::unique_ptr<Decrypt>> make(const Options& options, Host& host);
  static void check(const Options& options, Report& report) { (void)read_rules(options, &report); }

  Result<void> apply(Batch& batch) override;

 private:
  Decrypt(Rules rules, Keys keys) : rules_(std::move(rules)), keys_(keys) {}

  Result<void> open(const Batch& batch);
  void open_slice(const Batch& batch, std::size_t first, std::size_t end);
  void plan(Record record, Plan& plan);
  void bind(const Record& record, const Plan& plan);
  bool read_field(Record record, std::string_view document, std::size_t hit);
  std::string_view path_of(const Record& record, const fields::Hit& hit) const;
  void finish(Record record, const Plan& plan);
  bool replace(Record record, std::string_view document, const Job& job);
  bool replace_shredded(Record record, std::string_view document, const fields::Hit& hit);
  void fail(Record record, const fields::Hit& hit, const Verdict& verdict,
            Disposition disposition = Disposition::kByPolicy);
  void splice(Record record, std::string_view document);

  Rules rules_;
  Keys keys_;
  std::string dataset_;
  std::unique_ptr<fields::FieldEditor> editor_;
  Counter opened_;
  Counter shredded_;

  fields::Hits hits_;
  std::vector<Job> jobs_;
  std::vector<Plan> plans_;
  fields::Opener opener_;
  // Of the current record.
  std::vector<fields::Edit> edits_;
  std::vector<std::string> shredded_paths_;
  std::uint64_t opened_here_ = 0;
  std::size_t cut_ = 0;  // end of the last member that was dropped
};

Result<std::unique_ptr<Decrypt>> Decrypt::make(const Options& options, Host& host) {
  Rules rules = LETHE_TRY(read_rules(options, nullptr));
  std::unique_ptr<Decrypt> made(new Decrypt(std::move(rules), LETHE_TRY(host.keys())));
  made->editor_ = LETHE_TRY(fields::JsonEditor::make(made->rules_.selection));
  made->dataset_ = host.dataset();
  made->opened_ = host.counter("lethe_fields_opened_total");
  made->shredded_ = host.counter("lethe_fields_shredded_total");
  return made;
}

Result<void> Decrypt::apply(Batch& batch) {
  hits_.clear();
  jobs_.clear();
  plans_.assign(batch.size(), Plan{});
  Result<void> done = open(batch);
  opener_.clear();  // no plaintext stays behind
  return done;
}

Result<void> Decrypt::open(const Batch& batch) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (i + 1 < batch.size()) fields::prefetch(batch[i + 1].value().value_or(std::string_view()));
    plan(batch[i], plans_[i]);
  }
  LETHE_TRY(opener_.find_keys(keys_));
  for (std::size_t first = 0; first < batch.size(); first += kSlice)
    open_slice(batch, first, std::min(first + kSlice, batch.size()));
  return {};
}

void Decrypt::open_slice(const Batch& batch, std::size_t first, std::size_t end) {
  opener_.begin_slice({keys_.tenant(), dataset_});
  for (std::size_t i = first; i < end; ++i) bind(batch[i], plans_[i]);
  opener_.open(keys_);
  for (std::size_t i = first; i < end; ++i) finish(batch[i], plans_[i]);
}

// Locates the sealed values of one record and reads them.
void Decrypt::plan(Record record, Plan& plan) {
  const std::optional<std::string_view> value = record.value();
  if (!value) return;
  const std::size_t first_hit = hits_.size();
  const fields::LocateStatus status = editor_->locate(*value, hits_);
  if (!status) {
    const bool known = status.target < rules_.paths.size();
    record.fail(ErrorKind::kBadRecord, Message(fields::describe(status.error)),
                known ? std::string_view(rules_.paths[status.target]) : std::string_view());
    return;
  }
  plan.first = jobs_.size();
  for (std::size_t hit = first_hit; hit < hits_.size(); ++hit)
    if (!read_field(record, *value, hit)) break;
  plan.end = record.failed() ? plan.first : jobs_.size();
}

void Decrypt::bind(const Record& record, const Plan& plan) {
  if (plan.first == plan.end) return;
  fields::prefetch(*record.value());  // for the splicing of the slice
  for (std::size_t j = plan.first; j < plan.end; ++j)
    opener_.bind(jobs_[j].entry, {hits_.path(hits_[jobs_[j].hit]), record.key()}, keys_);
}

// False after a failure.
bool Decrypt::read_field(Record record, std::string_view document, std::size_t index) {
  const fields::Hit& hit = hits_[index];
  const std::string_view token = document.substr(hit.begin, hit.end - hit.begin);
  const SealedError error = opener_.add(token, hit.kind, rules_.selection.marker, rules_.accept);
  if (error == SealedError::kNone) {
    jobs_.push_back({static_cast<std::uint32_t>(index), opener_.size() - 1});
    return true;
  }
  const bool selected = !rules_.selection.every_sealed_value;
  const bool plain = error == SealedError::kNotEncrypted;
  // Without a list, what does not parse as a sealed value is somebody's text.
  const bool is_error =
      selected ? !plain || rules_.fail_not_encrypted : error == SealedError::kNotAccepted;
  if (is_error) fail(record, hit, verdict_of(error));
  return !is_error;
}

// The configured path, or the concrete one written out in the arena.
std::string_view Decrypt::path_of(const Record& record, const fields::Hit& hit) const {
  if (!rules_.selection.every_sealed_value) return rules_.paths[hit.target];
  const Result<fields::Path> path = fields::decode_path(hits_.path(hit));
  return path ? record.arena().copy(fields::format_path(*path)) : std::string_view();
}

void Decrypt::fail(Record record, const fields::Hit& hit, const Verdict& verdict,
                   Disposition disposition) {
  record.fail(verdict.kind, verdict.message, path_of(record, hit), disposition);
}

void Decrypt::finish(Record record, const Plan& plan) {
  if (plan.first == plan.end) return;
  edits_.clear();
  shredded_paths_.clear();
  opened_here_ = 0;
  cut_ = 0;
  const std::string_view document = *record.value();
  for (std::size_t j = plan.first; j < plan.end; ++j)
    if (!replace(record, document, jobs_[j])) return;
  splice(record, document);
  opened_.add(opened_here_);
  shredded_.add(shredded_paths_.size());
}

// Adds the edit for one value. False when the record's fate is settled already.
bool Decrypt::replace(Record record, std::string_view document, const Job& job) {
  const fields::Hit& hit = hits_[job.hit];
  const SealedError state = opener_.state(job.entry);
  if (state == SealedError::kKeyShredded) return replace_shredded(record, document, hit);
  if (state != SealedError::kNone) {
    const bool tampered = state == SealedError::kKeyUnknown && opener_.key_tampered(job.entry);
    fail(record, hit, tampered ? Verdict{ErrorKind::kUnknownKey, kTampered} : verdict_of(state));
    return false;
  }
  const fields::Plaintext& plaintext = opener_.plaintext(job.entry);
  std::string_view text(reinterpret_cast<const char*>(plaintext.body.data()),
                        plaintext.body.size());
  if (plaintext.type != fields::ValueType::kJson) {
    std::string json;
    const SealedError form = fields::append_json(plaintext, json);
    if (form != SealedError::kNone) {
      fail(record, hit, verdict_of(form));
      return false;
    }
    text = record.arena().copy(json);
  }
  edits_.push_back({hit.begin, hit.end, text});
  ++opened_here_;
  return true;
}

bool Decrypt::replace_shredded(Record record, std::string_view document, const fields::Hit& hit) {
  switch (rules_.on_shredded) {
    case OnShredded::kCiphertext:
      break;
    case OnShredded::kNull:
      edits_.push_back({hit.begin, hit.end, "null"});
      break;
    case OnShredded::kRedact:
      edits_.push_back({hit.begin, hit.end, rules_.redaction});
      break;
    case OnShredded::kDropField: {
      const Range range = member_range(document, hit.begin, hit.end, cut_);
      const bool whole = range.begin == hit.begin && range.end - range.begin == document.size();
      cut_ = range.end;
      edits_.push_back({static_cast<std::uint32_t>(range.begin),
                        static_cast<std::uint32_t>(range.end), whole ? "null" : ""});
      break;
    }
    case OnShredded::kDropRecord:
      shredded_.add(1);
      record.drop();
      return false;
    case OnShredded::kDeadLetter:
      fail(record, hit, verdict_of(SealedError::kKeyShredded), Disposition::kDeadLetter);
      return false;
    case OnShredded::kFail:
      fail(record, hit, verdict_of(SealedError::kKeyShredded), Disposition::kStop);
      return false;
  }
  const Result<fields::Path> path = fields::decode_path(hits_.path(hit));
  if (path) shredded_paths_.push_back(fields::format_path(*path));
  return true;
}

void Decrypt::splice(Record record, std::string_view document) {
  if (!edits_.empty()) {
    const std::size_t size = fields::spliced_size(document, edits_);
    char* out = record.arena().allocate(size);
    fields::splice(document, edits_, out);
    record.place_value({out, size});
  }
  if (shredded_paths_.empty()) return;
  std::sort(shredded_paths_.begin(), shredded_paths_.end());
  shredded_paths_.erase(std::unique(shredded_paths_.begin(), shredded_paths_.end()),
                        shredded_paths_.end());
  std::string list;
  for (const std::string& path : shredded_paths_) list.append(list.empty() ? "" : ",").append(path);
  record.add_header(kShreddedHeader, list);
}

std::vector<Message> declared_messages() {
  std::vector<Message> all = {kNotEncrypted, kMalformed,  kTooLarge,  kUnsupported,
                              kNotAccepted,  kUnknown,    kTampered,  kBlocked,
                              kShredded,     kAuthFailed, kNoContext, kMismatch};
  for (const fields::LocateError error : fields::kLocateErrors)
    all.emplace_back(fields::describe(error));
  return all;
}

}  // namespace lethe::decrypt

LETHE_PLUGIN(lethe::transform<lethe::decrypt::Decrypt>(
                 "decrypt",
                 "Opens sealed fields, and says what a reader gets for an erased person.",
                 lethe::decrypt::option_specs())
                 .version("0.1.0")
                 .messages(lethe::decrypt::declared_messages()))
