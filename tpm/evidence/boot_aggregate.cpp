#include "tpm/evidence/boot_aggregate.hpp"

#include <algorithm>

namespace muster::tpm {
namespace {

constexpr std::size_t max_later = 64;

} // namespace

aggregate_outcome compare_boot_aggregate(const ima_entry& entry0, const verified_pcrs& quoted) {
  // The fields of a violation are not covered: such an entry says nothing.
  if (!entry0.boot_aggregate() || entry0.subject != ima_subject::file) return aggregate_outcome::absent;
  if (std::ranges::all_of(entry0.digest, [](std::uint8_t byte) { return byte == 0; }))
    return aggregate_outcome::zero;
  pcr_selection covered;
  const auto last = entry0.algorithm == hash_algorithm::sha1 ? 7U : 9U;
  if (!covered.add(entry0.algorithm, pcr_mask(0, last))) return aggregate_outcome::unchecked;
  const auto recomputed = digest_of(quoted.values(), covered, entry0.algorithm);
  if (recomputed.empty()) return aggregate_outcome::unchecked;
  return same(recomputed.view(), entry0.digest) ? aggregate_outcome::bound : aggregate_outcome::differs;
}

aggregate_outcome compare_boot_aggregate(const verified_ima& log) {
  if (log.first() != 0 || log.size() == 0) return aggregate_outcome::absent;
  return compare_boot_aggregate(log[0], log.pcrs());
}

std::vector<later_aggregate> later_boot_aggregates(const verified_ima& log) {
  std::vector<later_aggregate> out;
  auto index = log.first();
  log.for_each([&](const ima_entry& entry) {
    if (index != 0 && entry.boot_aggregate() && out.size() < max_later) out.push_back({index, entry});
    ++index;
  });
  return out;
}

} // namespace muster::tpm
