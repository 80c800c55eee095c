// SPDX-License-Identifier: Apache-2.0
//
// The contract of key stores on a topic of its own for each test.
#include <memory>
#include <stdexcept>

#include "kms/store/kafka_key_store.h"
#include "tests/contract/key_store/key_store_contract.h"
#include "tests/integration/kafka_store/dressed_store.h"
#include "tests/support/kafka_fixture.h"

namespace lethe::kms::store {
namespace {

using lethe::testing::test_kafka;

class KafkaHarness final : public KeyStoreHarness {
 public:
  KafkaHarness() : topic_(test_kafka().unique("keys")), store_(open()), other_(open()) {}
  KeyStore& store() override { return *store_; }
  KeyStore& another_view() override { return *other_; }

 private:
  std::unique_ptr<KeyStore> open() const {
    KafkaKeyStore::Options options;
    options.client.brokers = test_kafka().address();
    options.topic = topic_;
    options.create = true;
    auto store = KafkaKeyStore::make(std::move(options));
    if (!store) throw std::runtime_error(store.error().message());
    return std::make_unique<DressedStore>(std::move(*store));
  }

  const std::string topic_;
  const std::unique_ptr<KeyStore> store_;
  const std::unique_ptr<KeyStore> other_;
};

INSTANTIATE_TEST_SUITE_P(Kafka, KeyStoreContract,
                         ::testing::Values(KeyStoreCase{
                             "Topic", [] { return std::make_unique<KafkaHarness>(); }}),
                         case_name);

}  // namespace
}  // namespace lethe::kms::store
