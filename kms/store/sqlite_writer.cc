// SPDX-License-Identifier: Apache-2.0
#include "kms/store/sqlite_writer.h"

#include <algorithm>

#include "kms/store/sqlite_rows.h"

namespace lethe::kms::store::sqlite {

Result<void> Writer::prepare(std::string_view store) {
  LETHE_TRY(ledger.prepare(connection, store));
  control = LETHE_TRY(connection.prepare(kSelectControl, "read control rows"));
  put_control = LETHE_TRY(
      connection.prepare("insert into control (key, value) values (?1, ?2)", "write control rows"));
  current_fence = LETHE_TRY(connection.prepare(
      "select coalesce(max(version), 0) from fence where subject = ?1", "check a fence"));
  put_edek =
      LETHE_TRY(connection.prepare(
          "insert into edek (" LETHE_EDEK_COLUMNS ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
          "on conflict (subject, fence, purpose, suite, rotation) do nothing",
          "write keys"));
  winner = LETHE_TRY(connection.prepare("select " LETHE_EDEK_COLUMNS
                                        " from edek where subject = ?1 and fence = ?2 and "
                                        "purpose = ?3 and suite = ?4 and rotation = ?5",
                                        "adopt keys"));
  of_subject = LETHE_TRY(
      connection.prepare("select dek_id from edek where subject = ?1", "read keys to erase"));
  put_fence = LETHE_TRY(connection.prepare(
      "insert into fence (subject, version, key, value) values (?1, ?2, ?3, ?4)", "write a fence"));
  put_erased = LETHE_TRY(connection.prepare(
      "insert into erased (dek_id, key, value) values (?1, ?2, ?3) on conflict do nothing",
      "write erased rows"));
  remove_edek =
      LETHE_TRY(connection.prepare("delete from edek where dek_id = ?1", "remove wrapped keys"));
  put_state = LETHE_TRY(
      connection.prepare("insert or replace into state (subject, key, value) values (?1, ?2, ?3)",
                         "write a state row"));
  return {};
}

Result<std::uint64_t> Writer::fence_of(const SubjectHash& subject) {
  const Use use(current_fence);
  LETHE_TRY(current_fence.bind(1, subject.bytes).step());
  return static_cast<std::uint64_t>(current_fence.number(0));
}

Result<Birth> Writer::create(const EdekRow& row) {
  Birth birth;
  birth.current_fence = LETHE_TRY(fence_of(row.subject));
  if (birth.current_fence != row.fence_version) {
    birth.outcome = Birth::Outcome::kFenceMoved;
    return birth;
  }
  put_edek.bind(1, row.subject.bytes).bind(2, row.dek_id.bytes);
  put_edek.bind(3, std::int64_t{row.purpose}).bind(4, std::int64_t{row.suite});
  put_edek.bind(5, row.fence_version).bind(6, std::int64_t{row.rotation});
  row.name.empty() ? put_edek.bind_null(7) : put_edek.bind_text(7, row.name);
  put_edek.bind_blob(8, row.record);
  LETHE_TRY(put_edek.run());
  if (connection.changes() == 1) return birth;

  const Use use(winner);
  winner.bind(1, row.subject.bytes).bind(2, row.fence_version);
  winner.bind(3, std::int64_t{row.purpose}).bind(4, std::int64_t{row.suite});
  winner.bind(5, std::int64_t{row.rotation});
  if (!LETHE_TRY(winner.step())) return internal("A key row vanished while it was adopted");
  birth.outcome = Birth::Outcome::kAdopted;
  birth.winner = edek_at(winner);
  return birth;
}

Result<bool> Writer::has_just(const SubjectHash& subject, std::span<const ErasedRow> erased) {
  std::vector<DekId> ids;
  of_subject.bind(1, subject.bytes);
  LETHE_TRY(collect(of_subject, ids, [](const Statement& row) { return DekId{row.id(0)}; }));
  const auto is_named = [&](const DekId& id) {
    return std::any_of(erased.begin(), erased.end(),
                       [&](const ErasedRow& named) { return named.dek_id == id; });
  };
  return ids.size() == erased.size() && std::all_of(ids.begin(), ids.end(), is_named);
}

Result<void> Writer::bury(std::span<const ErasedRow> erased) {
  for (const ErasedRow& row : erased)
    LETHE_TRY(
        put_erased.bind(1, row.dek_id.bytes).bind_text(2, row.key).bind_text(3, row.value).run());
  for (const ErasedRow& row : erased) LETHE_TRY(remove_edek.bind(1, row.dek_id.bytes).run());
  return {};
}

}  // namespace lethe::kms::store::sqlite
