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

/// Empty if the PCRs that it covers were not quoted in that bank.
crypto::digest aggregate_of(const verified_pcrs& quoted, hash_algorithm algorithm) {
  pcr_selection covered;
  const auto last = algorithm == hash_algorithm::sha1 ? 7U : 9U;
  if (!covered.add(algorithm, pcr_mask(0, last))) return {};
  return digest_of(quoted.values(), covered, algorithm);
}

} // namespace

aggregate_outcome compare_boot_aggregate(const ima_entry& entry0, const verified_pcrs& quoted) {
  if (!says_something(entry0)) return aggregate_outcome::absent;
  if (is_zero(entry0.digest)) return aggregate_outcome::zero;
  const auto recomputed = aggregate_of(quoted, entry0.algorithm);
  if (recomputed.empty()) return aggregate_outcome::unchecked;
  return same(recomputed.view(), entry0.digest) ? aggregate_outcome::bound : aggregate_outcome::differs;
}

aggregate_outcome compare_boot_aggregate(const verified_ima& log) {
  if (log.first() != 0 || log.size() == 0) return aggregate_outcome::absent;
  return compare_boot_aggregate(log[0], log.pcrs());
}

bool genuine_aggregates::holds(const ima_entry& entry) {
  if (!says_something(entry) || is_zero(entry.digest)) return false;
  auto known = std::ranges::find(values_, entry.algorithm, &value::algorithm);
  if (known == values_.end())
    known = values_.insert(known, {entry.algorithm, aggregate_of(quoted_, entry.algorithm)});
  return !known->of_pcrs.empty() && same(known->of_pcrs.view(), entry.digest);
}

std::optional<std::uint64_t> first_later_aggregate(const verified_ima& log) {
  ima_walk walk{log};
  genuine_aggregates genuine{log.pcrs()};
  auto index = log.first();
  for (const auto* entry = walk.next(); entry != nullptr; entry = walk.next(), ++index)
    if (index != 0 && genuine.holds(*entry)) return index;
  return {};
}

std::optional<hash_algorithm> aggregate_bank_of(const verified_ima& log) {
  if (log.first() != 0 || log.size() == 0) return {};
  const auto entry0 = log[0];
  if (!says_something(entry0) || is_zero(entry0.digest) || entry0.algorithm == hash_algorithm::sha256
      || !crypto::supported(entry0.algorithm))
    return {};
  return entry0.algorithm;
}

} // namespace muster::tpm
