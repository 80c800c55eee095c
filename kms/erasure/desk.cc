// SPDX-License-Identifier: Apache-2.0
#include "kms/erasure/desk.h"

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

#include "kms/crypto/derive.h"
#include "kms/crypto/random.h"
#include "kms/hex.h"

namespace lethe::kms::erasure {
namespace {

using journal::EventKind;
using std::chrono::milliseconds;

constexpr std::size_t kMaxName = 1024;
constexpr std::size_t kMaxActor = 255;
constexpr milliseconds kBetweenLooks{50};

// What no key store can answer for. The worker knows its pipelines, not where their records went.
constexpr std::string_view kNotCovered[] = {
    "fields that no pipeline seals, and records from before they were sealed",
    "values that were opened and written elsewhere, by decrypting pipelines or by readers",
    "input topics and files with clear records, until their retention has passed",
    "copies of the key store (backups, uncompacted segments, write-ahead logs, mirrors), until "
    "their "
    "root key is destroyed (level L2)",
    "processes whose clocks or memory were tampered with from outside"};

Result<void> check_request(const Request& request) {
  LETHE_TRY(check_key_name(request.name));
  if (!request.erasure_id.empty() && !is_erasure_id(request.erasure_id))
    return bad_config("An erasure id has 1 to 64 letters, digits, dashes or underscores");
  if (request.actor.empty() || request.actor.size() > kMaxActor)
    return bad_config("Who asks for an erasure must be said in 1 to 255 bytes");
  if (request.undo_window < milliseconds::zero())
    return bad_config("An undo window cannot be negative");
  return {};
}

milliseconds to_ms(Time time) {
  return std::chrono::duration_cast<milliseconds>(time.time_since_epoch());
}

std::size_t rank(Stage stage) {
  return stage == Stage::kCancelled ? 0 : static_cast<std::size_t>(stage);
}

}  // namespace

Result<void> check_key_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxName || name.find('\0') != std::string_view::npos)
    return bad_config("A key name has 1 to 1024 bytes and no zero byte");
  if (name.starts_with(kReservedNamePrefix))
    return bad_config("Key names that begin with '" + std::string(kReservedNamePrefix) +
                      "' belong to the worker itself");
  return {};
}

Desk::Desk(GatewayParts& parts, Options options)
    : parts_(parts),
      options_(std::move(options)),
      progress_(parts, options_.actor, options_.most_per_minute, options_.alarm) {}

store::SubjectHash Desk::hash_of(std::string_view name) const {
  const Hierarchy& hierarchy = *parts_.hierarchy;
  return {crypto::subject_hash(hierarchy.tenant_secret(), hierarchy.tenant(), name)};
}

milliseconds Desk::now_ms() const {
  return to_ms(parts_.clock());
}

Result<Status> Desk::known(std::string_view erasure_id) {
  const std::vector<journal::Entry> entries = parts_.journal->of_erasure(erasure_id);
  if (entries.empty())
    return Error(ErrorKind::kUnknownKey,
                 "The " + std::string(parts_.store->name()) + " has no erasure of that id");
  return to_status(entries);
}

Result<Status> Desk::status(std::string_view erasure_id) {
  LETHE_TRY(parts_.journal->catch_up());
  return known(erasure_id);
}

Result<Status> Desk::request(const Request& request) {
  LETHE_TRY(check_request(request));
  const store::SubjectHash subject = hash_of(request.name);
  LETHE_TRY(parts_.follower.refresh());
  LETHE_TRY(parts_.journal->catch_up());
  if (auto earlier = LETHE_TRY(find_earlier(request, subject))) return *std::move(earlier);
  LETHE_TRY(check_begin(request, subject));

  std::array<std::uint8_t, 32> salt;
  crypto::random_bytes(salt);
  Order order;
  order.erasure_id = request.erasure_id.empty() ? draw_id("er-") : request.erasure_id;
  order.subject = subject;
  order.commit = crypto::subject_commit(salt, parts_.hierarchy->tenant(), request.name);
  order.actor = request.actor;
  order.policy = request.policy;
  order.unseen = request.unseen;
  order.propose = request.propose;
  order.undo = request.undo_window > milliseconds::zero();
  if (request.execute_at) order.execute_at = to_ms(*request.execute_at);
  if (order.undo) order.execute_at = std::max(order.execute_at, now_ms() + request.undo_window);
  const journal::Journal::Appended noted =
      LETHE_TRY(parts_.journal->append(erasure::requested(order)));
  // Somebody else used this id at the same time: theirs is the erasure, and the salt is theirs.
  if (!noted.ours) return this->request(request);
  Status status = LETHE_TRY(begin(order));
  // It fits the commitment of this request, not that of another erasure that had done it all.
  if (!status.already_known) status.salt = to_hex(salt);
  return status;
}

Result<std::optional<Status>> Desk::find_earlier(const Request& request,
                                                 const store::SubjectHash& subject) {
  std::string id = request.erasure_id;
  if (!id.empty() && !parts_.journal->of_erasure(id).empty()) {
    const Status earlier = LETHE_TRY(known(id));
    if (earlier.subject != to_hex(subject.bytes))
      return bad_config("This erasure id was used for another subject; choose another one");
  } else {
    const State state = parts_.view.state(subject);
    const SubjectView view = parts_.view.subject(subject);
    const bool waits = state.pending && state.pending->fence == view.fence;
    if (waits) {
      id = state.pending->erasure_id;
    } else if (view.fence > 0 && !LETHE_TRY(has_live_key(subject, view.fence))) {
      const std::vector<store::FenceRow> fences = LETHE_TRY(parts_.store->fences(subject));
      if (fences.empty()) return std::optional<Status>();
      if (const auto fence = parts_.texts.read(fences.back())) id = fence->erasure_id;
    } else {
      return std::optional<Status>();
    }
  }
  if (parts_.view.subject(subject).fence > 0) LETHE_TRY(progress_.bury_again(subject));
  LETHE_TRY(progress_.step());
  Status earlier = LETHE_TRY(known(id));
  earlier.already_known = true;
  return std::optional(std::move(earlier));
}

Result<bool> Desk::has_live_key(const store::SubjectHash& subject, std::uint64_t fence) {
  const std::vector<store::EdekRow> rows = LETHE_TRY(parts_.store->look_up(std::span(&subject, 1)));
  return std::any_of(rows.begin(), rows.end(),
                     [&](const store::EdekRow& row) { return row.fence_version >= fence; });
}

Result<void> Desk::check_begin(const Request& request, const store::SubjectHash& subject) {
  const SubjectView view = parts_.view.subject(subject);
  if (view.tampered)
    return bad_config("A fence or state row of this subject fails its check; put a backup of the " +
                      std::string(parts_.store->name()) + " in its place before erasing");
  if (view.held)
    return Error(ErrorKind::kBlocked,
                 "This subject is under a hold: nothing of it is erased until the hold is lifted");
  if (!request.unseen && LETHE_TRY(parts_.store->look_up(std::span(&subject, 1))).empty())
    return Error(ErrorKind::kUnknownKey,
                 "Nothing to erase: the " + std::string(parts_.store->name()) +
                     " has no key of that name. Was it spelled as the pipeline's `subject` renders "
                     "it? `--unseen` fences a name that is not known yet");
  if (!request.confirmed && progress_.requests_lately() >= options_.most_per_minute)
    return transient("More than " + std::to_string(options_.most_per_minute) +
                     " erasures were asked for within a minute; the next ones wait, or are "
                     "confirmed with --confirm COUNT");
  return {};
}

Result<Status> Desk::begin(const Order& order) {
  if (order.propose || order.execute_at > now_ms()) {
    LETHE_TRY(note_pending(order));
  } else {
    LETHE_TRY(progress_.erase(order));
  }
  // An erasure that ended between our look and our fence has left nothing to do: it is the answer.
  const auto cancelled = parts_.journal->find(order.erasure_id, EventKind::kCancelled);
  const auto instead = cancelled ? done_instead(*cancelled) : std::nullopt;
  Status status = LETHE_TRY(known(instead.value_or(order.erasure_id)));
  status.already_known = instead.has_value();
  return status;
}

Result<void> Desk::note_pending(const Order& order) {
  State state = parts_.view.state(order.subject);
  state.pending =
      Pending{order.erasure_id, parts_.view.subject(order.subject).fence,    order.execute_at,
              order.undo,       order.propose ? order.actor : std::string(), order.policy};
  LETHE_TRY(parts_.store->put_state(parts_.texts.write(state)));
  LETHE_TRY(parts_.follower.refresh());
  if (order.undo && !order.propose)
    LETHE_TRY(parts_.journal->append(event_of(EventKind::kBlocked, order, order.actor)));
  return {};
}

Result<Desk::Waiting> Desk::waiting(std::string_view erasure_id) {
  LETHE_TRY(parts_.follower.refresh());
  LETHE_TRY(parts_.journal->catch_up());
  const Status status = LETHE_TRY(known(erasure_id));
  const auto entry = parts_.journal->find(erasure_id, EventKind::kRequested);
  const auto order = entry ? to_order(*entry) : std::nullopt;
  if (!order || (status.stage != Stage::kProposed && status.stage != Stage::kPending))
    return bad_config("This erasure does not wait any more: it was carried out or cancelled");
  State state = parts_.view.state(order->subject);
  if (!state.pending || state.pending->erasure_id != erasure_id)
    return transient("This erasure is being noted or carried out just now; look again");
  return Waiting{*order, std::move(state)};
}

Result<Status> Desk::cancel(std::string_view erasure_id, std::string_view actor) {
  Waiting waiting = LETHE_TRY(this->waiting(erasure_id));
  const bool approved = waiting.state.pending->proposer.empty();
  if (approved && now_ms() + parts_.hierarchy->lease() >= waiting.state.pending->execute_at)
    return bad_config(
        "Too late: an erasure can be cancelled until a lease before its time, since other workers "
        "may not hear of it any sooner");
  waiting.state.pending.reset();
  LETHE_TRY(parts_.store->put_state(parts_.texts.write(waiting.state)));
  LETHE_TRY(parts_.follower.refresh());
  LETHE_TRY(
      parts_.journal->append(event_of(EventKind::kCancelled, waiting.order, std::string(actor))));
  return known(erasure_id);
}

Result<Status> Desk::approve(std::string_view erasure_id, std::string_view actor) {
  Waiting waiting = LETHE_TRY(this->waiting(erasure_id));
  if (waiting.state.pending->proposer.empty())
    return bad_config("This erasure needs no approval: it waits for its time");
  if (waiting.state.pending->proposer == actor)
    return bad_config("Who proposed an erasure cannot approve it: that takes somebody else");
  Order order = waiting.order;
  order.approver = actor;
  order.propose = false;
  if (order.execute_at > now_ms()) {
    LETHE_TRY(note_pending(order));
    return known(erasure_id);
  }
  LETHE_TRY(progress_.erase(order));
  return known(erasure_id);
}

Result<void> Desk::hold(std::string_view name, bool held, std::string_view actor) {
  LETHE_TRY(check_key_name(name));
  LETHE_TRY(parts_.follower.refresh());
  Order order;
  order.erasure_id = draw_id(held ? "hold-" : "release-");
  order.subject = hash_of(name);
  crypto::random_bytes(order.commit);  // of a salt that nobody has: a hold proves nothing
  State state = parts_.view.state(order.subject);
  if (state.held == held) return {};
  state.held = held;
  LETHE_TRY(parts_.store->put_state(parts_.texts.write(state)));
  LETHE_TRY(parts_.follower.refresh());
  json::Value evidence;
  evidence.set("held", held).set("subject_hash", to_hex(order.subject.bytes));
  LETHE_TRY(parts_.journal->append(
      event_of(EventKind::kHeld, order, std::string(actor), std::move(evidence))));
  return {};
}

Result<void> Desk::reinstate(std::string_view name, std::string_view actor) {
  LETHE_TRY(check_key_name(name));
  LETHE_TRY(parts_.follower.refresh());
  LETHE_TRY(parts_.journal->catch_up());
  const store::SubjectHash subject = hash_of(name);
  const std::vector<store::FenceRow> fences = LETHE_TRY(parts_.store->fences(subject));
  const auto fence = fences.empty() ? std::nullopt : parts_.texts.read(fences.back());
  if (!fence) return bad_config("This subject was not erased, so there is nothing to reinstate");
  State state = parts_.view.state(subject);
  state.reinstated = fence->version;
  LETHE_TRY(parts_.store->put_state(parts_.texts.write(state)));
  LETHE_TRY(parts_.follower.refresh());
  Order order;
  order.erasure_id = fence->erasure_id;
  order.subject = subject;
  crypto::random_bytes(order.commit);
  if (const auto entry = parts_.journal->find(fence->erasure_id, EventKind::kFenced))
    order.commit = entry->event.subject_commit;
  json::Value evidence;
  evidence.set("subject_hash", to_hex(subject.bytes));
  journal::Event event =
      event_of(EventKind::kReinstated, order, std::string(actor), std::move(evidence));
  event.fence_version = fence->version;
  LETHE_TRY(parts_.journal->append(event));
  return {};
}

Result<Status> Desk::wait(std::string_view erasure_id, Stage stage, milliseconds at_most) {
  const auto deadline = parts_.lease.now().boot + at_most;
  for (;;) {
    LETHE_TRY(progress_.step());
    Status status = LETHE_TRY(known(erasure_id));
    if (rank(status.stage) >= rank(stage) || status.stage == Stage::kCancelled) return status;
    if (parts_.lease.now().boot >= deadline)
      return transient(
          "The erasure has not come that far yet; it goes on by itself, ask for its status later");
    options_.pause ? options_.pause(kBetweenLooks) : std::this_thread::sleep_for(kBetweenLooks);
  }
}

Result<std::string> Desk::certificate(std::string_view erasure_id) {
  LETHE_TRY(progress_.step());
  const Status status = LETHE_TRY(known(erasure_id));
  journal::Claim claim;
  claim.erasure_id = erasure_id;
  claim.level =
      status.stage == Stage::kRemoved ? journal::Level::kRemoved : journal::Level::kEffective;
  claim.stores = {std::string(parts_.store->name()) + ", id " + parts_.hierarchy->store_id()};
  claim.not_covered.assign(std::begin(kNotCovered), std::end(kNotCovered));
  for (std::string& caveat : parts_.store->caveats())
    claim.not_covered.push_back(std::move(caveat));
  return parts_.journal->certificate(claim);
}

Result<void> Desk::tick() {
  return progress_.step();
}

}  // namespace lethe::kms::erasure
