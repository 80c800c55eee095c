// SPDX-License-Identifier: Apache-2.0
#include "kms/row_texts.h"

#include <algorithm>
#include <array>
#include <utility>

#include "json/canonical.h"
#include "kms/crypto/digest.h"
#include "kms/hex.h"

namespace lethe::kms {
namespace {

using Mac = std::array<std::uint8_t, 16>;
constexpr std::string_view kMacLabel("EV1 row\0", 8);
constexpr std::string_view kHash = "h:";
constexpr std::size_t kMaxErasureId = 64;

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Mac mac_of(std::span<const std::uint8_t, 32> secret, std::string_view key, std::string_view value) {
  const crypto::Digest digest =
      crypto::hmac_sha256(secret, {bytes_of(kMacLabel), bytes_of(key), bytes_of(value)});
  Mac mac;
  std::copy_n(digest.begin(), mac.size(), mac.begin());
  return mac;
}

// The rows are made of texts and numbers that always have a canonical form.
std::string canonical_text(const json::Value& value) {
  return json::canonical(value).value();
}

std::string subject_text(const store::SubjectHash& subject) {
  return std::string(kHash) + to_hex(subject.bytes);
}

// The members of a row's texts, taken one by one; ok() if all were there and no other was.
class Members {
 public:
  explicit Members(const json::Value& object) : object_(object) {}

  std::string_view text(std::string_view name) {
    const json::Value* value = take(name);
    const std::string* found = value == nullptr ? nullptr : value->string();
    return found == nullptr ? fail() : std::string_view(*found);
  }
  std::uint64_t number(std::string_view name) {
    const json::Value* value = take(name);
    const auto found = value == nullptr ? std::nullopt : value->unsigned_integer();
    if (!found) fail();
    return found.value_or(0);
  }
  bool boolean(std::string_view name) {
    const json::Value* value = take(name);
    const auto found = value == nullptr ? std::nullopt : value->boolean();
    if (!found) fail();
    return found.value_or(false);
  }
  store::SubjectHash subject(std::string_view name) {
    store::SubjectHash hash;
    const std::string_view value = text(name);
    if (!value.starts_with(kHash) || !from_hex(value.substr(kHash.size()), hash.bytes)) fail();
    return hash;
  }
  std::vector<store::DekId> ids(std::string_view name) {
    std::vector<store::DekId> found;
    const json::Value* value = take(name);
    const json::Array* array = value == nullptr ? nullptr : value->array();
    if (array == nullptr) fail();
    for (const json::Value& item : array == nullptr ? json::Array{} : *array) {
      const std::string* hex = item.string();
      store::DekId id;
      if (hex == nullptr || !from_hex(*hex, id.bytes)) fail();
      found.push_back(id);
    }
    return found;
  }
  std::vector<std::uint64_t> numbers(std::string_view name) {
    std::vector<std::uint64_t> found;
    const json::Array* array = member(name).array();
    if (array == nullptr) fail();
    for (const json::Value& item : array == nullptr ? json::Array{} : *array) {
      const auto number = item.unsigned_integer();
      if (!number) fail();
      found.push_back(number.value_or(0));
    }
    return found;
  }
  // Null if it is missing.
  const json::Value& member(std::string_view name) {
    static const json::Value kMissing;
    const json::Value* value = take(name);
    return value == nullptr ? kMissing : *value;
  }
  bool has(std::string_view name) const { return object_.find(name) != nullptr; }
  bool check(bool holds) { return ok_ = ok_ && holds; }
  bool ok() const {
    return ok_ && object_.object() != nullptr && object_.object()->size() == taken_;
  }

 private:
  const json::Value* take(std::string_view name) {
    ++taken_;
    return object_.find(name);
  }
  std::string_view fail() {
    ok_ = false;
    return {};
  }

  const json::Value& object_;
  std::size_t taken_ = 0;
  bool ok_ = true;
};

std::string fence_key(const store::SubjectHash& subject, std::uint64_t version) {
  json::Value key;
  key.set("fence", subject_text(subject)).set("v", version);
  return canonical_text(key);
}

json::Value to_json(const Pending& pending) {
  json::Value value;
  value.set("erasure_id", pending.erasure_id).set("execute_at", pending.execute_at.count());
  value.set("fence", pending.fence).set("undo", pending.undo);
  if (!pending.proposer.empty()) value.set("proposer", pending.proposer);
  if (pending.policy) value.set("policy", to_string(*pending.policy));
  return value;
}

std::optional<Pending> read_pending(const json::Value& value) {
  Members members(value);
  Pending pending;
  pending.erasure_id = members.text("erasure_id");
  pending.execute_at = std::chrono::milliseconds(members.number("execute_at"));
  pending.fence = members.number("fence");
  pending.undo = members.boolean("undo");
  if (members.has("proposer")) pending.proposer = members.text("proposer");
  if (members.has("policy")) {
    pending.policy = to_erased_policy(members.text("policy"));
    members.check(pending.policy.has_value());
  }
  members.check(is_erasure_id(pending.erasure_id));
  return members.ok() ? std::optional(std::move(pending)) : std::nullopt;
}

// The key's object, if it is canonical text.
std::optional<json::Value> read_key(std::string_view key) {
  auto parsed = json::parse(key);
  if (!parsed) return std::nullopt;
  const auto canonical_form = json::canonical(*parsed);
  if (!canonical_form || *canonical_form != key) return std::nullopt;
  return std::move(parsed).value();
}

}  // namespace

bool is_erasure_id(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kMaxErasureId &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '-';
         });
}

std::string_view to_string(ErasedPolicy policy) noexcept {
  switch (policy) {
    case ErasedPolicy::kBlock:
      return "block";
    case ErasedPolicy::kRecreate:
      return "recreate";
    case ErasedPolicy::kDrop:
      return "drop";
  }
  return "block";
}

std::optional<ErasedPolicy> to_erased_policy(std::string_view text) noexcept {
  for (const auto policy : {ErasedPolicy::kBlock, ErasedPolicy::kRecreate, ErasedPolicy::kDrop})
    if (text == to_string(policy)) return policy;
  return std::nullopt;
}

std::string RowTexts::write_value(std::string_view key, json::Value value) const {
  const Mac mac = mac_of(secret_, key, canonical_text(value));
  value.set("mac", to_hex(mac));
  return canonical_text(value);
}

std::optional<json::Value> RowTexts::read_value(std::string_view key,
                                                std::string_view value) const {
  const auto parsed = json::parse(value);
  if (!parsed || parsed->object() == nullptr) return std::nullopt;
  const auto whole = json::canonical(*parsed);
  if (!whole || *whole != value) return std::nullopt;

  json::Value rest = json::Object{};
  for (const json::Member& member : *parsed->object())
    if (member.name != "mac") rest.set(member.name, member.value);
  const json::Value* claimed = parsed->find("mac");
  Mac mac;
  if (claimed == nullptr || claimed->string() == nullptr || !from_hex(*claimed->string(), mac))
    return std::nullopt;
  if (!crypto::equal(mac, mac_of(secret_, key, canonical_text(rest)))) return std::nullopt;
  return rest;
}

store::FenceRow RowTexts::write(const Fence& fence) const {
  json::Value ids = json::Array{};
  for (const store::DekId& id : fence.dek_ids) ids.append(to_hex(id.bytes));
  json::Value value;
  value.set("dek_ids", std::move(ids)).set("erasure_id", fence.erasure_id);
  if (fence.policy) value.set("policy", to_string(*fence.policy));
  std::string key = fence_key(fence.subject, fence.version);
  std::string text = write_value(key, std::move(value));
  return {fence.subject, fence.version, std::move(key), std::move(text)};
}

store::ErasedRow RowTexts::write(const Erased& erased) const {
  json::Value key_object;
  key_object.set("erased", to_uuid(erased.dek_id));
  json::Value value;
  value.set("fence", erased.fence_version).set("subject", subject_text(erased.subject));
  value.set("why", erased.lost ? "lost" : "erased");
  std::string key = canonical_text(key_object);
  std::string text = write_value(key, std::move(value));
  return {erased.dek_id, std::move(key), std::move(text)};
}

store::StateRow RowTexts::write(const State& state) const {
  json::Value key_object;
  key_object.set("state", subject_text(state.subject));
  json::Value value;
  value.set("restricted", state.restricted);
  if (state.held) value.set("held", true);
  if (state.reinstated > 0) value.set("reinstated", state.reinstated);
  if (state.pending) value.set("pending", to_json(*state.pending));
  std::string key = canonical_text(key_object);
  std::string text = write_value(key, std::move(value));
  return {state.subject, std::move(key), std::move(text)};
}

store::BeaconRow RowTexts::write(const Beacon& beacon) const {
  json::Value key_object;
  key_object.set("beacon", beacon.worker);
  json::Value epochs = json::Array{};
  for (const std::uint64_t epoch : beacon.epochs) epochs.append(epoch);
  json::Value value;
  value.set("epochs", std::move(epochs)).set("lease_ms", beacon.lease.count());
  value.set("number", beacon.number);
  std::string key = canonical_text(key_object);
  std::string text = write_value(key, std::move(value));
  return {beacon.worker, std::move(key), std::move(text)};
}

std::optional<Fence> RowTexts::read(const store::FenceRow& row) const {
  const auto key = read_key(row.key);
  const auto value = read_value(row.key, row.value);
  if (!key || !value) return std::nullopt;
  Members of_key(*key);
  Members of_value(*value);
  Fence fence;
  fence.subject = of_key.subject("fence");
  fence.version = of_key.number("v");
  fence.dek_ids = of_value.ids("dek_ids");
  fence.erasure_id = of_value.text("erasure_id");
  if (of_value.has("policy")) {
    fence.policy = to_erased_policy(of_value.text("policy"));
    of_value.check(fence.policy.has_value());
  }
  of_value.check(fence.version >= 1 && is_erasure_id(fence.erasure_id));
  if (!of_key.ok() || !of_value.ok()) return std::nullopt;
  return fence;
}

std::optional<Erased> RowTexts::read(const store::ErasedRow& row) const {
  const auto key = read_key(row.key);
  const auto value = read_value(row.key, row.value);
  if (!key || !value) return std::nullopt;
  Members of_key(*key);
  Members of_value(*value);
  Erased erased;
  of_key.check(from_uuid(of_key.text("erased"), erased.dek_id));
  erased.subject = of_value.subject("subject");
  erased.fence_version = of_value.number("fence");
  const std::string_view why = of_value.text("why");
  of_value.check(why == "erased" || why == "lost");
  erased.lost = why == "lost";
  if (!of_key.ok() || !of_value.ok()) return std::nullopt;
  return erased;
}

std::optional<State> RowTexts::read(const store::StateRow& row) const {
  const auto key = read_key(row.key);
  const auto value = read_value(row.key, row.value);
  if (!key || !value) return std::nullopt;
  Members of_key(*key);
  Members of_value(*value);
  State state;
  state.subject = of_key.subject("state");
  state.restricted = of_value.boolean("restricted");
  if (of_value.has("held")) of_value.check(state.held = of_value.boolean("held"));
  if (of_value.has("reinstated"))
    of_value.check((state.reinstated = of_value.number("reinstated")) > 0);
  if (of_value.has("pending")) {
    state.pending = read_pending(of_value.member("pending"));
    of_value.check(state.pending.has_value());
  }
  if (!of_key.ok() || !of_value.ok()) return std::nullopt;
  return state;
}

std::optional<Beacon> RowTexts::read(const store::BeaconRow& row) const {
  const auto key = read_key(row.key);
  const auto value = read_value(row.key, row.value);
  if (!key || !value) return std::nullopt;
  Members of_key(*key);
  Members of_value(*value);
  Beacon beacon;
  beacon.worker = of_key.text("beacon");
  beacon.number = of_value.number("number");
  beacon.lease = std::chrono::milliseconds(of_value.number("lease_ms"));
  beacon.epochs = of_value.numbers("epochs");
  if (!of_key.ok() || !of_value.ok()) return std::nullopt;
  return beacon;
}

}  // namespace lethe::kms
