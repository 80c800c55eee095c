// SPDX-License-Identifier: Apache-2.0
//
// Judges what a library says of itself before anything believes it: sizes, names, tables of
// functions, texts and counts of a lethe_module. It cannot judge code, and it reads through the
// library's pointers, so the first look happens in a child process (rehearsal.h). Pure functions.

#ifndef LETHE_WORKER_LOADER_MODULE_CHECK_H_
#define LETHE_WORKER_LOADER_MODULE_CHECK_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "lethe/abi.h"
#include "lethe/result.h"

namespace lethe::worker::loader {

// Far above what anybody writes, low enough to end quickly on garbage.
inline constexpr std::uint64_t kMaxPlugins = 256;
inline constexpr std::uint64_t kMaxMessages = 4096;
inline constexpr std::uint64_t kMaxStructSize = 4096;
inline constexpr std::size_t kMaxNameLength = 64;
inline constexpr std::size_t kMaxMessageLength = 512;
inline constexpr std::size_t kMaxDocLength = 16384;

// bad_config, naming the file, what is wrong and the remedy; nothing if the module may be used.
Result<void> check_module(const lethe_module& module, const std::string& file);

// "transform", "predicate", "root key provider"; empty when unknown.
std::string_view kind_name(std::uint32_t kind) noexcept;

// Letters, digits, '_', '-' and '.', at most kMaxNameLength: fit to be a YAML key.
bool is_name(const lethe_view& text) noexcept;

// UTF-8 or null, at most `limit` bytes, without control characters but line feeds.
bool is_prose(const lethe_view& text, std::size_t limit) noexcept;

// An array of structs as it crosses the ABI: present, aligned, with a stride that holds them.
bool is_array(const void* first, std::uint64_t stride, std::size_t smallest) noexcept;

}  // namespace lethe::worker::loader

#endif  // LETHE_WORKER_LOADER_MODULE_CHECK_H_
