// SPDX-License-Identifier: Apache-2.0
#include "kms/hierarchy.h"

#include <algorithm>
#include <utility>

#include "json/canonical.h"
#include "kms/crypto/random.h"
#include "kms/hex.h"
#include "kms/journal/signer.h"
#include "kms/row_texts.h"

namespace lethe::kms {
namespace {

using store::ControlRow;

constexpr std::int64_t kFormat = 1;
constexpr std::uint64_t kFirstEpoch = 1;
constexpr std::uint64_t kFirstGeneration = 1;
constexpr std::int64_t kLeaseMs = 30'000;
constexpr std::size_t kMaxTenant = 255;
constexpr std::uint32_t kMaxKeks = 64;  // what a SecretPage holds easily

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string_view spelled(KeyNames names) {
  return names == KeyNames::kHashed ? "hashed" : "clear";
}

std::string random_hex() {
  std::array<std::uint8_t, 16> bytes;
  crypto::random_bytes(bytes);
  return to_hex(bytes);
}

ControlRow sealed_row(const crypto::Key& seal_key, std::string_view tenant, std::uint64_t epoch,
                      std::string_view kind, std::span<const std::uint8_t> plaintext) {
  const std::string sealed = control::seal(seal_key, control::aad(tenant, epoch, kind), plaintext);
  json::Value value;
  value.set("sealed", to_hex(bytes_of(sealed)));
  return {control::epoch_key(kind, epoch), json::canonical(value).value()};
}

ControlRow signed_row(const RowTexts& texts, std::string key, json::Value value) {
  std::string text = texts.write_value(key, std::move(value));
  return {std::move(key), std::move(text)};
}

json::Value store_facts(const Hierarchy::Options& options) {
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(options.now.time_since_epoch());
  json::Value facts;
  facts.set("created_at", now.count()).set("format", kFormat);
  facts.set("key_names", spelled(options.key_names)).set("lease_ms", kLeaseMs);
  facts.set("store", random_hex()).set("tenant", options.tenant);
  return facts;
}

// The control rows of a new store: epoch 1 with one KEK (flat mode), a tenant secret
// and a signing key.
Result<std::vector<ControlRow>> new_rows(root::RootKey& root, const Hierarchy::Options& options) {
  crypto::Key seal_key, secret, kek, seed;
  for (crypto::Key* key : {&seal_key, &secret, &kek, &seed}) crypto::random_bytes(key->writable());
  crypto::Secret<4 + control::kKekEntrySize> table;
  table.writable()[3] = 1;
  control::put_kek(table.writable().last<control::kKekEntrySize>(), {0, kFirstGeneration},
                   kek.bytes());
  const std::string wrapped =
      LETHE_TRY(root.wrap(seal_key, control::aad(options.tenant, kFirstEpoch, control::kSealKey)));
  json::Value epoch;
  epoch.set("root", root.id()).set("state", "active").set("wrapped", to_hex(bytes_of(wrapped)));

  const RowTexts texts(secret.bytes());
  const auto sealed = [&](std::string_view kind, std::span<const std::uint8_t> plaintext) {
    return sealed_row(seal_key, options.tenant, kFirstEpoch, kind, plaintext);
  };
  return std::vector<ControlRow>{
      signed_row(texts, control::store_key(), store_facts(options)),
      signed_row(texts, control::epoch_key(control::kEpoch, kFirstEpoch), std::move(epoch)),
      sealed(control::kKekTable, table.bytes()), sealed(control::kTenantSecret, secret.bytes()),
      sealed(control::kSigningKey, seed.bytes())};
}

Error changed(const store::KeyStore& store, std::string_view what) {
  return bad_config(std::string(what) + " of " + std::string(store.name()) +
                    " was changed or is missing; put a backup of the store in its place");
}

std::string text_of(const json::Value& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value == nullptr || value->string() == nullptr ? std::string() : *value->string();
}

std::int64_t number_of(const json::Value& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value == nullptr ? -1 : value->integer().value_or(-1);
}

std::string unhex(std::string_view hex) {
  std::string bytes(hex.size() / 2, '\0');
  const std::span<std::uint8_t> out(reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size());
  return from_hex(hex, out) ? bytes : std::string();
}

}  // namespace

// Opens control rows, step by step; each step needs the one before it.
class Hierarchy::Opening {
 public:
  Opening(store::KeyStore& store, std::vector<ControlRow> rows, Hierarchy& into)
      : store_(store), rows_(std::move(rows)), into_(into) {}

  Result<void> run(root::RootKey& root, const std::string& tenant) {
    LETHE_TRY(read_store_row(tenant));
    const crypto::Key seal_key = LETHE_TRY(open_epoch(root));
    LETHE_TRY(open_secret(seal_key));
    LETHE_TRY(check_signed_rows());
    LETHE_TRY(open_keks(seal_key));
    return open_seed(seal_key);
  }

 private:
  const ControlRow* find(std::string_view key) const {
    const auto at = std::find_if(rows_.begin(), rows_.end(),
                                 [&](const ControlRow& row) { return row.key == key; });
    return at == rows_.end() ? nullptr : &*at;
  }

  // The row's object; null if there is none.
  json::Value value_of(const ControlRow* row) const {
    if (row == nullptr) return {};
    auto parsed = json::parse(row->value);
    return parsed ? std::move(parsed).value() : json::Value();
  }

  Result<void> read_store_row(const std::string& tenant) {
    store_row_ = find(control::store_key());
    const json::Value facts = value_of(store_row_);
    const std::int64_t format = number_of(facts, "format");
    if (format > kFormat)
      return bad_config("The " + std::string(store_.name()) +
                        " was written by a newer version of Lethe; upgrade this one");
    into_.tenant_ = text_of(facts, "tenant");
    into_.store_id_ = text_of(facts, "store");
    into_.lease_ = std::chrono::milliseconds(number_of(facts, "lease_ms"));
    const std::string names = text_of(facts, "key_names");
    into_.key_names_ = names == "clear" ? KeyNames::kClear : KeyNames::kHashed;
    if (format != kFormat || into_.tenant_.empty()) return changed(store_, "The store row");
    if (into_.tenant_ != tenant)
      return bad_config("The " + std::string(store_.name()) + " belongs to the tenant '" +
                        into_.tenant_ + "', not to '" + tenant +
                        "'; correct `tenant`, or name another store");
    return {};
  }

  Result<crypto::Key> open_epoch(root::RootKey& root) {
    for (const ControlRow& row : rows_) {
      const auto key = json::parse(row.key);
      if (!key || text_of(*key, "control") != control::kEpoch) continue;
      if (text_of(value_of(&row), "state") != "active") continue;
      epoch_row_ = &row;
      into_.epoch_ = static_cast<std::uint64_t>(number_of(*key, "epoch"));
    }
    const std::string wrapped = unhex(text_of(value_of(epoch_row_), "wrapped"));
    if (wrapped.empty()) return changed(store_, "The epoch row");
    auto key = root.unwrap(wrapped, control::aad(into_.tenant_, into_.epoch_, control::kSealKey));
    if (!key)
      return std::move(key).error().with_context("Could not open " + std::string(store_.name()));
    return std::move(key).value();
  }

  // The plaintext of a sealed row in the page of secrets; empty: changed or missing.
  std::span<std::uint8_t> open_sealed(const crypto::Key& seal_key, std::string_view kind,
                                      std::size_t max_size) {
    const auto* row = find(control::epoch_key(kind, into_.epoch_));
    const std::string sealed = unhex(text_of(value_of(row), "sealed"));
    const std::size_t size = control::plaintext_size(sealed);
    if (size == 0 || size > max_size) return {};
    const std::span<std::uint8_t> plaintext = into_.page_.take(size);
    const std::string additional = control::aad(into_.tenant_, into_.epoch_, kind);
    return control::open(seal_key, additional, sealed, plaintext) ? plaintext
                                                                  : std::span<std::uint8_t>();
  }

  Result<void> open_secret(const crypto::Key& seal_key) {
    const auto secret = open_sealed(seal_key, control::kTenantSecret, 32);
    if (secret.size() != 32) return changed(store_, "The tenant secret");
    into_.tenant_secret_ = secret.first<32>();
    return {};
  }

  Result<void> check_signed_rows() {
    const RowTexts texts(into_.tenant_secret_);
    for (const ControlRow* row : {store_row_, epoch_row_})
      if (!texts.read_value(row->key, row->value))
        return changed(store_, row == store_row_ ? "The store row" : "The epoch row");
    return {};
  }

  Result<void> open_keks(const crypto::Key& seal_key) {
    constexpr std::size_t kMaxTable = 4 + kMaxKeks * control::kKekEntrySize;
    const auto table = open_sealed(seal_key, control::kKekTable, kMaxTable);
    const auto count = control::kek_count(table);
    if (!count || *count == 0) return changed(store_, "The KEK table");
    for (std::uint32_t i = 0; i < *count; ++i)
      into_.keks_.push_back({control::kek_number(table, i), control::kek_bytes(table, i)});
    into_.generation_ = into_.keks_.front().number.generation;
    return {};
  }

  // A store from before there were journals has no signing key yet. A journal without the key that
  // signed for it was tampered with.
  Result<void> open_seed(const crypto::Key& seal_key) {
    if (find(control::epoch_key(control::kSigningKey, into_.epoch_)) == nullptr) {
      const auto entries = LETHE_TRY(store_.journal(0, 1));
      if (!entries.empty()) return changed(store_, "The signing key");
      LETHE_TRY(add_seed(seal_key));
    }
    const auto seed = open_sealed(seal_key, control::kSigningKey, 32);
    if (seed.size() != 32) return changed(store_, "The signing key");
    into_.signing_seed_ = seed.first<32>();
    return {};
  }

  // Of several workers that add one, the store keeps the first.
  Result<void> add_seed(const crypto::Key& seal_key) {
    crypto::Key seed;
    crypto::random_bytes(seed.writable());
    const ControlRow row =
        sealed_row(seal_key, into_.tenant_, into_.epoch_, control::kSigningKey, seed.bytes());
    rows_ = LETHE_TRY(store_.add_control(row));
    return {};
  }

  store::KeyStore& store_;
  std::vector<ControlRow> rows_;
  Hierarchy& into_;
  const ControlRow* store_row_ = nullptr;
  const ControlRow* epoch_row_ = nullptr;
};

Hierarchy::Hierarchy()
    : tenant_secret_(page_.take(32).first<32>()), signing_seed_(page_.take(32).first<32>()) {}

Result<std::unique_ptr<Hierarchy>> Hierarchy::make(store::KeyStore& store, root::RootKey& root,
                                                   const Options& options) {
  if (options.tenant.empty() || options.tenant.size() > kMaxTenant ||
      options.tenant.find('\0') != std::string::npos)
    return bad_config("A tenant's name has 1 to 255 bytes and no zero byte; correct `tenant`");
  std::vector<ControlRow> rows = LETHE_TRY(store.control());
  if (rows.empty() && !LETHE_TRY(store.journal(0, 1)).empty()) {
    rows = LETHE_TRY(store.control());  // somebody else may have made them just now
    if (rows.empty())
      return bad_config("The " + std::string(store.name()) +
                        " holds a journal, but no control rows: a restore was interrupted; repeat "
                        "`lethe keys restore`");
  }
  if (rows.empty() && !options.create)
    return bad_config("The " + std::string(store.name()) +
                      " has no keys yet; initialise it with `lethe keys init`");
  if (rows.empty()) {
    const std::vector<ControlRow> proposal = LETHE_TRY(new_rows(root, options));
    rows = LETHE_TRY(store.adopt_control(proposal));
  }
  std::unique_ptr<Hierarchy> hierarchy(new Hierarchy);
  LETHE_TRY(Opening(store, std::move(rows), *hierarchy).run(root, options.tenant));
  return hierarchy;
}

std::string Hierarchy::signer_name() const {
  return journal::key_name(tenant_, store_id_);
}

std::optional<std::span<const std::uint8_t, 32>> Hierarchy::kek(
    std::uint32_t bucket, std::uint64_t generation) const noexcept {
  for (const Kek& kek : keks_)
    if (kek.number.bucket == bucket && kek.number.generation == generation) return kek.bytes;
  return std::nullopt;
}

}  // namespace lethe::kms
