// SPDX-License-Identifier: Apache-2.0
//
// Damaged files end in complaints, never in a crash: every prefix of good files, and good files
// with pieces removed, repeated or replaced by the characters that YAML gives a meaning.

#include <random>

#include "tests/unit/worker/config/config_text.h"
#include "worker/config/dump.h"

namespace lethe::worker::config {
namespace {

constexpr const char* kGood[] = {
    R"(pipeline: customers-encrypt
source:
  kafka: {brokers: "localhost:9092", topics_pattern: '^crm\.[a-z]*$', client: {linger.ms: 5}}
transforms:
  - encrypt: &e
      subject: "{{record.value.userId}}-${HOME}"
      fields: [password, {path: visa, algorithm: AES128_GCM}]
    when: {header: {name: h}}
  - encrypt: *e
sink:
  kafka: {topic: "{{record.topic}}.encrypted", create_topics: true}
on_error: { bad_record: dead_letter }
dead_letter: { kafka: { topic: customers.dlq } }
max_in_flight: 64MiB
kms: {tenant: acme, root: file-kms:///k, store: {sqlite: a.db}, cache: {max_keys: 2000}}
)",
    R"(pipeline: seeds
source: {file: {path: customers, key_field: id}}
sink: stdio
transforms:
  - pluginClass: io.conduktor.gateway.interceptor.EncryptPlugin
    config:
      topic: customers
      kmsConfig:
        gateway:
          masterKeyId: file-kms://master
      fields:
        - fieldName: email
          keySecretId: gateway-kms://user-{{record.value.userId}}
  - pluginClass: io.conduktor.gateway.interceptor.DecryptPlugin
    config: {topic: "customers", errorPolicy: fail_fetch}
)"};

// What every command does with a file; a file that loads can be dumped.
void digest(std::string_view text) {
  Diagnostics diagnostics;
  const auto tree = parse_yaml(text, kFile, References::kKeep, diagnostics);
  ASSERT_TRUE(tree || diagnostics.has_errors());
  if (!tree) return;
  const auto worker = load_worker(nullptr, {&*tree}, diagnostics);
  const auto pipeline = load_pipeline(*tree, fake_plugins(), diagnostics);
  for (const std::string& line : lines(diagnostics)) ASSERT_FALSE(line.empty());
  EXPECT_FALSE(worker && dump(*worker).empty());
  EXPECT_FALSE(pipeline && dump(*pipeline, fake_plugins()).empty());
}

TEST(Robustness, TheUndamagedFilesAreGood) {
  for (const char* text : kGood) EXPECT_THAT(lint(text), testing::IsEmpty());
}

TEST(Robustness, EveryPrefixIsDigested) {
  for (const std::string_view text : kGood)
    for (std::size_t size = 0; size <= text.size(); ++size) digest(text.substr(0, size));
}

TEST(Robustness, RandomDamageIsDigested) {
  constexpr std::string_view kSpecial = "{}[]:,-&*!|>'\"%@`#? \t\n\\~<$\0\xC3\xFF";
  std::mt19937 random(20240229);  // NOLINT: the same damage each time
  const auto below = [&](std::size_t n) { return random() % n; };
  for (int round = 0; round < 4000; ++round) {
    std::string text = kGood[below(2)];
    for (std::size_t blows = 1 + below(4); blows > 0; --blows) {
      const std::size_t at = below(text.size());
      const std::size_t size = 1 + below(20);
      switch (below(3)) {
        case 0:
          text.erase(at, size);
          break;
        case 1:
          text.insert(at, text.substr(below(text.size()), size));
          break;
        default:
          text[at] = kSpecial[below(kSpecial.size())];
      }
      if (text.empty()) text = "a";
    }
    SCOPED_TRACE(text);
    digest(text);
  }
}

}  // namespace
}  // namespace lethe::worker::config
