#include "tpm/evidence/after_log.hpp"

#include <algorithm>

namespace muster::tpm {

after_log judge_move(const after_log& before, std::span<const bank_move> banks) {
  if (std::ranges::all_of(banks, [](const bank_move& move) { return move.from == move.to; })) return before;
  const auto* path = before.phases();
  if (path == nullptr || before.pcr != phase_pcr) return {before.pcr, unexplained{}};
  auto found = find_phases(banks, *path);
  if (!found) return {before.pcr, unexplained{}};
  return {before.pcr, *std::move(found)};
}

} // namespace muster::tpm
