// SPDX-License-Identifier: Apache-2.0
#include "kms/erasure/progress.h"

#include <algorithm>
#include <utility>

#include "kms/crypto/random.h"
#include "kms/hex.h"

namespace lethe::kms::erasure {
namespace {

using journal::EventKind;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Whoever asked for an erasure goes on with it at once; others step in after that time.
constexpr seconds kGrace{10};

}  // namespace

Progress::Progress(GatewayParts& parts, std::string actor, std::size_t most_per_minute, Alarm alarm)
    : parts_(parts),
      actor_(std::move(actor)),
      most_per_minute_(most_per_minute),
      alarm_(std::move(alarm)) {}

Result<void> Progress::step() {
  const std::lock_guard lock(mutex_);
  LETHE_TRY(parts_.follower.refresh());
  LETHE_TRY(parts_.journal->catch_up());
  learn_new();
  LETHE_TRY(adopt_fences());
  LETHE_TRY(honour_tombstones());
  learn_new();
  // One that cannot go on does not keep the others from it.
  Result<void> outcome;
  for (auto at = open_.begin(); at != open_.end();) {
    const Result<void> advanced = advance((at++)->second);
    if (!advanced && outcome) outcome = advanced;
  }
  learn_new();
  return outcome;
}

// What the journal has read; an append reads back by itself.
void Progress::learn_new() {
  for (const journal::Entry& entry : parts_.journal->after(read_)) {
    learn(entry);
    read_ = entry.seq;
  }
}

void Progress::learn(const journal::Entry& entry) {
  const journal::Event& event = entry.event;
  switch (event.kind) {
    case EventKind::kRequested:
      requests_.push_back(entry.time);
      if (requests_.size() > most_per_minute_ + 1) requests_.pop_front();
      if (auto order = to_order(entry))
        open_.try_emplace(event.erasure_id, Open{std::move(*order), parts_.lease.now()});
      break;
    case EventKind::kFenced: {
      const auto subject = subject_of(entry);
      if (!subject) break;
      std::uint64_t& highest = fenced_[*subject];
      highest = std::max(highest, event.fence_version);
      Order order;
      order.erasure_id = event.erasure_id;
      order.subject = *subject;
      order.commit = event.subject_commit;
      Open& open =
          open_.try_emplace(event.erasure_id, Open{order, parts_.lease.now()}).first->second;
      open.fenced = true;
      open.fence_version = event.fence_version;
      open.dek_ids = event.dek_ids;
      break;
    }
    case EventKind::kEffective:
      if (const auto found = open_.find(event.erasure_id); found != open_.end())
        found->second.effective = true;
      break;
    case EventKind::kCancelled:
    case EventKind::kEdeksRemoved:
      open_.erase(event.erasure_id);
      break;
    default:
      break;
  }
}

// Fences that no entry speaks of: their worker died in between, or knew of no journal. Looked for
// once; later ones are found through their requests.
Result<void> Progress::adopt_fences() {
  if (fences_adopted_) return {};
  for (const FenceView::Entry& subject : parts_.view.subjects()) {
    const auto known = fenced_.find(subject.subject);
    if (subject.view.tampered || (known == fenced_.end() ? 0 : known->second) >= subject.view.fence)
      continue;
    for (const store::FenceRow& row : LETHE_TRY(parts_.store->fences(subject.subject))) {
      const std::optional<Fence> fence = parts_.texts.read(row);
      if (!fence || parts_.journal->find(fence->erasure_id, EventKind::kFenced)) continue;
      Order order;
      order.erasure_id = fence->erasure_id;
      order.subject = fence->subject;
      order.actor = actor_;
      crypto::random_bytes(order.commit);  // of a salt that nobody has
      if (const auto entry = parts_.journal->find(fence->erasure_id, EventKind::kRequested))
        order.commit = entry->event.subject_commit;
      const DoneErasure done{fence->erasure_id, fence->version, fence->dek_ids, {}, true};
      LETHE_TRY(parts_.journal->append(fenced(order, done, parts_.hierarchy->epoch())));
    }
  }
  fences_adopted_ = true;
  return {};
}

Result<void> Progress::honour_tombstones() {
  for (const FenceView::Removed& removed : parts_.view.removed()) {
    const std::string id = "tomb-" + to_hex(removed.dek_id.bytes);
    if (parts_.view.subject(removed.subject).held) {
      raise_once(id,
                 "A key was removed by hand although its subject is under a hold. It is blocked, "
                 "not erased: put its row back from a backup, or lift the hold");
      continue;
    }
    if (too_many()) {
      raise_once("rate",
                 "Keys are being removed by hand faster than erasures are let through. They "
                 "are blocked, not erased yet");
      return {};
    }
    Order order;
    order.erasure_id = id;
    order.subject = removed.subject;
    order.actor = "tombstone";
    crypto::random_bytes(order.commit);  // whose it was nobody has said
    order.commit = LETHE_TRY(parts_.journal->append(requested(order)))
    .entry.event.subject_commit;
    LETHE_TRY(erase(order, {removed.dek_id}));
  }
  return {};
}

Result<void> Progress::erase(const Order& order, std::vector<store::DekId> removed) {
  if (parts_.view.subject(order.subject).held)
    return Error(ErrorKind::kBlocked,
                 "This subject is under a hold: nothing of it is erased until the hold is lifted");
  const WantedErasure wanted{order.subject, order.erasure_id, order.policy, order.unseen,
                             std::move(removed)};
  const DoneErasure done = LETHE_TRY(ErasureOrder(parts_, wanted).run());
  if (done.erasure_id == order.erasure_id) {
    LETHE_TRY(parts_.journal->append(fenced(order, done, parts_.hierarchy->epoch())));
    return {};
  }
  LETHE_TRY(parts_.journal->append(done_by(order, actor_, done.erasure_id)));
  return {};
}

Result<void> Progress::advance(Open& open) {
  if (!open.fenced) return begin(open);
  if (!open.effective) return become_effective(open);
  return remove(open);
}

// A request whose time has come, or that somebody did not get any further with.
Result<void> Progress::begin(Open& open) {
  const Order& order = open.order;
  const bool mine_to_take = parts_.lease.now().boot - open.seen.boot >= kGrace;
  State state = parts_.view.state(order.subject);
  const std::uint64_t fence = parts_.view.subject(order.subject).fence;
  const bool noted = state.pending && state.pending->erasure_id == order.erasure_id;
  if (noted && !state.pending->proposer.empty()) return {};
  if (noted && state.pending->execute_at > now_ms()) return {};
  if (!noted && !mine_to_take) return {};
  if (parts_.view.subject(order.subject).held) return {};
  if (!noted && (order.propose || order.execute_at > now_ms())) {
    state.pending = Pending{order.erasure_id,
                            fence,
                            order.execute_at,
                            order.undo,
                            order.propose ? order.actor : std::string(),
                            order.policy};
    return parts_.store->put_state(parts_.texts.write(state));
  }
  const Result<void> erased = erase(order);
  if (erased || erased.error().kind() != ErrorKind::kUnknownKey) return erased;
  // Its last key went another way; without one there is nothing to fence.
  json::Value evidence;
  evidence.set("nothing_to_erase", true);
  LETHE_TRY(
      parts_.journal->append(event_of(EventKind::kCancelled, order, actor_, std::move(evidence))));
  return {};
}

Result<void> Progress::become_effective(Open& open) {
  if (!open.effect)
    open.effect = LETHE_TRY(Effect::begin(*parts_.store, parts_.texts, parts_.hierarchy->lease(),
                                          parts_.lease.now(), silent_));
  auto evidence = LETHE_TRY(open.effect->check(*parts_.store, parts_.texts, parts_.lease.now()));
  if (!evidence) return {};
  LETHE_TRY(parts_.journal->append(
      event_of(EventKind::kEffective, open.order, actor_, std::move(*evidence))));
  open.effective = true;
  for (const auto& [worker, number] : open.effect->silent())
    silent_.insert_or_assign(worker, number);
  return remove(open);
}

Result<void> Progress::remove(Open& open) {
  // Rows that came back, from a backup or by a birth that the fence overtook, are buried again.
  LETHE_TRY(bury_again(open.order.subject));
  if (!LETHE_TRY(parts_.store->gone(open.dek_ids))) return {};
  LETHE_TRY(parts_.journal->append(event_of(EventKind::kEdeksRemoved, open.order, actor_)));
  return {};
}

// It raises no fence: a request that was cancelled would get one from being repeated.
Result<void> Progress::bury_again(const store::SubjectHash& subject) {
  const WantedErasure wanted{subject, {}};
  return ErasureOrder(parts_, wanted).complete_earlier();
}

std::size_t Progress::requests_lately() {
  const std::lock_guard lock(mutex_);
  learn_new();
  const auto since = parts_.clock() - std::chrono::minutes(1);
  return static_cast<std::size_t>(
      std::count_if(requests_.begin(), requests_.end(), [&](auto time) { return time > since; }));
}

bool Progress::too_many() const {
  const auto since = parts_.clock() - std::chrono::minutes(1);
  return requests_.size() > most_per_minute_ && requests_.front() > since;
}

milliseconds Progress::now_ms() const {
  return std::chrono::duration_cast<milliseconds>(parts_.clock().time_since_epoch());
}

void Progress::raise_once(const std::string& about, std::string_view text) {
  if (raised_.insert(about).second && alarm_) alarm_(text);
}

}  // namespace lethe::kms::erasure
