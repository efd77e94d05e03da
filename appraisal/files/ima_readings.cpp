#include "appraisal/files/ima_readings.hpp"

#include "messages/vocabulary/cursor.hpp"

#include <utility>

namespace muster::appraisal {

namespace {

/// The field after digest and name, if there is exactly one.
byte_view only_other_field(const tpm::ima_entry& entry) noexcept {
  if (entry.layout != tpm::ima_layout::fields) return {};
  cursor in{entry.data};
  const auto next = [&] { return in.take(entry.order == std::endian::little ? in.u32_le() : in.u32_be()); };
  next();
  next();
  const auto field = next();
  return in.done() ? field : byte_view{};
}

/// Whether the kernel may have copied the field from an attribute of a file: enum evm_ima_xattr_type
/// (security/integrity/integrity.h).
bool may_be_attribute(byte_view field) noexcept {
  constexpr std::uint8_t ima_signature = 3;
  constexpr std::uint8_t portable_evm_signature = 5;
  constexpr std::uint8_t verity_signature = 6;
  return field.empty() || field.front() == ima_signature || field.front() == portable_evm_signature
         || field.front() == verity_signature;
}

file_kind kind_of_file(const tpm::ima_entry& entry) noexcept {
  if (entry.subject == tpm::ima_subject::unknown_hash) return file_kind::unknown_hash;
  return entry.subject == tpm::ima_subject::verity_root ? file_kind::verity_file : file_kind::file;
}

file_kind measured_kind(const tpm::ima_entry& entry, entry_place place, tpm::genuine_aggregates& genuine) {
  const bool aggregate =
      entry.boot_aggregate()
      && (place == entry_place::first || (place == entry_place::later && genuine.holds(entry)));
  return aggregate ? file_kind::boot_aggregate : kind_of_file(entry);
}

entry_readings readings_as(const tpm::ima_entry& entry, file_kind measured) {
  entry_readings out{measured, {}};
  const auto field = only_other_field(entry);
  if (entry.subject == tpm::ima_subject::unknown_hash) {
    if (!field.empty() || !entry.buffer.empty()) out.buffer = buffer_claim{file_kind::other, {}, entry.path};
  } else if (!field.empty() && same(crypto::hash(entry.algorithm, field).view(), entry.digest)) {
    out.buffer = buffer_claim_of(entry, field);
    if (!may_be_attribute(field)) out.measured.reset();
  } else if (!entry.buffer.empty()) {
    out.buffer = buffer_claim{file_kind::other, {}, entry.path};
  }
  return out;
}

} // namespace

entry_place place_finder::next(const tpm::ima_entry& entry) noexcept {
  if (entry.pcr != tpm::ima_pcr) return entry_place::nowhere;
  return std::exchange(begun_, true) ? entry_place::later : entry_place::first;
}

entry_readings readings_of(const tpm::ima_entry& entry, entry_place place, tpm::genuine_aggregates& genuine) {
  if (entry.violation()) return {file_kind::violation, {}};
  return readings_as(entry, measured_kind(entry, place, genuine));
}

entry_readings told_readings_of(const tpm::ima_entry& entry, entry_place place) {
  if (entry.violation()) return {file_kind::violation, {}};
  const bool aggregate = entry.boot_aggregate() && place == entry_place::first;
  return readings_as(entry, aggregate ? file_kind::boot_aggregate : kind_of_file(entry));
}

} // namespace muster::appraisal
