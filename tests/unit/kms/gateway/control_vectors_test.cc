// SPDX-License-Identifier: Apache-2.0
//
// The known answers of docs/formats/control.md, which were computed by another implementation.
#include <fstream>
#include <sstream>
#include <string>

#include "gtest/gtest.h"
#include "json/json.h"
#include "kms/control_codec.h"
#include "kms/hex.h"
#include "kms/hierarchy.h"
#include "kms/journal/signer.h"
#include "kms/root/local_file_root.h"
#include "kms/row_texts.h"
#include "kms/store/memory_key_store.h"
#include "tests/support/temp_dir.h"

namespace lethe::kms {
namespace {

using json::Value;

std::string text(const Value& object, std::string_view name) {
  const Value* value = object.find(name);
  return value != nullptr && value->string() != nullptr ? *value->string() : std::string();
}

std::uint64_t number(const Value& object, std::string_view name) {
  return object.find(name)->unsigned_integer().value();
}

template <std::size_t N>
std::array<std::uint8_t, N> bytes(const Value& object, std::string_view name) {
  std::array<std::uint8_t, N> out{};
  EXPECT_TRUE(from_hex(text(object, name), out)) << name;
  return out;
}

crypto::Key key(const Value& object, std::string_view name) {
  return crypto::Key(bytes<32>(object, name));
}

std::string hex(std::string_view text) {
  return to_hex({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::vector<std::uint8_t> table_of(const Value& keks) {
  std::vector<std::uint8_t> table(4 + keks.array()->size() * control::kKekEntrySize);
  table[3] = static_cast<std::uint8_t>(keks.array()->size());
  for (std::size_t i = 0; i < keks.array()->size(); ++i) {
    const Value& kek = (*keks.array())[i];
    control::put_kek(
        std::span(table).subspan(4 + i * control::kKekEntrySize).first<control::kKekEntrySize>(),
        {static_cast<std::uint32_t>(number(kek, "bucket")), number(kek, "kek_gen")},
        bytes<32>(kek, "kek"));
  }
  return table;
}

void check_aad(const Value& in, const Value& out) {
  EXPECT_EQ(hex(control::aad(text(in, "tenant"), number(in, "epoch"), text(in, "kind"))),
            text(out, "aad"));
}

void check_seal(const Value& in, const Value& out) {
  std::vector<std::uint8_t> plaintext(text(in, "plaintext").size() / 2);
  ASSERT_TRUE(from_hex(text(in, "plaintext"), plaintext));
  const std::string aad = control::aad(text(in, "tenant"), number(in, "epoch"), text(in, "kind"));
  const crypto::Key seal_key = key(in, "seal_key");
  const std::string sealed =
      control::seal_with_nonce(seal_key, bytes<12>(in, "nonce"), aad, plaintext);
  EXPECT_EQ(hex(sealed), text(out, "sealed"));
  std::vector<std::uint8_t> opened(control::plaintext_size(sealed));
  ASSERT_TRUE(control::open(seal_key, aad, sealed, opened));
  EXPECT_EQ(opened, plaintext);
  EXPECT_FALSE(control::open(seal_key, aad + "x", sealed, opened));
}

void check_kek_table(const Value& in, const Value& out) {
  const Value& keks = *in.find("keks");
  const std::vector<std::uint8_t> table = table_of(keks);
  EXPECT_EQ(to_hex(table), text(out, "table"));
  ASSERT_EQ(control::kek_count(table), keks.array()->size());
  const auto last = static_cast<std::uint32_t>(keks.array()->size() - 1);
  EXPECT_EQ(control::kek_number(table, last).generation, number(keks.array()->back(), "kek_gen"));
  EXPECT_EQ(to_hex(control::kek_bytes(table, last)), text(keks.array()->back(), "kek"));
  EXPECT_EQ(control::kek_count(std::span(table).first(table.size() - 1)), std::nullopt);
}

void check_root_file(const Value& in, const Value& out) {
  EXPECT_EQ(hex(root::LocalFileRoot::encode_file(bytes<16>(in, "number"), bytes<32>(in, "key"))),
            text(out, "file"));
}

void check_root_wrap(const Value& in, const Value& out) {
  const std::string aad = control::aad(text(in, "tenant"), number(in, "epoch"), control::kSealKey);
  EXPECT_EQ(
      hex(root::LocalFileRoot::wrap_with_nonce(bytes<16>(in, "number"), bytes<32>(in, "key"),
                                               bytes<12>(in, "nonce"), aad, key(in, "seal_key"))),
      text(out, "wrapped"));
}

void check_fence(const Value& in, const Value& out) {
  const crypto::Key secret = key(in, "tenant_secret");
  const RowTexts texts(secret.bytes());
  Fence fence;
  fence.subject.bytes = bytes<16>(in, "subject_hash");
  fence.version = number(in, "fence_ver");
  fence.erasure_id = text(in, "erasure_id");
  fence.policy = to_erased_policy(text(in, "policy"));
  for (const Value& id : *in.find("dek_ids")->array()) {
    store::DekId dek_id;
    ASSERT_TRUE(from_hex(*id.string(), dek_id.bytes));
    fence.dek_ids.push_back(dek_id);
  }
  const store::FenceRow row = texts.write(fence);
  EXPECT_EQ(row.key, text(out, "key"));
  EXPECT_EQ(row.value, text(out, "value"));
  EXPECT_EQ(texts.read(row), fence);
}

void check_erased(const Value& in, const Value& out) {
  const crypto::Key secret = key(in, "tenant_secret");
  const RowTexts texts(secret.bytes());
  const Erased erased{{bytes<16>(in, "dek_id")},
                      {bytes<16>(in, "subject_hash")},
                      number(in, "fence_ver"),
                      text(in, "why") == "lost"};
  const store::ErasedRow row = texts.write(erased);
  EXPECT_EQ(row.key, text(out, "key"));
  EXPECT_EQ(row.value, text(out, "value"));
  EXPECT_EQ(texts.read(row), erased);
}

void check_state(const Value& in, const Value& out) {
  const crypto::Key secret = key(in, "tenant_secret");
  const RowTexts texts(secret.bytes());
  const State state{{bytes<16>(in, "subject_hash")}, in.find("restricted")->boolean().value()};
  const store::StateRow row = texts.write(state);
  EXPECT_EQ(row.key, text(out, "key"));
  EXPECT_EQ(row.value, text(out, "value"));
  EXPECT_EQ(texts.read(row), state);
}

void check_control_rows(const Value& in, const Value& out) {
  const lethe::testing::TempDir folder;
  {
    const auto file = bytes<root::LocalFileRoot::kFileSize>(in, "root_file");
    std::ofstream stream(folder.path("root.key"), std::ios::binary);
    stream.write(reinterpret_cast<const char*>(file.data()), file.size());
  }
  std::filesystem::permissions(folder.path("root.key"), std::filesystem::perms(0600));
  const auto root = root::LocalFileRoot::make("file-kms://" + folder.path("root.key"), {});
  ASSERT_TRUE(root) << root.error().message();
  std::vector<store::ControlRow> rows;
  for (const Value& row : *in.find("rows")->array())
    rows.push_back({*(*row.array())[0].string(), *(*row.array())[1].string()});
  store::MemoryKeyStore store;
  ASSERT_TRUE(store.adopt_control(rows));

  Hierarchy::Options options;
  options.tenant = text(in, "tenant");
  const auto opened = Hierarchy::make(store, **root, options);
  ASSERT_TRUE(opened) << opened.error().message();
  EXPECT_EQ((*opened)->store_id(), text(out, "store"));
  EXPECT_EQ((*opened)->epoch(), number(out, "epoch"));
  EXPECT_EQ((*opened)->lease(), std::chrono::milliseconds(number(out, "lease_ms")));
  EXPECT_EQ((*opened)->key_names(), KeyNames::kHashed);
  EXPECT_EQ(to_hex((*opened)->tenant_secret()), text(out, "tenant_secret"));
  const Value& kek = out.find("keks")->array()->front();
  EXPECT_EQ(to_hex((*opened)->kek(0, 1).value()), text(kek, "kek"));
  EXPECT_EQ((*opened)->kek(0, 2), std::nullopt);
  if (out.find("signing_seed") == nullptr) return;  // from before there were journals: a new one
  EXPECT_EQ(to_hex((*opened)->signing_seed()), text(out, "signing_seed"));
  const journal::Signer signer((*opened)->signer_name(), (*opened)->signing_seed());
  EXPECT_EQ(signer.verifier_key().text(), text(out, "vkey"));
}

void check_signer(const Value& in, const Value& out) {
  const auto seed = bytes<32>(in, "seed");
  const journal::Signer signer(journal::key_name(text(in, "tenant"), text(in, "store")), seed);
  EXPECT_EQ(signer.name(), text(out, "name"));
  EXPECT_EQ(to_hex(signer.verifier_key().key), text(out, "public"));
  EXPECT_EQ(signer.verifier_key().text(), text(out, "vkey"));
}

std::size_t check_file(const std::string& name) {
  std::ifstream file(LETHE_SOURCE_DIR "/docs/formats/control-vectors/" + name);
  std::stringstream content;
  content << file.rdbuf();
  const auto vectors = json::parse(content.str());
  if (!vectors) return 0;
  using Check = void (*)(const Value&, const Value&);
  const std::vector<std::pair<std::string, Check>> checks = {
      {"control_aad", check_aad},           {"control_seal", check_seal},
      {"kek_table", check_kek_table},       {"root_file", check_root_file},
      {"root_wrap", check_root_wrap},       {"fence_row", check_fence},
      {"erased_row", check_erased},         {"state_row", check_state},
      {"control_rows", check_control_rows}, {"signer", check_signer}};
  std::size_t checked = 0;
  for (const Value& known : *vectors->find("cases")->array()) {
    SCOPED_TRACE(text(known, "id"));
    for (const auto& [op, check] : checks) {
      if (op != text(known, "op")) continue;
      check(*known.find("in"), *known.find("out"));
      ++checked;
    }
  }
  return checked;
}

TEST(ControlFormat, GivesTheKnownAnswers) {
  EXPECT_EQ(check_file("control.json"), 17u);
  EXPECT_EQ(check_file("signing-key.json"), 6u);
}

}  // namespace
}  // namespace lethe::kms
