// SPDX-License-Identifier: Apache-2.0
#include "kms/gateway_kms.h"

#include <algorithm>
#include <utility>

#include "kms/backup/backup.h"
#include "kms/crypto/derive.h"
#include "kms/crypto/edek.h"
#include "kms/crypto/self_test.h"
#include "kms/erasure/agreement.h"
#include "kms/gateway_session.h"
#include "kms/hex.h"

namespace lethe::kms {
namespace {

constexpr std::string_view kActor = "svc:";  // an actor of the journal has at most 255 bytes
constexpr std::size_t kMaxWorkerId = 255 - kActor.size();
constexpr std::size_t kPage = 1000;

// Calls visit(row) for every EDEK row, ordered by subject.
template <class Visit>
Result<void> for_each_row(store::KeyStore& store, Visit visit) {
  std::optional<store::ScanPosition> after;
  for (;;) {
    const std::vector<store::EdekRow> rows = LETHE_TRY(store.scan(after, kPage));
    for (const store::EdekRow& row : rows) visit(row);
    if (rows.size() < kPage) return {};
    after = store::ScanPosition{rows.back().subject, rows.back().dek_id};
  }
}

SubjectStatus status_of(const store::SubjectHash& subject, const SubjectView& view) {
  SubjectStatus status;
  status.subject = to_hex(subject.bytes);
  status.fence_version = view.fence;
  status.policy = view.policy;
  status.restricted = view.restricted;
  status.tampered = view.tampered;
  return status;
}

void count_row(const store::EdekRow& row, const EdekRows& rows, SubjectStatus& status) {
  if (row.fence_version == status.fence_version) ++status.live_keys;
  if (status.name.empty()) status.name = row.name;
  if (!rows.fits(row)) status.tampered = true;
}

// Merges subjects that have rows with those that have only a fence or a state; both in order.
class SubjectList {
 public:
  SubjectList(const GatewayParts& parts, const std::function<void(const SubjectStatus&)>& visit)
      : parts_(parts), visit_(visit), marked_(parts.view.subjects()) {}

  void add(const store::EdekRow& row) {
    if (!current_ || *current_ != row.subject) {
      finish_current();
      while (next_ < marked_.size() && marked_[next_].subject < row.subject) visit_next_marked();
      if (next_ < marked_.size() && marked_[next_].subject == row.subject) ++next_;
      current_ = row.subject;
      status_ = status_of(row.subject, parts_.view.subject(row.subject));
    }
    count_row(row, parts_.rows, status_);
  }

  void finish() {
    finish_current();
    while (next_ < marked_.size()) visit_next_marked();
  }

 private:
  void finish_current() {
    if (current_) visit_(status_);
    current_.reset();
  }
  void visit_next_marked() {
    const FenceView::Entry& entry = marked_[next_++];
    visit_(status_of(entry.subject, entry.view));
  }

  const GatewayParts& parts_;
  const std::function<void(const SubjectStatus&)>& visit_;
  const std::vector<FenceView::Entry> marked_;
  std::size_t next_ = 0;
  std::optional<store::SubjectHash> current_;
  SubjectStatus status_;
};

KeyStatus status_of(const store::EdekRow& row, const GatewayParts& parts) {
  KeyStatus status;
  status.dek_id = to_uuid(row.dek_id);
  status.subject = to_hex(row.subject.bytes);
  status.name = row.name;
  status.suite = row.suite;
  status.fence_version = row.fence_version;
  status.rotation = row.rotation;
  status.live = row.fence_version == parts.view.subject(row.subject).fence;
  status.tampered = !parts.rows.fits(row);
  crypto::EdekRecord record;
  const std::span<const std::uint8_t> bytes(
      reinterpret_cast<const std::uint8_t*>(row.record.data()), row.record.size());
  if (crypto::parse_edek(bytes, record) == crypto::EdekError::kNone) {
    status.kek_generation = record.kek_gen;
    status.created_by = record.created_by;
    status.created_at = std::chrono::system_clock::time_point(
        std::chrono::milliseconds(static_cast<std::int64_t>(record.created_at_ms)));
  }
  return status;
}

}  // namespace

GatewayKms::GatewayKms(std::unique_ptr<GatewayParts> parts, std::unique_ptr<root::RootKey> root,
                       std::unique_ptr<journal::Witness> witness, const Options& options)
    : parts_(std::move(parts)),
      root_(std::move(root)),
      witness_(std::move(witness)),
      desk_(std::make_unique<erasure::Desk>(
          *parts_, erasure::Desk::Options{std::string(kActor) + options.worker_id,
                                          options.most_erasures_per_minute,
                                          options.alarm,
                                          {}})) {}

Result<std::unique_ptr<GatewayKms>> GatewayKms::make(std::unique_ptr<store::KeyStore> store,
                                                     std::unique_ptr<root::RootKey> root,
                                                     const Options& options) {
  LETHE_TRY(crypto::self_test());
  if (options.worker_id.size() > kMaxWorkerId)
    return bad_config("A worker's id has at most 251 bytes; correct `worker.id`");
  std::unique_ptr<Hierarchy> hierarchy = LETHE_TRY(Hierarchy::make(
      *store, *root, {options.tenant, options.key_names, options.create, options.clock()}));
  auto witness = std::make_unique<journal::Witness>(options.witness, hierarchy->store_id());
  std::unique_ptr<journal::Journal> journal = LETHE_TRY(journal::Journal::open(
      *store, journal::Signer(hierarchy->signer_name(), hierarchy->signing_seed()),
      {options.tenant, std::string(kActor) + options.worker_id, options.clock,
       [&](journal::Journal& read) { return witness->check(read); }}));
  auto parts = std::make_unique<GatewayParts>(
      std::move(store), std::move(hierarchy), std::move(journal),
      GatewayParts::Settings{options.worker_id, options.max_cached_keys, options.lease,
                             options.clock, options.lease_clock, options.alarm});
  LETHE_TRY(parts->follower.catch_up());
  LETHE_TRY(erasure::check_fences(*parts->journal, parts->view));
  std::unique_ptr<GatewayKms> gateway(
      new GatewayKms(std::move(parts), std::move(root), std::move(witness), options));
  LETHE_TRY(gateway->keep_witness());
  if (options.leasing != Leasing::kNone) LETHE_TRY(gateway->renew_lease());
  if (options.leasing == Leasing::kKept) gateway->keep_house(options.report);
  return gateway;
}

std::unique_ptr<KeySession> GatewayKms::session() {
  return std::make_unique<GatewaySession>(*parts_, false);
}

std::unique_ptr<KeySession> GatewayKms::internal_session() {
  return std::make_unique<GatewaySession>(*parts_, true);
}

Result<void> GatewayKms::renew_lease() {
  return parts_->beacons.beat();
}

std::chrono::milliseconds GatewayKms::lease() const {
  return parts_->lease.duration();
}

std::chrono::milliseconds GatewayKms::longest_delivery() const {
  return parts_->lease.longest_delivery();
}

void GatewayKms::keep_house(Housekeeper::Report report) {
  housekeeper_ = std::make_unique<Housekeeper>(
      Housekeeper::Parts{*parts_->store, parts_->follower, parts_->lease, parts_->beacons},
      [this]() -> Result<void> {
        LETHE_TRY(desk_->tick());
        return keep_witness();
      },
      std::move(report));
}

Result<void> GatewayKms::keep_witness() {
  return witness_->keep(*parts_->journal);
}

Result<backup::Counts> GatewayKms::backup(const std::string& path) {
  return backup::write(*parts_->store, *parts_->hierarchy, path);
}

std::string_view GatewayKms::tenant() const {
  return parts_->hierarchy->tenant();
}

store::SubjectHash GatewayKms::hash_of(std::string_view name) const {
  return {crypto::subject_hash(parts_->hierarchy->tenant_secret(), tenant(), name)};
}

erasure::Erasures& GatewayKms::erasures() {
  return *desk_;
}

Result<Erasure> GatewayKms::shred(std::string_view name, const ShredOptions& options) {
  erasure::Request request;
  request.name = name;
  request.erasure_id = options.erasure_id;
  request.actor = "shred";
  request.policy = options.policy;
  request.unseen = options.unseen;
  request.confirmed = true;
  const erasure::Status status = LETHE_TRY(desk_->request(request));
  return Erasure{status.erasure_id, status.subject, status.fence_version,
                 status.dek_ids,    status.policy,  status.already_known};
}

Result<void> GatewayKms::restrict(std::string_view name, bool restricted) {
  LETHE_TRY(erasure::check_key_name(name));
  const SubjectStatus known = LETHE_TRY(status(name));
  State state = parts_->view.state(hash_of(name));
  state.restricted = restricted;
  LETHE_TRY(parts_->store->put_state(parts_->texts.write(state)));
  return parts_->follower.refresh();
}

Result<SubjectStatus> GatewayKms::status(std::string_view name) {
  LETHE_TRY(erasure::check_key_name(name));
  LETHE_TRY(parts_->follower.refresh());
  const store::SubjectHash subject = hash_of(name);
  const std::vector<store::EdekRow> rows = LETHE_TRY(parts_->store->look_up({&subject, 1}));
  SubjectStatus status = status_of(subject, parts_->view.subject(subject));
  for (const store::EdekRow& row : rows) count_row(row, parts_->rows, status);
  if (rows.empty() && status.fence_version == 0 && !status.tampered && !status.restricted)
    return Error(ErrorKind::kUnknownKey,
                 "The " + std::string(parts_->store->name()) + " has no key of that name");
  return status;
}

Result<void> GatewayKms::subjects(const std::function<void(const SubjectStatus&)>& visit) {
  LETHE_TRY(parts_->follower.refresh());
  SubjectList list(*parts_, visit);
  LETHE_TRY(for_each_row(*parts_->store, [&](const store::EdekRow& row) { list.add(row); }));
  list.finish();
  return {};
}

Result<void> GatewayKms::keys(const std::function<void(const KeyStatus&)>& visit) {
  LETHE_TRY(parts_->follower.refresh());
  return for_each_row(*parts_->store,
                      [&](const store::EdekRow& row) { visit(status_of(row, *parts_)); });
}

CustodyDescription GatewayKms::describe() const {
  const Hierarchy& hierarchy = *parts_->hierarchy;
  CustodyDescription description;
  description.tenant = hierarchy.tenant();
  description.store = parts_->store->name();
  description.store_id = hierarchy.store_id();
  description.shared = parts_->store->shared();
  description.root = root_->id();
  description.epoch = hierarchy.epoch();
  description.kek_generation = hierarchy.generation();
  description.readable_names = hierarchy.key_names() == KeyNames::kClear;
  description.lease = hierarchy.lease();
  description.tampered_rows = parts_->view.tampered_rows();
  return description;
}

journal::Journal& GatewayKms::journal() {
  return *parts_->journal;
}

KeyCounts GatewayKms::counts() const {
  return {parts_->cache.size(), parts_->cache_hits.load(), parts_->cache_misses.load(),
          parts_->keys_created.load(), parts_->lease.age()};
}

}  // namespace lethe::kms
