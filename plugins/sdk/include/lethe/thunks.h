// SPDX-License-Identifier: Apache-2.0
//
// Between the C++ face and the ABI: the functions that a plugin's table points to. Each is noexcept
// and turns what is thrown into a failure without its text, since parsers quote their input. Not
// for authors.

#ifndef LETHE_THUNKS_H_
#define LETHE_THUNKS_H_

#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "lethe/abi.h"
#include "lethe/host.h"
#include "lethe/options.h"
#include "lethe/record.h"
#include "lethe/result.h"
#include "lethe/strided.h"
#include "lethe/transform.h"

namespace lethe {

namespace plugin_detail {

inline constexpr Message kThrew{"the plugin threw an exception"};
inline constexpr Message kTooLarge{"the batch has no memory left for this record"};

inline void describe(lethe_failure* failure, std::string_view message) noexcept {
  if (failure != nullptr) failure->message = to_view(message);
}

// Text that outlives the call, for failures of make(): kept by the thread until its next failure.
inline std::string& last_message() {
  static thread_local std::string text;
  return text;
}

inline std::int32_t fail(lethe_failure* failure, const Error& error) {
  last_message() = error.message();
  describe(failure, last_message());
  return static_cast<std::int32_t>(error.kind());
}

inline void apply_one(Transform& transform, Record record) noexcept {
  try {
    Result<void> done = transform.apply(record);
    if (done.has_value()) return;
    const std::string_view text = record.arena().copy(done.error().message());
    record.fail(done.error().kind(), Message(text));
  } catch (const std::bad_alloc&) {
    record.fail(ErrorKind::kBadRecord, kTooLarge);
  } catch (...) {
    record.fail(ErrorKind::kInternal, kThrew);
  }
}

template <class T>
std::int32_t apply(void* self, const lethe_batch* raw, lethe_failure* failure) noexcept {
  try {
    Batch batch(raw);
    if constexpr (std::is_base_of_v<BatchTransform, T>) {
      Result<void> done = static_cast<T*>(self)->apply(batch);
      if (!done.has_value()) return fail(failure, done.error());
    } else {
      for (std::size_t i = 0; i < batch.size(); ++i) apply_one(*static_cast<T*>(self), batch[i]);
    }
    return LETHE_OK;
  } catch (const std::bad_alloc&) {
    describe(failure, kTooLarge.text);
    return LETHE_INTERNAL;
  } catch (...) {
    describe(failure, kThrew.text);
    return LETHE_INTERNAL;
  }
}

template <class T>
std::int32_t test(void* self, const lethe_batch* raw, std::uint8_t* answers,
                  lethe_failure* failure) noexcept {
  try {
    const Strided<const lethe_record> records(raw->records, raw->record_stride, raw->n);
    for (std::size_t i = 0; i < records.size(); ++i) {
      lethe_verdict none{};  // a predicate's batch has no verdicts
      Result<bool> answer = static_cast<T*>(self)->test(Record(records[i], none, raw->arena));
      if (!answer.has_value()) return fail(failure, answer.error());
      answers[i] = *answer ? 1 : 0;
    }
    return LETHE_OK;
  } catch (...) {
    describe(failure, kThrew.text);
    return LETHE_INTERNAL;
  }
}

template <class T>
std::int32_t make(const lethe_options* options, const lethe_host* host, void** self,
                  lethe_failure* failure) noexcept {
  try {
    Host services(host);
    Result<std::unique_ptr<T>> made = T::make(Options(options), services);
    if (!made.has_value()) return fail(failure, made.error());
    *self = std::move(made).value().release();
    return LETHE_OK;
  } catch (...) {
    describe(failure, kThrew.text);
    return LETHE_INTERNAL;
  }
}

template <class T>
void destroy(void* self) noexcept {
  delete static_cast<T*>(self);
}

template <class T, class = void>
struct HasCheck : std::false_type {};
template <class T>
struct HasCheck<
    T, std::void_t<decltype(T::check(std::declval<const Options&>(), std::declval<Report&>()))>>
    : std::true_type {};

template <class T>
std::int32_t check(const lethe_options* options, const lethe_report* report) noexcept {
  try {
    Report complaints(report);
    T::check(Options(options), complaints);
    return LETHE_OK;
  } catch (...) {
    return LETHE_INTERNAL;
  }
}

}  // namespace plugin_detail

}  // namespace lethe

#endif  // LETHE_THUNKS_H_
