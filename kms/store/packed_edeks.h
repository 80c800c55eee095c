// SPDX-License-Identifier: Apache-2.0
//
// EDEK rows in little memory: about 115 bytes for each, indexes included. What differs from row to
// row lies in fixed-size cells of chunks that never move; what many rows share (the head of the
// record, tenant, creator) is kept once per kind and named by a number. A row comes out as the very
// bytes that went in. Rows are found by subject and DEK id and walked in the order of both. One
// thread at a time, or many readers.

#ifndef LETHE_KMS_STORE_PACKED_EDEKS_H_
#define LETHE_KMS_STORE_PACKED_EDEKS_H_

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "kms/store/row_index.h"
#include "kms/store/rows.h"

namespace lethe::kms::store {

class PackedEdeks {
 public:
  using Ref = std::uint32_t;
  static constexpr Ref kNone = RowIndex::kNone;

  // The columns that decide about a row, without unpacking it.
  struct Columns {
    SubjectHash subject;
    DekId dek_id;
    std::uint8_t purpose = 0;
    std::uint8_t suite = 0;
    std::uint64_t fence_version = 0;
    std::uint32_t rotation = 0;
    std::uint64_t born = 0;  // the offset of the row's first version
    bool withdrawn = false;
  };

  // The row's DEK id must not be there yet.
  Ref insert(const EdekRow& row, std::uint64_t born);
  void erase(Ref ref);
  void set_withdrawn(Ref ref, bool withdrawn);

  Ref find(const DekId& id) const;
  // All rows of the subject, in order of birth.
  std::vector<Ref> of(const SubjectHash& subject) const;
  Columns columns(Ref ref) const;
  EdekRow row(Ref ref) const;
  // At most `limit` rows behind `after` for which `wanted` is true, by subject and DEK id.
  std::vector<Ref> page(const std::optional<ScanPosition>& after, std::size_t limit,
                        const std::function<bool(Ref)>& wanted) const;

  std::size_t size() const noexcept { return by_dek_.size(); }

 private:
  struct Cell {
    crypto::Id16 subject;
    crypto::Id16 dek_id;
    std::array<std::uint8_t, 12> nonce;
    std::array<std::uint8_t, 48> wrapped;
    std::uint32_t created;  // milliseconds since the kind's epoch
    std::array<std::uint8_t, 5> born;
    std::uint8_t flags;
    std::uint16_t kind;
  };
  static_assert(sizeof(Cell) == 104);

  // What rows share: everything of a record but the parts that a cell holds.
  struct Kind {
    std::string head;     // up to and with rotation_no
    std::string tenant;   // with its length
    std::string creator;  // with its length
    std::uint64_t epoch = 0;
    bool is_copy = false;  // its origin is its birth + 1, not 0
    Columns columns;       // purpose, suite, fence version and rotation are the same for all
  };
  // Rows whose record is not of the usual form, or that have a readable name.
  struct Odd {
    std::string name;
    std::optional<std::string> record;  // none: the cell has it
    Columns columns;                    // with a record
  };
  // The parts of a record of the usual form.
  struct Parts;

  static constexpr std::size_t kChunk = 4096;

  Cell& cell(Ref ref) { return (*chunks_[ref / kChunk])[ref % kChunk]; }
  const Cell& cell(Ref ref) const { return (*chunks_[ref / kChunk])[ref % kChunk]; }
  std::uint64_t subject_order(Ref ref) const;
  std::uint64_t dek_order(Ref ref) const;
  Ref take_cell();
  bool pack(const EdekRow& row, std::uint64_t born, Cell& into);
  std::optional<std::uint16_t> kind_of(const EdekRow& row, const Parts& parts);
  std::string record_of(const Cell& from) const;

  std::vector<std::unique_ptr<std::array<Cell, kChunk>>> chunks_;
  std::vector<Ref> free_;
  Ref next_ = 0;
  RowIndex by_subject_;
  RowIndex by_dek_;
  std::vector<Kind> kinds_;
  std::unordered_map<std::string, std::uint16_t> kind_numbers_;
  std::string kind_key_;  // scratch
  std::string last_key_;
  std::uint16_t last_kind_ = 0;
  std::unordered_map<Ref, Odd> odd_;
};

}  // namespace lethe::kms::store

#endif  // LETHE_KMS_STORE_PACKED_EDEKS_H_
