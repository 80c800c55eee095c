// SPDX-License-Identifier: Apache-2.0

#include <simdjson.h>

#include "tests/bench/transform/must.h"
#include "tests/bench/transform/rivals.h"

namespace lethe::bench {
namespace {

static_assert(Records::kPadding >= simdjson::SIMDJSON_PADDING);

class DomParse final : public Contender {
 public:
  void prepare(const Records& records) override { records_ = &records; }
  void run() override {
    for (std::size_t i = 0; i < records_->size(); ++i) {
      const std::string_view record = (*records_)[i];
      simdjson::dom::element root;
      const auto error = parser_.parse(record.data(), record.size(), false).get(root);
      must(error == simdjson::SUCCESS && root.is_object(), "simdjson does not parse a record");
    }
  }
  std::string_view value(std::size_t i) const override { return (*records_)[i]; }

 private:
  const Records* records_ = nullptr;
  simdjson::dom::parser parser_;
};

}  // namespace

std::unique_ptr<Contender> make_dom_parse() {
  return std::make_unique<DomParse>();
}

}  // namespace lethe::bench
