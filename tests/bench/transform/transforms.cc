// SPDX-License-Identifier: Apache-2.0

#include "tests/bench/transform/transforms.h"

#include "connectors/batch.h"
#include "tests/bench/transform/must.h"
#include "worker/loader/loader.h"

namespace lethe::bench {

testing::OptionsTree plugin_options(Direction direction) {
  testing::OptionsTree options;
  testing::OptionsTree fields = testing::OptionsTree::list({});
  for (const char* field : kSealedFields) fields.append(field);
  if (direction == Direction::kEncrypt) {
    options.set("subject", std::string(kSubjectPrefix) + "{{record.value." + kSubjectMember + "}}");
    options.set("fields", std::move(fields));
  }
  return options;
}

void BatchContender::prepare(const Records& records) {
  batch_.records.resize(records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    lethe_record record{};
    record.struct_size = sizeof record;
    record.partition = 0;
    record.offset = static_cast<std::int64_t>(i);
    record.timestamp_ms = -1;
    record.topic = connectors::view("customers");
    record.value = connectors::view(records[i]);
    record.header_stride = sizeof(lethe_header);
    batch_.records[i] = connectors::Record{};
    batch_.records[i].in = batch_.records[i].out = record;
  }
}

namespace {

// What a transform fails spoils the measurement, and it is the log that hears of it.
class FatalLog final : public worker::log::Log {
 public:
  void write(worker::log::Level, std::string_view message,
             std::span<const worker::log::Field>) noexcept override {
    must(false, message);
  }
};

FatalLog& fatal_log() {
  static FatalLog log;
  return log;
}

}  // namespace

ChainContender::ChainContender(Direction direction, kms::KeyRing& ring)
    : options_(plugin_options(direction)) {
  const std::string name = direction == Direction::kEncrypt ? "encrypt" : "decrypt";
  library_ = must(worker::loader::load_library(LETHE_PLUGIN_FOLDER "/lethe-" + name + ".so"), name);
  const worker::pipeline::WorkerServices services{&ring, fatal_log(), metrics_, clock_};
  worker::pipeline::StageOptions stage;
  stage.label = name;
  stage.protects = direction == Direction::kEncrypt;
  std::vector<std::unique_ptr<worker::pipeline::Stage>> stages;
  stages.push_back(
      must(worker::pipeline::Stage::make(library_.at(0), options_.abi(),
                                         {"bench", "customers", name}, services, std::move(stage)),
           name));
  chain_ = must(worker::pipeline::Chain::make({"bench", {}}, std::move(stages), services), name);
}

void ChainContender::run() {
  batch_.arena.recycle();
  must(chain_->apply(batch_), "the chain");
  must(chain_->confirm(), "the chain's confirmation");
}

}  // namespace lethe::bench
