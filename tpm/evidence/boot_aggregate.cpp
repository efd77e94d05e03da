#include "tpm/evidence/boot_aggregate.hpp"

#include <algorithm>

namespace muster::tpm {
namespace {

bool says_something(const ima_entry& entry) noexcept {
  // The fields of a violation are not covered: such an entry says nothing.
  return entry.boot_aggregate() && entry.subject == ima_subject::file;
}

bool is_zero(byte_view digest) noexcept {
  return std::ranges::all_of(digest, [](std::uint8_t byte) { return byte == 0; });
}

} // namespace

std::optional<ima_entry> first_measured(const verified_ima& log) {
  if (log.first() != 0) return {};
  ima_walk walk{log};
  while (const auto* entry = walk.next())
    if (entry->pcr == ima_pcr) return *entry;
  return {};
}

aggregate_outcome compare_boot_aggregate(const ima_entry& entry0, const verified_pcrs& quoted) {
  if (!says_something(entry0)) return aggregate_outcome::absent;
  if (is_zero(entry0.digest)) return aggregate_outcome::zero;
  pcr_selection covered;
  const auto last = entry0.algorithm == hash_algorithm::sha1 ? 7U : 9U;
  if (!covered.add(entry0.algorithm, pcr_mask(0, last))) return aggregate_outcome::unchecked;
  const auto recomputed = digest_of(quoted.values(), covered, entry0.algorithm);
  if (recomputed.empty()) return aggregate_outcome::unchecked;
  return same(recomputed.view(), entry0.digest) ? aggregate_outcome::bound : aggregate_outcome::differs;
}

aggregate_outcome compare_boot_aggregate(const verified_ima& log) {
  const auto first = first_measured(log);
  return first ? compare_boot_aggregate(*first, log.pcrs()) : aggregate_outcome::absent;
}

bool is_genuine_aggregate(const ima_entry& entry, const verified_pcrs& quoted) {
  return entry.boot_aggregate() && compare_boot_aggregate(entry, quoted) == aggregate_outcome::bound;
}

bool may_be_aggregate(const ima_entry& entry, const verified_pcrs& quoted) {
  switch (compare_boot_aggregate(entry, quoted)) {
  case aggregate_outcome::absent:
  case aggregate_outcome::differs: return false;
  case aggregate_outcome::bound:
  case aggregate_outcome::zero:
  case aggregate_outcome::unchecked: break;
  }
  return true;
}

std::optional<std::uint64_t> first_later_aggregate(const verified_ima& log) {
  ima_walk walk{log};
  bool behind_first = log.first() != 0;
  auto index = log.first();
  for (const auto* entry = walk.next(); entry != nullptr; entry = walk.next(), ++index) {
    if (entry->pcr != ima_pcr) continue;
    if (behind_first && may_be_aggregate(*entry, log.pcrs())) return index;
    behind_first = true;
  }
  return {};
}

std::optional<hash_algorithm> aggregate_bank_of(const verified_ima& log) {
  const auto first = first_measured(log);
  if (!first || !says_something(*first) || is_zero(first->digest)
      || first->algorithm == hash_algorithm::sha256 || !crypto::supported(first->algorithm))
    return {};
  return first->algorithm;
}

} // namespace muster::tpm
