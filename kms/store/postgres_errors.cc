// SPDX-License-Identifier: Apache-2.0
#include "kms/store/postgres_errors.h"

#include <algorithm>
#include <array>

namespace lethe::kms::store::postgres {
namespace {

struct Meaning {
  std::string_view prefix;  // of the code
  ErrorKind kind;
  std::string_view reason;
};

constexpr ErrorKind kAway = ErrorKind::kTransient;
constexpr ErrorKind kWrong = ErrorKind::kBadConfig;
constexpr ErrorKind kBug = ErrorKind::kInternal;
constexpr std::string_view kOtherTables =
    "its tables are not those of this version; bring them up to date with `lethe keys init`";
constexpr std::string_view kPooler =
    "a pooler shares this connection with others; connect to the server itself, or pool by session";

// The first that fits counts.
constexpr std::array kMeanings = {
    Meaning{"08", kAway, "the connection was lost"},
    Meaning{"25006", kAway, "the server is read-only: a standby, or about to become one"},
    Meaning{"25P03", kAway, "the transaction took too long"},
    Meaning{"26000", kWrong, kPooler},
    Meaning{"28", kWrong, "the server refuses this user or password; correct `kms.store.postgres`"},
    Meaning{"3D000", kWrong, "there is no such database; make it with `createdb`"},
    Meaning{"3F000", kWrong, kOtherTables},
    Meaning{"40", kAway, "another transaction was in the way"},
    Meaning{"42501", kWrong, "this user lacks a right there; grant it (docs/guides/postgres.md)"},
    Meaning{"42P05", kWrong, kPooler},
    Meaning{"42P06", kWrong, "its schema `lethe` belongs to somebody else; name another database"},
    Meaning{"42P07", kWrong, "its schema `lethe` belongs to somebody else; name another database"},
    Meaning{"42", kWrong, kOtherTables},
    Meaning{"0A000", kAway, "its tables were changed meanwhile"},
    Meaning{"53", kAway, "the server lacks space, memory or connections"},
    Meaning{"55", kAway, "somebody holds a lock"},
    Meaning{"57014", kAway, "it took too long"},
    Meaning{"57P04", kWrong, "the database was dropped; make it with `createdb`"},
    Meaning{"57", kAway, "the server is starting or shutting down"},
    Meaning{"58", kAway, "the server has trouble with its files"},
    Meaning{"XX001", kWrong, "the database is damaged; stop all workers and restore a backup"},
    Meaning{"XX002", kWrong, "the database is damaged; stop all workers and restore a backup"},
    Meaning{"", kBug, "the server refuses the statement"},
};

std::string sentence(std::string_view attempted, std::string_view store, std::string_view reason) {
  std::string text = "Could not ";
  text.append(attempted).append(" in ").append(store).append(": ").append(reason);
  return text;
}

}  // namespace

Error to_error(std::string_view sqlstate, std::string_view attempted, std::string_view store) {
  const auto meaning =
      std::find_if(kMeanings.begin(), kMeanings.end() - 1,
                   [&](const Meaning& known) { return sqlstate.starts_with(known.prefix); });
  std::string text = sentence(attempted, store, meaning->reason);
  return {meaning->kind, text.append(" (SQLSTATE ").append(sqlstate).append(")")};
}

Error away(std::string_view attempted, std::string_view store, std::string_view reason) {
  return transient(sentence(attempted, store, reason));
}

bool calls_for_a_new_connection(std::string_view sqlstate) noexcept {
  return sqlstate.starts_with("08") || sqlstate.starts_with("57P") || sqlstate == "25006" ||
         sqlstate == "25P03" || sqlstate == "0A000";
}

std::string_view sqlstate_in(std::string_view text) noexcept {
  constexpr std::size_t kSize = 5;
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  if (text.size() < kSize + 2) return {};
  const std::string_view code = text.substr(text.size() - kSize);
  const std::string_view gap = text.substr(text.size() - kSize - 2, 2);
  const bool is_code = std::all_of(code.begin(), code.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
  });
  return gap == "  " && is_code ? code : std::string_view();
}

}  // namespace lethe::kms::store::postgres
