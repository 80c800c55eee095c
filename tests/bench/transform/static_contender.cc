// SPDX-License-Identifier: Apache-2.0
//
// encrypt.cc and decrypt.cc are compiled into this program once more, their entries renamed
// (transform.cmake), so that nothing but the way to them differs.

#include "tests/bench/transform/must.h"
#include "tests/bench/transform/transforms.h"

extern "C" {
const lethe_module* lethe_static_encrypt(void);
const lethe_module* lethe_static_decrypt(void);
}

namespace lethe::bench {
namespace {

kms::KeySession& session(void* self) {
  return *static_cast<kms::KeySession*>(self);
}

std::int32_t code(const Result<void>& result) {
  return result ? LETHE_OK : static_cast<std::int32_t>(result.error().kind());
}

const void* find_service(void* self, lethe_view name) {
  return to_text(name) == LETHE_SERVICE_KEYS ? self : nullptr;
}

}  // namespace

DirectKeys::DirectKeys(kms::KeyRing& ring) : session_(ring.session()), service_{} {
  service_.struct_size = sizeof service_;
  service_.self = session_.get();
  service_.tenant = to_view(ring.tenant());
  service_.for_sealing = [](void* self, lethe_sealing_key* keys, std::uint64_t stride,
                            std::uint64_t n, std::int32_t on_erased, lethe_failure*) {
    return code(
        session(self).for_sealing({keys, stride, n}, static_cast<kms::ErasedPolicy>(on_erased)));
  };
  service_.for_opening = [](void* self, lethe_opening_key* keys, std::uint64_t stride,
                            std::uint64_t n, lethe_failure*) {
    return code(session(self).for_opening({keys, stride, n}));
  };
  service_.seal = [](void* self, lethe_seal_item* items, std::uint64_t stride, std::uint64_t n) {
    session(self).seal({items, stride, n});
    return std::int32_t{LETHE_OK};
  };
  service_.open = [](void* self, lethe_open_item* items, std::uint64_t stride, std::uint64_t n) {
    session(self).open({items, stride, n});
    return std::int32_t{LETHE_OK};
  };
  service_.sha256 = [](void* self, lethe_view bytes, std::uint8_t* out) {
    session(self).sha256(bytes, out);
  };
}

StaticContender::StaticContender(Direction direction, kms::KeyRing& ring)
    : options_(plugin_options(direction)), keys_(ring), host_{} {
  host_.struct_size = sizeof host_;
  host_.self = const_cast<lethe_key_service*>(keys_.service());
  host_.service = find_service;
  host_.dataset = connectors::view("customers");
  host_.pipeline = connectors::view("bench");
  plugin_ =
      (direction == Direction::kEncrypt ? lethe_static_encrypt() : lethe_static_decrypt())->plugins;
  const lethe_options options = options_.abi();
  lethe_failure failure{sizeof failure, 0, {}, {}};
  must(plugin_->make(&options, &host_, &self_, &failure) == LETHE_OK, to_text(failure.message));
}

StaticContender::~StaticContender() {
  plugin_->destroy(self_);
}

void StaticContender::run() {
  batch_.arena.recycle();
  lethe_verdict blank{};
  blank.struct_size = sizeof blank;
  verdicts_.assign(batch_.records.size(), blank);
  const lethe_arena arena = batch_.arena.abi();
  const lethe_batch view = {sizeof(lethe_batch),
                            0,
                            &batch_.records.data()->out,
                            sizeof(connectors::Record),
                            verdicts_.data(),
                            sizeof(lethe_verdict),
                            verdicts_.size(),
                            &arena};
  lethe_failure failure{sizeof failure, 0, {}, {}};
  must(plugin_->apply(self_, &view, &failure) == LETHE_OK, to_text(failure.message));
  must(keys_.confirm(), "the session's confirmation");
  for (std::size_t i = 0; i < verdicts_.size(); ++i)
    batch_.records[i].out.value = verdicts_[i].value;
}

}  // namespace lethe::bench
