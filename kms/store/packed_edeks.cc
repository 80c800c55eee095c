// SPDX-License-Identifier: Apache-2.0
#include "kms/store/packed_edeks.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <tuple>
#include <utility>

namespace lethe::kms::store {
namespace {

// Of an EDEK record (specification, section 10).
constexpr std::size_t kFlags = 7;
constexpr std::size_t kOrigin = 32;
constexpr std::size_t kDekId = 40;
constexpr std::size_t kSubject = 56;
constexpr std::size_t kTenant = 72;
constexpr std::size_t kNonce = 12;
constexpr std::size_t kWrapped = 48;
constexpr std::size_t kLength = 2;

constexpr std::uint8_t kIsWithdrawn = 1;
constexpr std::uint8_t kIsOdd = 2;

constexpr std::uint64_t kCreatedMask = 0x7FFFFFFF;  // about 25 days
constexpr int kBornBits = 40;

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
  return value;
}

std::uint64_t big_endian(const crypto::Id16& id) {
  return big_endian({reinterpret_cast<const char*>(id.data()), 8});
}

void append_big_endian(std::uint64_t value, std::string& out) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

template <std::size_t kSize>
void append(const std::array<std::uint8_t, kSize>& bytes, std::string& out) {
  out.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

template <std::size_t kSize>
void assign(std::string_view bytes, std::array<std::uint8_t, kSize>& out) {
  std::copy_n(bytes.begin(), kSize, reinterpret_cast<char*>(out.data()));
}

}  // namespace

struct PackedEdeks::Parts {
  std::string_view head;
  std::uint64_t origin = 0;
  std::string_view tenant;
  std::string_view nonce;
  std::string_view wrapped;
  std::uint64_t created = 0;
  std::string_view creator;

  // Nothing: another form. Whether the parts make sense is for whoever opens the record.
  static std::optional<Parts> of(std::string_view record) {
    if (record.size() < kTenant + kLength || record[kFlags] != 0) return std::nullopt;
    Parts parts;
    parts.head = record.substr(0, kOrigin);
    parts.origin = big_endian(record.substr(kOrigin, 8));
    const std::size_t tenant_size = kLength + big_endian(record.substr(kTenant, kLength));
    std::size_t at = kTenant + tenant_size;
    const std::size_t fixed = kNonce + kWrapped + 8 + kLength;
    if (record.size() < at + fixed) return std::nullopt;
    parts.tenant = record.substr(kTenant, tenant_size);
    parts.nonce = record.substr(at, kNonce);
    parts.wrapped = record.substr(at += kNonce, kWrapped);
    parts.created = big_endian(record.substr(at += kWrapped, 8));
    parts.creator = record.substr(at + 8);
    const std::size_t creator_size = kLength + big_endian(parts.creator.substr(0, kLength));
    return parts.creator.size() == creator_size ? std::optional(parts) : std::nullopt;
  }
};

std::uint64_t PackedEdeks::subject_order(Ref ref) const {
  return big_endian(cell(ref).subject);
}

std::uint64_t PackedEdeks::dek_order(Ref ref) const {
  return big_endian(cell(ref).dek_id);
}

PackedEdeks::Ref PackedEdeks::take_cell() {
  if (!free_.empty()) {
    const Ref ref = free_.back();
    free_.pop_back();
    return ref;
  }
  if (next_ % kChunk == 0) chunks_.push_back(std::make_unique<std::array<Cell, kChunk>>());
  return next_++;
}

PackedEdeks::Ref PackedEdeks::insert(const EdekRow& row, std::uint64_t born) {
  const Ref ref = take_cell();
  Cell& into = cell(ref);
  into = {};
  into.subject = row.subject.bytes;
  into.dek_id = row.dek_id.bytes;
  const bool packed = pack(row, born, into);
  if (!packed || !row.name.empty()) {
    into.flags = kIsOdd;
    Odd& odd = odd_[ref];
    odd.name = row.name;
    if (!packed) {
      odd.record = row.record;
      odd.columns = {row.subject,       row.dek_id,   row.purpose, row.suite,
                     row.fence_version, row.rotation, born,        false};
    }
  }
  by_subject_.insert(subject_order(ref), ref, [this](Ref r) { return subject_order(r); });
  by_dek_.insert(dek_order(ref), ref, [this](Ref r) { return dek_order(r); });
  return ref;
}

bool PackedEdeks::pack(const EdekRow& row, std::uint64_t born, Cell& into) {
  const auto parts = Parts::of(row.record);
  if (!parts || born >> kBornBits != 0) return false;
  if (parts->origin != 0 && parts->origin != born + 1) return false;
  const auto kind = kind_of(row, *parts);
  if (!kind) return false;
  assign(parts->nonce, into.nonce);
  assign(parts->wrapped, into.wrapped);
  into.created = static_cast<std::uint32_t>(parts->created & kCreatedMask);
  for (std::size_t i = 0; i < into.born.size(); ++i)
    into.born[i] = static_cast<std::uint8_t>(born >> (8 * i));
  into.kind = *kind;
  // Also that the record is one of the row's own subject and DEK id.
  return record_of(into) == row.record;
}

std::optional<std::uint16_t> PackedEdeks::kind_of(const EdekRow& row, const Parts& parts) {
  const std::uint64_t epoch = parts.created & ~kCreatedMask;
  const bool is_copy = parts.origin != 0;
  kind_key_.assign(parts.head).append(parts.tenant).append(parts.creator);
  append_big_endian(epoch, kind_key_);
  kind_key_.push_back(is_copy ? '\1' : '\0');
  // Columns that are not the record's are another kind as well.
  append_big_endian(row.fence_version, kind_key_);
  append_big_endian(std::uint64_t{row.rotation} << 16 | row.purpose << 8 | row.suite, kind_key_);
  if (!kinds_.empty() && kind_key_ == last_key_) return last_kind_;

  const auto [found, is_new] =
      kind_numbers_.try_emplace(kind_key_, static_cast<std::uint16_t>(kinds_.size()));
  if (is_new) {
    if (kinds_.size() > std::numeric_limits<std::uint16_t>::max()) {
      kind_numbers_.erase(found);
      return std::nullopt;
    }
    Columns columns;
    columns.purpose = row.purpose;
    columns.suite = row.suite;
    columns.fence_version = row.fence_version;
    columns.rotation = row.rotation;
    kinds_.push_back({std::string(parts.head), std::string(parts.tenant),
                      std::string(parts.creator), epoch, is_copy, columns});
  }
  last_key_ = kind_key_;
  return last_kind_ = found->second;
}

void PackedEdeks::erase(Ref ref) {
  by_subject_.erase(subject_order(ref), ref, [this](Ref r) { return subject_order(r); });
  by_dek_.erase(dek_order(ref), ref, [this](Ref r) { return dek_order(r); });
  odd_.erase(ref);
  cell(ref) = {};
  free_.push_back(ref);
}

void PackedEdeks::set_withdrawn(Ref ref, bool withdrawn) {
  std::uint8_t& flags = cell(ref).flags;
  flags = static_cast<std::uint8_t>(withdrawn ? flags | kIsWithdrawn : flags & ~kIsWithdrawn);
}

PackedEdeks::Ref PackedEdeks::find(const DekId& id) const {
  Ref found = kNone;
  by_dek_.probe(big_endian(id.bytes), [&](Ref ref) {
    if (cell(ref).dek_id == id.bytes) found = ref;
    return found != kNone;
  });
  return found;
}

std::vector<PackedEdeks::Ref> PackedEdeks::of(const SubjectHash& subject) const {
  std::vector<Ref> refs;
  by_subject_.probe(big_endian(subject.bytes), [&](Ref ref) {
    if (cell(ref).subject == subject.bytes) refs.push_back(ref);
    return false;
  });
  if (refs.size() > 1)
    std::sort(refs.begin(), refs.end(),
              [this](Ref a, Ref b) { return columns(a).born < columns(b).born; });
  return refs;
}

PackedEdeks::Columns PackedEdeks::columns(Ref ref) const {
  const Cell& from = cell(ref);
  const bool is_withdrawn = (from.flags & kIsWithdrawn) != 0;
  if ((from.flags & kIsOdd) != 0) {
    const Odd& odd = odd_.at(ref);
    if (odd.record) {
      Columns columns = odd.columns;
      columns.withdrawn = is_withdrawn;
      return columns;
    }
  }
  Columns columns = kinds_[from.kind].columns;
  columns.subject.bytes = from.subject;
  columns.dek_id.bytes = from.dek_id;
  for (std::size_t i = 0; i < from.born.size(); ++i)
    columns.born |= std::uint64_t{from.born[i]} << (8 * i);
  columns.withdrawn = is_withdrawn;
  return columns;
}

std::string PackedEdeks::record_of(const Cell& from) const {
  const Kind& kind = kinds_[from.kind];
  std::uint64_t born = 0;
  for (std::size_t i = 0; i < from.born.size(); ++i) born |= std::uint64_t{from.born[i]} << (8 * i);
  std::string record;
  record.reserve(kTenant + kind.tenant.size() + kNonce + kWrapped + 8 + kind.creator.size());
  record = kind.head;
  append_big_endian(kind.is_copy ? born + 1 : 0, record);
  append(from.dek_id, record);
  append(from.subject, record);
  record += kind.tenant;
  append(from.nonce, record);
  append(from.wrapped, record);
  append_big_endian(kind.epoch | from.created, record);
  record += kind.creator;
  return record;
}

EdekRow PackedEdeks::row(Ref ref) const {
  const Columns columns = this->columns(ref);
  EdekRow row;
  row.subject = columns.subject;
  row.dek_id = columns.dek_id;
  row.purpose = columns.purpose;
  row.suite = columns.suite;
  row.fence_version = columns.fence_version;
  row.rotation = columns.rotation;
  const Odd* odd = (cell(ref).flags & kIsOdd) != 0 ? &odd_.at(ref) : nullptr;
  if (odd != nullptr) row.name = odd->name;
  row.record = odd != nullptr && odd->record ? *odd->record : record_of(cell(ref));
  return row;
}

std::vector<PackedEdeks::Ref> PackedEdeks::page(const std::optional<ScanPosition>& after,
                                                std::size_t limit,
                                                const std::function<bool(Ref)>& wanted) const {
  const auto place = [this](Ref ref) { return std::tie(cell(ref).subject, cell(ref).dek_id); };
  const auto is_behind = [&](Ref ref) {
    return !after || place(ref) > std::tie(after->subject.bytes, after->dek_id.bytes);
  };
  std::vector<Ref> refs;
  by_subject_.walk(
      after ? big_endian(after->subject.bytes) : 0,
      [&](Ref ref) {
        if (is_behind(ref) && wanted(ref)) refs.push_back(ref);
      },
      [&] { return refs.size() < limit; });
  std::sort(refs.begin(), refs.end(), [&](Ref a, Ref b) { return place(a) < place(b); });
  if (refs.size() > limit) refs.resize(limit);
  return refs;
}

}  // namespace lethe::kms::store
