// SPDX-License-Identifier: Apache-2.0
#include "worker/config/interceptor.h"

#include <sstream>

#include "tests/unit/worker/config/config_text.h"
#include "worker/config/dump.h"

namespace lethe::worker::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr const char* kEncryptBlock = R"(# Per-user encryption keys for crypto shredding
pluginClass: io.conduktor.gateway.interceptor.EncryptPlugin
config:
  topic: customers
  kmsConfig:
    gateway:
      masterKeyId: file-kms:///etc/lethe/master-key
  fields:
    - fieldName: email
      keySecretId: gateway-kms://user-{{record.value.userId}}
    - fieldName: visa
      keySecretId: gateway-kms://user-{{record.value.userId}}
)";

constexpr const char* kDecryptBlock = R"(pluginClass: io.conduktor.gateway.interceptor.DecryptPlugin
config:
  topic: customers
  kmsConfig:
    gateway:
      masterKeyId: file-kms:///etc/lethe/master-key
)";

constexpr const char* kHead =
    "pipeline: p\ndataset: customers\nsource: {kafka: {brokers: b, topics: [customers]}}\n"
    "sink: stdio\ntransforms:\n";

// The block as an entry of `transforms`, indented as a person would; its lines begin at 6, its
// columns at 5.
std::string pasted(const std::string& block, const std::string& head = kHead) {
  std::istringstream lines(block);
  std::string text = head;
  bool first = true;
  for (std::string line; std::getline(lines, line); first = false)
    text += (first ? "  - " : "    ") + line + "\n";
  return text;
}

std::string decrypt_with(const std::string& config) {
  return pasted("pluginClass: io.conduktor.gateway.interceptor.DecryptPlugin\nconfig:\n" + config);
}

TEST(Interceptor, TheEncryptBlockBecomesNativeOptions) {
  const PipelineConfig config = load(pasted(kEncryptBlock));
  ASSERT_EQ(config.transforms.size(), 1U);
  const TransformConfig& encrypt = config.transforms[0];
  EXPECT_EQ(encrypt.plugin, "encrypt");
  EXPECT_EQ(to_yaml(encrypt.options), R"(fields:
  - path: email
    subject: user-{{record.value.userId}}
  - path: visa
    subject: user-{{record.value.userId}}
)");
  EXPECT_EQ(encrypt.topic_pattern, "");
  EXPECT_FALSE(encrypt.on_error.bad_record);
}

TEST(Interceptor, NativeOptionsKeepThePlacesOfTheBlock) {
  const PipelineConfig config = load(pasted(kEncryptBlock));
  const Node& options = config.transforms[0].options;
  EXPECT_EQ(to_string(locate(options, "fields[1].path").node->place()), "p.yaml:16:22");
  EXPECT_EQ(to_string(locate(options, "fields[1].subject").node->place()), "p.yaml:17:24");
}

TEST(Interceptor, TheDecryptBlockBecomesNativeOptions) {
  const PipelineConfig config = load(pasted(kDecryptBlock));
  const TransformConfig& decrypt = config.transforms.at(0);
  EXPECT_EQ(decrypt.plugin, "decrypt");
  EXPECT_EQ(to_yaml(decrypt.options), "on_shredded: ciphertext\n");
  EXPECT_EQ(decrypt.on_error.bad_record, Policy::kPass);
}

TEST(Interceptor, MasterKeyIdIsLiftedIntoTheWorker) {
  Diagnostics diagnostics;
  const Node encrypt = parse(pasted(kEncryptBlock));
  const Node decrypt = parse(pasted(kDecryptBlock));
  const auto worker = load_worker(nullptr, {&encrypt, &decrypt}, diagnostics);
  ASSERT_TRUE(worker) << testing::PrintToString(lines(diagnostics));
  EXPECT_EQ(worker->kms.root, "file-kms:///etc/lethe/master-key");
  EXPECT_EQ(worker->kms.root_path, "/etc/lethe/master-key");
  EXPECT_FALSE(worker->kms.root_is_default);
  EXPECT_TRUE(worker->kms.store_is_default);
}

TEST(Interceptor, ErrorPolicyNamesChooseBothPolicies) {
  const auto decrypt = [](const char* policy) {
    return load(decrypt_with(std::string("  errorPolicy: ") + policy + "\n")).transforms.at(0);
  };
  const auto on_shredded = [](const TransformConfig& transform) {
    return transform.options.find("on_shredded")->text();
  };
  const TransformConfig encrypted = decrypt("return_encrypted");
  EXPECT_EQ(on_shredded(encrypted), "ciphertext");
  EXPECT_EQ(resolve(ErrorKind::kBadRecord, encrypted.on_error, {}), Policy::kPass);
  EXPECT_EQ(resolve(ErrorKind::kUnknownKey, encrypted.on_error, {}), Policy::kPass);
  const TransformConfig fail = decrypt("fail_fetch");
  EXPECT_EQ(on_shredded(fail), "fail");
  const TransformConfig safe = decrypt("crypto_shred_safe_fail_fetch");
  EXPECT_EQ(on_shredded(safe), "ciphertext");
  OnError lenient;
  lenient.bad_record = lenient.unknown_key = lenient.shredded = lenient.blocked = Policy::kDrop;
  for (const TransformConfig* transform : {&fail, &safe})
    for (const ErrorKind kind :
         {ErrorKind::kBadRecord, ErrorKind::kUnknownKey, ErrorKind::kShredded, ErrorKind::kBlocked})
      EXPECT_EQ(resolve(kind, transform->on_error, lenient), Policy::kStop);
}

TEST(Interceptor, AlgorithmsPassThroughAndAreChecked) {
  std::string block = kEncryptBlock;
  block += "      algorithm: AES128_GCM\n";
  EXPECT_EQ(
      locate(load(pasted(block)).transforms.at(0).options, "fields[1].algorithm").node->text(),
      "AES128_GCM");
  block.replace(block.find("AES128_GCM"), 10, "AES128_EAX");
  EXPECT_THAT(lint(pasted(block)),
              ElementsAre(StartsWith("18:22: error: 'fields[1].algorithm' must be one of")));
}

TEST(Interceptor, PredicatesAndPoliciesMayStandBesideIt) {
  const TransformConfig transform =
      load(pasted("pluginClass: io.conduktor.gateway.interceptor.DecryptPlugin\nconfig: {}\n"
                  "unless: tombstone\non_error: {bad_record: drop}\n"))
          .transforms.at(0);
  EXPECT_EQ(transform.unless->plugin, "tombstone");
  EXPECT_EQ(transform.on_error.bad_record, Policy::kDrop);
}

TEST(Interceptor, TopicIsAnAnchoredPatternForTopicOrDataset) {
  const auto pattern_of = [](const std::string& topic, const std::string& source) {
    return load(pasted("pluginClass: io.conduktor.gateway.interceptor.DecryptPlugin\nconfig: "
                       "{topic: '" +
                           topic + "'}\n",
                       "pipeline: p\nsource: " + source + "\nsink: stdio\ntransforms:\n"))
        .transforms.at(0)
        .topic_pattern;
  };
  const std::string kafka = "{kafka: {brokers: b, topics: [customers, orders]}}";
  EXPECT_EQ(pattern_of("cust.*", kafka), "cust.*");
  EXPECT_EQ(pattern_of(".*", kafka), "");
  EXPECT_EQ(pattern_of("p", kafka), "");
  EXPECT_EQ(pattern_of("customers.jsonl", "{file: in/customers.jsonl}"), "customers.jsonl");
  EXPECT_EQ(pattern_of("stdin", "stdio"), "stdin");
}

TEST(Interceptor, ATopicThatMatchesNothingIsAnError) {
  const auto block = [](const char* topic) {
    return decrypt_with(std::string("  topic: ") + topic + "\n");
  };
  EXPECT_THAT(
      lint(block("custom")),
      ElementsAre(StartsWith("8:14: error: 'topic' matches neither a topic of the source")));
  EXPECT_THAT(lint(block("'('")),
              ElementsAre(StartsWith("8:14: error: 'topic' is not a regular expression")));
  EXPECT_THAT(lint(pasted("pluginClass: io.conduktor.gateway.interceptor.DecryptPlugin\n"
                          "config: {topic: crm.a}\n",
                          "pipeline: p\nsource: {kafka: {brokers: b, topics_pattern: ^crm}}\n"
                          "sink: stdio\ntransforms:\n")),
              ElementsAre(StartsWith("6:21: warning: whether 'topic' matches a topic of "
                                     "the source shows only at run time")));
}

TEST(Interceptor, LintLeavesToTheRunWhatHangsOnAReference) {
  ::setenv("LETHE_TEST_TOPIC", "customers", 1);
  const std::string block =
      "pluginClass: io.conduktor.gateway.interceptor.DecryptPlugin\nconfig: {topic: customers}\n";
  const std::string source =
      "source: {kafka: {brokers: b, topics: ['${LETHE_TEST_TOPIC}']}}\nsink: stdio\ntransforms:\n";
  EXPECT_THAT(lint(pasted(block, "pipeline: p\n" + source)),
              ElementsAre(StartsWith("6:21: warning: whether 'topic' matches")));
  EXPECT_THAT(lint(pasted(block, "pipeline: p\n" + source), References::kResolve), IsEmpty());
  EXPECT_THAT(lint(pasted(block, "pipeline: '${LETHE_TEST_TOPIC}'\n" + source)),
              ElementsAre(StartsWith("6:21: warning: whether 'topic' matches")));
  EXPECT_THAT(lint(decrypt_with("  topic: '${LETHE_TEST_TOPIC}'\n")), IsEmpty());
  EXPECT_THAT(lint(decrypt_with("  topic: '${LETHE_TEST_TOPIC}'\n"), References::kResolve),
              IsEmpty());
}

TEST(Interceptor, WhatCannotBeHonouredIsAnErrorAtItsPlace) {
  const auto expect = [](const std::string& text, const std::string& complaint) {
    EXPECT_THAT(lint(text), ElementsAre(StartsWith(complaint))) << text;
  };
  expect(decrypt_with("  schemaRegistryConfig: {host: x}\n"),
         "8:7: error: 'schemaRegistryConfig' of an interceptor block cannot be honoured: records "
         "are JSON in this version");
  expect(decrypt_with("  fields: [a]\n"), "8:7: error: 'fields' of an interceptor block cannot");
  expect(decrypt_with("  errorPolcy: fail_fetch\n"),
         "8:7: error: 'errorPolcy' of an interceptor block cannot be honoured (did you mean "
         "'errorPolicy'?)");
  expect(decrypt_with("  errorPolicy: fail\n"),
         "8:20: error: 'config.errorPolicy' must be one of return_encrypted, fail_fetch, "
         "crypto_shred_safe_fail_fetch, not 'fail'");
  expect(pasted(std::string(kEncryptBlock) + "  errorPolicy: fail_fetch\n"),
         "18:7: error: 'errorPolicy' of an interceptor block cannot be honoured: it belongs to the "
         "DecryptPlugin");
  expect(pasted(std::string(kEncryptBlock) + "      tags: [PII]\n"),
         "18:11: error: 'tags' of an interceptor block cannot be honoured");
  expect(
      pasted(std::string(kDecryptBlock) + "priority: 100\n"),
      "12:5: error: 'priority' of an interceptor block cannot be honoured: transforms run in the "
      "order of the list");
  expect(pasted(std::string(kDecryptBlock) + "comment: x\n"),
         "12:5: error: unknown key 'comment' in 'transforms'");
  expect(pasted("pluginClass: io.conduktor.gateway.interceptor.EncryptPlugn\nconfig: {}\n"),
         "6:18: error: the pluginClass 'io.conduktor.gateway.interceptor.EncryptPlugn' cannot be "
         "honoured (did you mean 'io.conduktor.gateway.interceptor.EncryptPlugin'?)");
  expect(pasted("pluginClass: io.conduktor.gateway.interceptor.DecryptPlugin\n"),
         "6:5: error: 'transforms' needs 'config'");
  expect(pasted("pluginClass: io.conduktor.gateway.interceptor.EncryptPlugin\nconfig: {}\n"),
         "7:5: error: 'config' needs 'fields'");
  expect(decrypt_with("  errorPolicy: fail_fetch\n") + "    on_error: {bad_record: drop}\n",
         "9:5: error: 'errorPolicy' and 'on_error' are both given; keep one");
}

TEST(Interceptor, OnlyGatewayKeysAreSupported) {
  const auto with_key = [](const std::string& key) {
    return pasted(
        "pluginClass: io.conduktor.gateway.interceptor.EncryptPlugin\nconfig:\n"
        "  fields:\n    - {fieldName: a, keySecretId: '" +
        key + "'}\n");
  };
  for (const char* key : {"vault-kms://vault:8200/transit/keys/k", "in-memory-kms://k", "k"})
    EXPECT_THAT(lint(with_key(key)), testing::Contains(StartsWith(
                                         "9:39: error: 'keySecretId' must begin with "
                                         "gateway-kms://: a key of an external KMS per field is "
                                         "not supported")))
        << key;
  EXPECT_THAT(lint(with_key("gateway-kms://")),
              testing::Contains(StartsWith("9:39: error: 'keySecretId' names no key")));
}

TEST(Interceptor, OnlyLocalMasterKeysAreSupportedYet) {
  std::string block = kDecryptBlock;
  block.replace(block.find("file-kms:///etc/lethe/master-key"), 32,
                "vault-kms://vault:8200/transit/keys/master-key");
  EXPECT_THAT(lint(pasted(block)),
              ElementsAre(StartsWith("11:24: error: 'kmsConfig.gateway.masterKeyId': this kind of "
                                     "master key is not supported yet in this version: use "
                                     "file-kms:///absolute/path")));
  EXPECT_THAT(lint(decrypt_with("  kmsConfig:\n    vault: {uri: http://vault, token: x}\n"
                                "    gateway: {masterKeyId: file-kms:///k}\n")),
              ElementsAre(StartsWith("9:9: error: 'kmsConfig.vault' is not supported yet in this "
                                     "version: remove it")));
  EXPECT_THAT(
      lint(decrypt_with("  kmsConfig: {gateway: {masterKeyId: file-kms:///k, maxKeys: 1}}\n")),
      ElementsAre(HasSubstr("'kmsConfig.gateway.maxKeys' of an interceptor block cannot")));
}

TEST(Interceptor, BlocksMustAgreeOnTheMasterKey) {
  std::string other = pasted(kDecryptBlock, "");
  other.replace(other.find("master-key"), 10, "other-key!");
  EXPECT_THAT(lint(pasted(kEncryptBlock) + other),
              ElementsAre(StartsWith("23:24: error: 'kms.root' disagrees with p.yaml:12:24; one "
                                     "worker has one")));
  EXPECT_THAT(lint(pasted(kEncryptBlock) + pasted(kDecryptBlock, "")), IsEmpty());
}

}  // namespace
}  // namespace lethe::worker::config
