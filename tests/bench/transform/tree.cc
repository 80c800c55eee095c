// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "plugins/fields/opener.h"
#include "plugins/fields/path.h"
#include "plugins/fields/sealer.h"
#include "tests/bench/transform/must.h"
#include "tests/bench/transform/rivals.h"
#include "tests/bench/transform/transforms.h"

namespace lethe::bench {
namespace {

using Json = nlohmann::ordered_json;

class Tree : public Contender {
 public:
  explicit Tree(kms::KeyRing& ring) : direct_(ring), keys_(direct_.keys()) {
    for (const char* field : kSealedFields)
      paths_.push_back(fields::encode_path({{fields::Segment::Kind::kName, field, 0}}));
  }
  void prepare(const Records& records) override {
    records_ = &records;
    values_.resize(records.size());
  }
  void run() override {
    for (std::size_t i = 0; i < records_->size(); ++i) {
      Json document = Json::parse((*records_)[i]);
      change(document);
      values_[i] = document.dump();
    }
  }
  std::string_view value(std::size_t i) const override { return values_[i]; }

 protected:
  virtual void change(Json& document) = 0;

  DirectKeys direct_;
  Keys keys_;
  std::vector<std::string> paths_;

 private:
  const Records* records_ = nullptr;
  std::vector<std::string> values_;
};

class SealingTree final : public Tree {
 public:
  using Tree::Tree;

 private:
  void change(Json& document) override {
    const std::string name =
        kSubjectPrefix + document.at(kSubjectMember).get_ref<const std::string&>();
    lethe_sealing_key key{};
    key.struct_size = sizeof key;
    key.suite = kA256Gcm;
    key.name = to_view(name);
    must(keys_.for_sealing({&key, 1}, LETHE_ERASED_BLOCK), "keys");
    fields::Header header;
    std::copy(key.dek_id, key.dek_id + 16, header.dek_id.begin());
    sealer_.clear();
    sealer_.begin_slice({keys_.tenant(), {}});
    for (std::size_t f = 0; f < paths_.size(); ++f) {
      const std::string token = document.at(kSealedFields[f]).dump();
      const std::size_t entry =
          sealer_.add(fields::ValueType::kJson,
                      {reinterpret_cast<const std::uint8_t*>(token.data()), token.size()},
                      fields::Padding::kNone);
      must(sealer_.bind(entry, header, {paths_[f], std::nullopt}, key.handle, keys_) ==
               fields::SealedError::kNone,
           "a field cannot be bound");
    }
    sealer_.seal(keys_);
    for (std::size_t f = 0; f < paths_.size(); ++f) {
      must(sealer_.sealed(f), "a field was not sealed");
      std::string text(fields::text_size(sealer_.compact_size(f)), '\0');
      fields::write_text(sealer_.value(f).compact, text.data());
      document.at(kSealedFields[f]) = std::move(text);
    }
  }

  fields::Sealer sealer_;
};

class OpeningTree final : public Tree {
 public:
  using Tree::Tree;

 private:
  void change(Json& document) override {
    opener_.clear();
    for (std::size_t f = 0; f < paths_.size(); ++f) {
      token_ = document.at(kSealedFields[f]).dump();
      must(opener_.add(token_, fields::TokenKind::kString, fields::kDefaultMarker, {}) ==
               fields::SealedError::kNone,
           "not a sealed value");
    }
    must(opener_.find_keys(keys_), "keys");
    opener_.begin_slice({keys_.tenant(), {}});
    for (std::size_t f = 0; f < paths_.size(); ++f)
      opener_.bind(f, {paths_[f], std::nullopt}, keys_);
    opener_.open(keys_);
    for (std::size_t f = 0; f < paths_.size(); ++f) {
      must(opener_.state(f) == fields::SealedError::kNone, "a field was not opened");
      const fields::ByteView body = opener_.plaintext(f).body;
      document.at(kSealedFields[f]) = Json::parse(body.begin(), body.end());
    }
  }

  fields::Opener opener_;
  std::string token_;
};

}  // namespace

std::unique_ptr<Contender> make_tree(Direction direction, kms::KeyRing& ring) {
  if (direction == Direction::kEncrypt) return std::make_unique<SealingTree>(ring);
  return std::make_unique<OpeningTree>(ring);
}

}  // namespace lethe::bench
