// SPDX-License-Identifier: Apache-2.0
//
// What PostgreSQL's error codes (SQLSTATE) mean to a worker: transient, bad_config with the remedy,
// or internal. The server's own words are never passed on: they may quote what they failed on. Pure
// functions.

#ifndef LETHE_KMS_STORE_POSTGRES_ERRORS_H_
#define LETHE_KMS_STORE_POSTGRES_ERRORS_H_

#include <string>
#include <string_view>

#include "lethe/result.h"

namespace lethe::kms::store::postgres {

// "Could not write keys in postgres store db:5432/lethe: the server is shutting down (57P01)".
Error to_error(std::string_view sqlstate, std::string_view attempted, std::string_view store);

// The server is away, or does not answer.
Error away(std::string_view attempted, std::string_view store, std::string_view reason);

// True if a connection that said so is better replaced by a new one, which looks for the primary
// and plans its statements anew.
bool calls_for_a_new_connection(std::string_view sqlstate) noexcept;

// The code in the text of a connection that was refused, where the text says only that
// (PQERRORS_SQLSTATE); empty: none, the server could not be reached.
std::string_view sqlstate_in(std::string_view text) noexcept;

}  // namespace lethe::kms::store::postgres

#endif  // LETHE_KMS_STORE_POSTGRES_ERRORS_H_
