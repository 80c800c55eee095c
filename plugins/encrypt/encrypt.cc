// SPDX-License-Identifier: Apache-2.0
//
// The encrypt plugin: which fields, which subject, then seal. A batch goes through four steps, each
// for all records before the next: locate the fields, leave alone what is sealed already (if
// configured), find the keys, seal and splice. The last step goes by slices that stay in the
// processor's caches. A record that cannot be sealed whole fails; it never leaves in part.

#include <algorithm>
#include <cstring>
#include <utility>

#include "plugins/encrypt/messages.h"
#include "plugins/encrypt/rules.h"
#include "plugins/encrypt/subjects.h"
#include "plugins/fields/json_editor.h"
#include "plugins/fields/opener.h"
#include "plugins/fields/prefetch.h"
#include "plugins/fields/sealer.h"

namespace lethe::encrypt {
namespace {

constexpr std::size_t kSlice = 16;  // records

constexpr std::string_view kMarker = fields::kDefaultMarker;

// A field of a record that is to be sealed.
struct Job {
  std::uint32_t hit;
  std::uint32_t rule;
  Name name;
  std::size_t key = 0;    // in requests_
  std::size_t entry = 0;  // in sealer_
  bool left = false;      // sealed already, and it opens
};

// Looks for the last character of the prefix, which names seldom hold.
bool holds_sealed_text(std::string_view name) {
  constexpr std::string_view kPrefix = fields::kTextPrefix;
  for (std::size_t at = name.find(kPrefix.back()); at != std::string_view::npos;
       at = name.find(kPrefix.back(), at + 1))
    if (name.substr(0, at + 1).ends_with(kPrefix)) return true;
  return false;
}

// The jobs of a record are neighbours.
struct Plan {
  std::size_t first = 0;
  std::size_t end = 0;
  bool settled = true;  // nothing to do: a tombstone, failed, dropped
};

}  // namespace

class Encrypt final : public BatchTransform {
 public:
  static Result<std::unique_ptr<Encrypt>> make(const Options& options, Host& host);
  static void check(const Options& options, Report& report) { (void)read_rules(options, &report); }

  Result<void> apply(Batch& batch) override;

 private:
  Encrypt(Rules rules, Keys keys) : rules_(std::move(rules)), keys_(keys) {}

  void begin(std::size_t n);
  void plan(Record record, Plan& plan);
  bool plan_field(Record record, std::string_view document, std::size_t hit);
  bool name_subjects(Record record, const Plan& plan);
  bool nothing_missing(Record record);
  Result<void> seal(const Batch& batch);
  Result<void> leave_what_opens(const Batch& batch);
  void request_keys(const Batch& batch);
  void seal_slice(const Batch& batch, std::size_t first, std::size_t end);
  void judge_keys(Record record, Plan& plan);
  void bind(Record record, Plan& plan);
  void write(Record record, const Plan& plan);
  fields::Place place(const Record& record, const Job& job) const;

  Rules rules_;
  Keys keys_;
  std::string dataset_;
  std::unique_ptr<Subjects> subjects_;
  std::unique_ptr<fields::FieldEditor> editor_;
  std::vector<Counter> missing_;
  Counter sealed_;

  fields::Hits hits_;
  std::vector<Job> jobs_;
  std::vector<Plan> plans_;
  std::vector<std::uint8_t> found_;  // per rule, in the current record
  std::vector<lethe_sealing_key> requests_;
  std::vector<Name> request_names_;
  fields::Opener opener_;
  fields::Sealer sealer_;
};

Result<std::unique_ptr<Encrypt>> Encrypt::make(const Options& options, Host& host) {
  Rules rules = LETHE_TRY(read_rules(options, nullptr));
  std::unique_ptr<Encrypt> made(new Encrypt(std::move(rules), LETHE_TRY(host.keys())));
  fields::Selection selection;
  for (const FieldRule& field : made->rules_.fields) {
    selection.targets.push_back({field.selector, false});
    made->missing_.push_back(host.counter("lethe_missing_fields_total", field.path));
  }
  made->subjects_ = LETHE_TRY(Subjects::make(made->rules_.subjects, selection));
  made->editor_ = LETHE_TRY(fields::JsonEditor::make(std::move(selection)));
  made->sealed_ = host.counter("lethe_fields_sealed_total");
  made->found_.resize(made->rules_.fields.size());
  made->dataset_ = host.dataset();
  return made;
}

Result<void> Encrypt::apply(Batch& batch) {
  begin(batch.size());
  Result<void> done = seal(batch);
  sealer_.clear();  // no plaintext stays behind
  return done;
}

Result<void> Encrypt::seal(const Batch& batch) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (i + 1 < batch.size()) fields::prefetch(batch[i + 1].value().value_or(std::string_view()));
    plan(batch[i], plans_[i]);
  }
  if (rules_.on_already_encrypted == OnAlreadyEncrypted::kSkip) LETHE_TRY(leave_what_opens(batch));
  request_keys(batch);
  if (requests_.empty()) return {};
  LETHE_TRY(keys_.for_sealing({requests_.data(), requests_.size()}, rules_.on_erased));
  for (std::size_t first = 0; first < batch.size(); first += kSlice)
    seal_slice(batch, first, std::min(first + kSlice, batch.size()));
  return {};
}

void Encrypt::seal_slice(const Batch& batch, std::size_t first, std::size_t end) {
  sealer_.begin_slice({keys_.tenant(), dataset_});
  for (std::size_t i = first; i < end; ++i) judge_keys(batch[i], plans_[i]);
  for (std::size_t i = first; i < end; ++i) bind(batch[i], plans_[i]);
  sealer_.seal(keys_);
  for (std::size_t i = first; i < end; ++i) write(batch[i], plans_[i]);
}

void Encrypt::begin(std::size_t n) {
  hits_.clear();
  jobs_.clear();
  plans_.assign(n, Plan{});
  requests_.clear();
  request_names_.clear();
  subjects_->begin_batch();
}

// Locates the fields of one record and names the subjects of those that are to be sealed.
void Encrypt::plan(Record record, Plan& plan) {
  const std::optional<std::string_view> value = record.value();
  if (!value) return;  // a tombstone has nothing to seal
  const std::size_t first_hit = hits_.size();
  const fields::LocateStatus status = editor_->locate(*value, hits_);
  if (!status) {
    const bool known = status.target < rules_.fields.size();
    record.fail(ErrorKind::kBadRecord, Message(fields::describe(status.error)),
                known ? std::string_view(rules_.fields[status.target].path) : std::string_view());
    return;
  }
  std::fill(found_.begin(), found_.end(), std::uint8_t{0});
  subjects_->begin_record();
  plan.first = jobs_.size();
  bool fits = true;
  for (std::size_t hit = first_hit; fits && hit < hits_.size(); ++hit)
    fits = plan_field(record, *value, hit);
  plan.end = jobs_.size();
  if (fits && nothing_missing(record) && plan.end > plan.first)
    plan.settled = !name_subjects(record, plan);
}

// False after a failure.
bool Encrypt::plan_field(Record record, std::string_view document, std::size_t index) {
  const fields::Hit& hit = hits_[index];
  const std::string_view token = document.substr(hit.begin, hit.end - hit.begin);
  if (hit.target >= subjects_->first_target()) {
    subjects_->found(hit.target, hit.kind, token);
    return true;
  }
  const FieldRule& rule = rules_.fields[hit.target];
  found_[hit.target] = 1;
  if (hit.kind == fields::TokenKind::kNull && !rules_.encrypt_nulls) return true;
  if (token.size() > fields::Limits{}.max_field) {
    record.fail(ErrorKind::kBadRecord, kFieldTooLarge, rule.path);
    return false;
  }
  if (rules_.on_already_encrypted == OnAlreadyEncrypted::kFail) {
    opener_.clear();
    if (opener_.add(token, hit.kind, kMarker, {}) == fields::SealedError::kNone) {
      record.fail(ErrorKind::kBadRecord, kAlreadySealed, rule.path);
      return false;
    }
  }
  const bool null = hit.kind == fields::TokenKind::kNull;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(token.data());
  Job& job = jobs_.emplace_back();
  job.hit = static_cast<std::uint32_t>(index);
  job.rule = hit.target;
  job.entry = sealer_.add(null ? fields::ValueType::kNull : fields::ValueType::kJson,
                          {bytes, null ? 0 : token.size()}, rules_.padding);
  return true;
}

bool Encrypt::nothing_missing(Record record) {
  for (std::size_t i = 0; i < found_.size(); ++i) {
    if (found_[i] != 0) continue;
    missing_[i].add(1);
    if (!rules_.fields[i].required) continue;
    record.fail(ErrorKind::kBadRecord, kMissing, rules_.fields[i].path);
    return false;
  }
  return true;
}

bool Encrypt::name_subjects(Record record, const Plan& plan) {
  for (std::size_t j = plan.first; j < plan.end; ++j) {
    Job& job = jobs_[j];
    if (const auto failure = subjects_->render(rules_.fields[job.rule].subject, record, job.name)) {
      record.fail(ErrorKind::kBadRecord, Message(failure->message), failure->template_text);
      return false;
    }
    // Fields of one person follow each other.
    if (j != plan.first && job.name.offset == jobs_[j - 1].name.offset) continue;
    // A sealed text as subject would be another person each time.
    if (holds_sealed_text(subjects_->text(job.name))) {
      record.fail(ErrorKind::kBadRecord, kSealedSubject, rules_.fields[job.rule].path);
      return false;
    }
  }
  return true;
}

// on_already_encrypted: skip. A prefix is no proof (anyone can type it): a value is left as it is
// only if it opens, at this very place, under a key that we know.
Result<void> Encrypt::leave_what_opens(const Batch& batch) {
  opener_.clear();
  struct Candidate {
    std::size_t record;
    std::size_t job;
  };
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (plans_[i].settled) continue;
    const Record record = batch[i];
    for (std::size_t j = plans_[i].first; j < plans_[i].end; ++j) {
      const fields::Hit& hit = hits_[jobs_[j].hit];
      const std::string_view token = record.value()->substr(hit.begin, hit.end - hit.begin);
      if (opener_.add(token, hit.kind, kMarker, {}) == fields::SealedError::kNone)
        candidates.push_back({i, j});
    }
  }
  LETHE_TRY(opener_.find_keys(keys_));
  opener_.begin_slice({keys_.tenant(), dataset_});
  for (std::size_t k = 0; k < candidates.size(); ++k) {
    const Candidate& candidate = candidates[k];
    opener_.bind(k, place(batch[candidate.record], jobs_[candidate.job]), keys_);
  }
  opener_.open(keys_);
  for (std::size_t k = 0; k < candidates.size(); ++k)
    jobs_[candidates[k].job].left = opener_.state(k) == fields::SealedError::kNone;
  opener_.clear();
  return {};
}

// One request per record, subject and suite.
void Encrypt::request_keys(const Batch& batch) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (plans_[i].settled) continue;
    const std::size_t first_request = requests_.size();
    for (std::size_t j = plans_[i].first; j < plans_[i].end; ++j) {
      Job& job = jobs_[j];
      if (job.left) continue;
      const std::uint32_t suite = rules_.fields[job.rule].suite->number;
      job.key = first_request;
      while (job.key < requests_.size() && (request_names_[job.key].offset != job.name.offset ||
                                            requests_[job.key].suite != suite))
        ++job.key;
      if (job.key < requests_.size()) continue;
      lethe_sealing_key request{};
      request.struct_size = sizeof(request);
      request.suite = suite;
      requests_.push_back(request);
      request_names_.push_back(job.name);
    }
  }
  for (std::size_t k = 0; k < requests_.size(); ++k)
    requests_[k].name = to_view(subjects_->text(request_names_[k]));
}

// A record is sealed whole or not at all.
void Encrypt::judge_keys(Record record, Plan& plan) {
  if (plan.settled) return;
  for (std::size_t j = plan.first; j < plan.end && !plan.settled; ++j) {
    if (jobs_[j].left) continue;
    const std::string_view path = rules_.fields[jobs_[j].rule].path;
    plan.settled = true;
    switch (requests_[jobs_[j].key].state) {
      case LETHE_KEY_AVAILABLE:
        plan.settled = false;
        break;
      case LETHE_KEY_DROPPED:
        record.drop();
        break;
      case LETHE_KEY_SHREDDED:
        record.fail(ErrorKind::kShredded, kErased, path);
        break;
      case LETHE_KEY_BLOCKED:
        record.fail(ErrorKind::kBlocked, kBlocked, path);
        break;
      case LETHE_KEY_INVALID:
        record.fail(ErrorKind::kBadRecord, kBadName, path);
        break;
      case LETHE_KEY_TAMPERED:
        record.fail(ErrorKind::kUnknownKey, kTampered, path);
        break;
      default:
        record.fail(ErrorKind::kUnknownKey, kNoKey, path);
        break;
    }
  }
}

void Encrypt::bind(Record record, Plan& plan) {
  if (plan.settled) return;
  fields::prefetch(*record.value());  // for the splicing of the slice
  for (std::size_t j = plan.first; j < plan.end; ++j) {
    const Job& job = jobs_[j];
    if (job.left) continue;
    const lethe_sealing_key& key = requests_[job.key];
    fields::Header header;
    header.suite = static_cast<std::uint8_t>(key.suite);
    header.profile = rules_.aad_profile;
    std::copy(key.dek_id, key.dek_id + 16, header.dek_id.begin());
    const fields::SealedError error =
        sealer_.bind(job.entry, header, place(record, job), key.handle, keys_);
    if (error != fields::SealedError::kNone) {
      record.fail(ErrorKind::kBadRecord, kNoContext, rules_.fields[job.rule].path);
      plan.settled = true;
      return;
    }
  }
}

fields::Place Encrypt::place(const Record& record, const Job& job) const {
  return {hits_.path(hits_[job.hit]), record.key()};
}

// The original bytes with the sealed values in place of the fields.
void Encrypt::write(Record record, const Plan& plan) {
  if (plan.settled) return;
  const std::string_view document = *record.value();
  const bool as_text = rules_.carrier == Carrier::kText;
  const fields::Hints no_hints;
  std::size_t room = document.size();
  for (std::size_t j = plan.first; j < plan.end; ++j) {
    const Job& job = jobs_[j];
    if (job.left) continue;
    if (!sealer_.sealed(job.entry))
      return record.fail(ErrorKind::kInternal, kNotSealed, rules_.fields[job.rule].path);
    const std::size_t compact = sealer_.compact_size(job.entry);
    room += as_text ? fields::text_size(compact) + 2
                    : fields::object_size_bound(compact, kMarker, no_hints);
  }
  char* const begin = record.arena().allocate(room);
  char* out = begin;
  std::size_t copied = 0;
  std::uint64_t count = 0;
  for (std::size_t j = plan.first; j < plan.end; ++j) {
    const Job& job = jobs_[j];
    if (job.left) continue;
    const fields::Hit& hit = hits_[job.hit];
    std::memcpy(out, document.data() + copied, hit.begin - copied);
    out += hit.begin - copied;
    copied = hit.end;
    const fields::SealedValue value = sealer_.value(job.entry);
    if (as_text) {
      *out++ = '"';
      out = fields::write_text(value.compact, out);
      *out++ = '"';
    } else {
      out = fields::write_object(value, kMarker, no_hints, out);
    }
    ++count;
  }
  if (count == 0) return;  // everything was sealed already
  std::memcpy(out, document.data() + copied, document.size() - copied);
  out += document.size() - copied;
  record.place_value({begin, static_cast<std::size_t>(out - begin)});
  sealed_.add(count);
}

}  // namespace lethe::encrypt

LETHE_PLUGIN(lethe::transform<lethe::encrypt::Encrypt>(
                 "encrypt", "Seals chosen fields, each person's under a key of their own.",
                 lethe::encrypt::option_specs())
                 .version("0.1.0")
                 .messages(lethe::encrypt::declared_messages()))
