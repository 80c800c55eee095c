// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/plugins/plugin_bench.h"

#include <algorithm>
#include <utility>

#include "json/json.h"
#include "kms/root/local_file_root.h"
#include "kms/store/memory_key_store.h"
#include "plugins/fields/path.h"
#include "plugins/fields/sealed_value.h"
#include "plugins/sdk/testing/json_parts.h"
#include "worker/loader/loader.h"

namespace lethe::plugins {
namespace {

using worker::loader::PluginCatalog;

const PluginCatalog& catalog() {
  static const PluginCatalog loaded =
      worker::loader::load_plugins({LETHE_BINARY_DIR "/lib/lethe/plugins"});
  return loaded;
}

class AwayWhenTold final : public kms::KeySession {
 public:
  AwayWhenTold(std::unique_ptr<kms::KeySession> session, const bool& away)
      : session_(std::move(session)), away_(away) {}

  Result<void> for_sealing(Strided<lethe_sealing_key> keys, kms::ErasedPolicy policy) override {
    if (away_) return transient("the store is away");
    return session_->for_sealing(keys, policy);
  }
  Result<void> for_opening(Strided<lethe_opening_key> keys) override {
    if (away_) return transient("the store is away");
    return session_->for_opening(keys);
  }
  void seal(Strided<lethe_seal_item> items) override { session_->seal(items); }
  void open(Strided<lethe_open_item> items) override { session_->open(items); }
  Result<void> confirm() override { return session_->confirm(); }
  void sha256(lethe_view bytes, std::uint8_t* out) override { session_->sha256(bytes, out); }

 private:
  std::unique_ptr<kms::KeySession> session_;
  const bool& away_;
};

Fate fate_of(const connectors::Record& record) {
  Fate fate;
  fate.out = connectors::testing::own(record.out);
  fate.dropped = record.route == connectors::Route::kNone;
  if (!record.failed) return fate;
  fate.failed = record.error_kind;
  fate.message = record.error_message;
  fate.path = record.error_path;
  fate.disposition = record.disposition;
  return fate;
}

lethe_view view_of(std::string_view text) {
  return {text.data(), text.size()};
}
lethe_view view_of(const std::vector<std::uint8_t>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::optional<std::string> Fate::header(std::string_view name) const {
  for (const auto& [own_name, text] : out.headers)
    if (own_name == name) return text;
  return std::nullopt;
}

std::unique_ptr<kms::KeySession> MoodyKeyRing::session() {
  return std::make_unique<AwayWhenTold>(kms_->session(), away);
}

PluginBench::PluginBench() : kms_(gateway("acme")), keys_(kms_) {}

std::unique_ptr<kms::GatewayKms> PluginBench::gateway(const std::string& tenant) {
  kms::GatewayKms::Options options;
  options.tenant = tenant;
  options.create = true;
  auto root =
      kms::root::LocalFileRoot::make("file-kms://" + folder_.path("root"), {.create = true});
  return kms::GatewayKms::make(std::make_unique<kms::store::MemoryKeyStore>(),
                               std::move(root).value(), options)
      .value();
}

Result<std::unique_ptr<worker::pipeline::Stage>> PluginBench::try_stage(
    const std::string& plugin, const std::string& options, const std::string& dataset) {
  const auto* loaded = catalog().find(LETHE_TRANSFORM, plugin);
  if (loaded == nullptr) return catalog().missing(LETHE_TRANSFORM, plugin);
  const json::Value parsed = LETHE_TRY(json::parse(options));
  const testing::OptionsTree tree = LETHE_TRY(testing::read_options(parsed));
  return worker::pipeline::Stage::make(
      *loaded, tree.abi(), {"pipe", dataset, plugin}, {&keys_, log_, metrics_, clock_},
      {.label = plugin, .protects = false, .on_error = {}, .topic_pattern = {}, .conditions = {}});
}

std::vector<Fate> PluginBench::run(worker::pipeline::Stage& stage,
                                   const std::vector<OwnedRecord>& records) {
  connectors::Batch batch = connectors::testing::batch_of(records, 1);
  const Result<void> applied = stage.apply(batch, 0);
  if (!applied) ADD_FAILURE() << applied.error().message();
  std::vector<Fate> fates;
  for (const connectors::Record& one : batch.records) fates.push_back(fate_of(one));
  return fates;
}

std::vector<Fate> PluginBench::run(const std::string& plugin, const std::string& options,
                                   const std::vector<OwnedRecord>& records) {
  auto stage = try_stage(plugin, options);
  if (stage) return run(**stage, records);
  ADD_FAILURE() << options << ": " << stage.error().message();
  return std::vector<Fate>(records.size());
}

Fate PluginBench::run(const std::string& plugin, const std::string& options,
                      const std::string& value) {
  return run(plugin, options, std::vector<OwnedRecord>{record(value)}).front();
}

std::string PluginBench::sealed(const std::string& options, const std::string& value) {
  const Fate fate = encrypt(options, value);
  EXPECT_FALSE(fate.failed) << fate.message << ": " << value;
  EXPECT_NE(fate.value(), value);
  return fate.value();
}

std::string PluginBench::seal_by_hand(const std::string& subject, const std::string& path,
                                      fields::ValueType type, std::string_view body) {
  const auto session = kms_->session();
  lethe_sealing_key key{};
  key.struct_size = sizeof(key);
  key.suite = kA256Gcm;
  key.name = view_of(subject);
  EXPECT_TRUE(session->for_sealing({&key, 1}, kms::ErasedPolicy::kBlock));
  fields::Header header;
  std::copy(key.dek_id, key.dek_id + 16, header.dek_id.begin());
  const std::string encoded = fields::encode_path(fields::parse_path(path).value());
  fields::AadContext context;
  context.tenant = kms_->tenant();
  context.dataset = "people";
  context.path = encoded;
  std::vector<std::uint8_t> aad(fields::aad_size(header, context));
  fields::write_aad(header, context, aad.data());
  std::vector<std::uint8_t> plaintext(fields::plaintext_size(body.size(), fields::Padding::kNone));
  fields::write_plaintext(type, {reinterpret_cast<const std::uint8_t*>(body.data()), body.size()},
                          fields::Padding::kNone, plaintext.data());
  std::vector<std::uint8_t> compact(
      fields::compact_size(*find_suite(header.suite), plaintext.size()));
  fields::write_header(header, compact.data());
  lethe_seal_item item{};
  item.struct_size = sizeof(item);
  item.suite = header.suite;
  item.handle = key.handle;
  item.aad = view_of(aad);
  item.plaintext = view_of(plaintext);
  item.out = compact.data() + fields::kHeaderSize;
  session->seal({&item, 1});
  EXPECT_EQ(item.state, LETHE_CRYPTO_OK);
  std::string text(fields::text_size(compact.size()), '\0');
  fields::write_text(compact, text.data());
  return "\"" + text + "\"";
}

void PluginBench::shred(const std::string& name) {
  const auto erased = kms_->shred(name, {});
  EXPECT_TRUE(erased) << erased.error().message();
}

OwnedRecord record(std::string value, std::optional<std::string> key) {
  return {"customers", 0, 7, 1'700'000'000'000, std::move(key), std::move(value), {{"h", "head"}}};
}

}  // namespace lethe::plugins
