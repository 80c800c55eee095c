// SPDX-License-Identifier: Apache-2.0
//
// The layout of ABI 1.0, which plugins that were built long ago rely upon. A later minor may make a
// struct larger; what stands here stays true. Never edit a line of it: add the new minor's below.

#include <gtest/gtest.h>

#include <cstddef>

#include "lethe/abi.h"

namespace {

static_assert(sizeof(void*) == 8, "the table below is that of 64-bit machines");

// Structs without struct_size never change.
static_assert(sizeof(lethe_view) == 16 && offsetof(lethe_view, size) == 8);
static_assert(sizeof(lethe_header) == 32 && offsetof(lethe_header, value) == 16);

// The last member of each struct and its end.
#define LETHE_ENDS(type, member, offset, end)                                 \
  static_assert(offsetof(type, struct_size) == 0);                            \
  static_assert(offsetof(type, member) == (offset), #type " moved a member"); \
  static_assert(offsetof(type, member) + sizeof(type::member) <= (end));      \
  static_assert(sizeof(type) >= (end), #type " has shrunk")

LETHE_ENDS(lethe_failure, path, 24, 40);
LETHE_ENDS(lethe_record, header_stride, 88, 96);
LETHE_ENDS(lethe_verdict, n_headers, 112, 120);
LETHE_ENDS(lethe_arena, allocate, 16, 24);
LETHE_ENDS(lethe_batch, arena, 48, 56);
LETHE_ENDS(lethe_node_functions, find, 48, 56);
LETHE_ENDS(lethe_options, functions, 16, 24);
LETHE_ENDS(lethe_option, child_stride, 96, 104);
LETHE_ENDS(lethe_report, complain, 16, 24);
LETHE_ENDS(lethe_host, pipeline, 40, 56);
LETHE_ENDS(lethe_log_service, write, 16, 24);
LETHE_ENDS(lethe_metrics_service, add, 24, 32);
LETHE_ENDS(lethe_clock_service, now_ms, 16, 24);
LETHE_ENDS(lethe_sealing_key, dek_id, 40, 56);
LETHE_ENDS(lethe_opening_key, handle, 24, 32);
LETHE_ENDS(lethe_seal_item, reserved, 60, 64);
LETHE_ENDS(lethe_open_item, reserved, 60, 64);
LETHE_ENDS(lethe_key_service, sha256, 64, 72);
LETHE_ENDS(lethe_plugin, unwrap, 128, 136);
LETHE_ENDS(lethe_module, n_messages, 80, 88);

// Members in between, where two of the same size could change places.
static_assert(offsetof(lethe_record, topic) == 24 && offsetof(lethe_record, key) == 40 &&
              offsetof(lethe_record, value) == 56 && offsetof(lethe_record, headers) == 72);
static_assert(offsetof(lethe_verdict, action) == 4 && offsetof(lethe_verdict, error_kind) == 8 &&
              offsetof(lethe_verdict, disposition) == 12 &&
              offsetof(lethe_verdict, replaced) == 16 && offsetof(lethe_verdict, message) == 24 &&
              offsetof(lethe_verdict, path) == 40 && offsetof(lethe_verdict, key) == 56 &&
              offsetof(lethe_verdict, value) == 72 && offsetof(lethe_verdict, topic) == 88);
static_assert(offsetof(lethe_batch, records) == 8 && offsetof(lethe_batch, verdicts) == 24 &&
              offsetof(lethe_batch, n) == 40);
static_assert(offsetof(lethe_plugin, check) == 80 && offsetof(lethe_plugin, make) == 88 &&
              offsetof(lethe_plugin, destroy) == 96 && offsetof(lethe_plugin, apply) == 104 &&
              offsetof(lethe_plugin, test) == 112 && offsetof(lethe_plugin, wrap) == 120);
static_assert(offsetof(lethe_key_service, for_sealing) == 32 &&
              offsetof(lethe_key_service, for_opening) == 40 &&
              offsetof(lethe_key_service, seal) == 48 && offsetof(lethe_key_service, open) == 56);
static_assert(offsetof(lethe_module, abi_minor) == 4 && offsetof(lethe_module, min_minor) == 8 &&
              offsetof(lethe_module, plugins) == 48 && offsetof(lethe_module, messages) == 72);

TEST(Abi, KeepsItsNumbers) {
  EXPECT_EQ(LETHE_ABI_MAJOR, 1);
  EXPECT_EQ(LETHE_INTERNAL, 7);
  EXPECT_EQ(LETHE_FAILED, 3);
  EXPECT_EQ(LETHE_PASS, 4);
  EXPECT_EQ(LETHE_REPLACED_HEADERS, 8u);
  EXPECT_EQ(LETHE_TYPE_ONE_OF, 7);
  EXPECT_EQ(LETHE_KEY_TAMPERED, 6);
  EXPECT_EQ(LETHE_CRYPTO_UNSUPPORTED, 2);
  EXPECT_EQ(LETHE_ROOT_KEY_PROVIDER, 3);
}

}  // namespace
