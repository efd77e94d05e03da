#include "tpm/evidence/boot_aggregate.hpp"

#include <algorithm>
#include <utility>

namespace muster::tpm {
namespace {

bool says_something(const ima_entry& entry) noexcept {
  // No digest covers the fields of a violation, so such an entry says nothing.
  return entry.boot_aggregate() && entry.subject == ima_subject::file;
}

/// By a hash that we do not know: nothing can be compared, and it may be the kernel's.
bool says_the_unknown(const ima_entry& entry) noexcept {
  return entry.boot_aggregate() && entry.subject == ima_subject::unknown_hash;
}

/// Empty if the PCRs that it covers were not quoted in that bank.
crypto::digest aggregate_of(const verified_pcrs& quoted, hash_algorithm algorithm) {
  pcr_selection covered;
  const auto last = algorithm == hash_algorithm::sha1 ? 7U : 9U;
  if (!covered.add(algorithm, pcr_mask(0, last))) return {};
  return digest_of(quoted.values(), covered, algorithm);
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
  if (says_the_unknown(entry0))
    return all_zero(entry0.unknown_digest) ? aggregate_outcome::zero : aggregate_outcome::unchecked;
  if (!says_something(entry0)) return aggregate_outcome::absent;
  if (all_zero(entry0.digest)) return aggregate_outcome::zero;
  const auto recomputed = aggregate_of(quoted, entry0.algorithm);
  if (recomputed.empty()) return aggregate_outcome::unchecked;
  return same(recomputed.view(), entry0.digest) ? aggregate_outcome::bound : aggregate_outcome::differs;
}

aggregate_outcome compare_boot_aggregate(const verified_ima& log) {
  const auto first = first_measured(log);
  return first ? compare_boot_aggregate(*first, log.pcrs()) : aggregate_outcome::absent;
}

const crypto::digest& genuine_aggregates::of_pcrs(hash_algorithm algorithm) {
  auto known = std::ranges::find(values_, algorithm, &value::algorithm);
  if (known == values_.end()) known = values_.insert(known, {algorithm, aggregate_of(quoted_, algorithm)});
  return known->of_pcrs;
}

bool genuine_aggregates::holds(const ima_entry& entry) {
  return says_something(entry) && !all_zero(entry.digest)
         && same(of_pcrs(entry.algorithm).view(), entry.digest);
}

bool genuine_aggregates::may_hold(const ima_entry& entry) {
  if (says_the_unknown(entry)) return true;
  return says_something(entry)
         && (all_zero(entry.digest) || of_pcrs(entry.algorithm).empty() || holds(entry));
}

bool later_aggregates::has(const ima_entry& entry) {
  return entry.pcr == ima_pcr && std::exchange(begun_, true) && genuine_.may_hold(entry);
}

std::optional<std::uint64_t> first_later_aggregate(const verified_ima& log) {
  ima_walk walk{log};
  genuine_aggregates genuine{log.pcrs()};
  later_aggregates later{genuine, log.first()};
  auto index = log.first();
  for (const auto* entry = walk.next(); entry != nullptr; entry = walk.next(), ++index)
    if (later.has(*entry)) return index;
  return {};
}

std::optional<hash_algorithm> aggregate_bank_of(const verified_ima& log) {
  if (log.first() != 0) return {};
  ima_walk walk{log};
  while (const auto* entry = walk.next())
    if (entry->pcr == ima_pcr && says_something(*entry) && !all_zero(entry->digest)
        && entry->algorithm != hash_algorithm::sha256 && crypto::supported(entry->algorithm))
      return entry->algorithm;
  return {};
}

} // namespace muster::tpm
