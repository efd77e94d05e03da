#include "appraisal/verdict/verdict.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

bool any_at_least(std::span<const finding> findings, severity level) noexcept {
  return std::ranges::any_of(findings, [&](const finding& f) { return f.level >= level; });
}

/// The lesser of two verdicts that are not bad. The order is none, warning, affirming.
verdict capped(verdict v, verdict best) noexcept {
  if (v == verdict::none || best == verdict::none) return verdict::none;
  return best == verdict::affirming ? v : verdict::warning;
}

verdict cap_of(const policy& p, endorsement level) noexcept {
  const auto i = static_cast<std::size_t>(level);
  return i < p.cap.size() ? p.cap[i] : verdict::none;
}

} // namespace

verdict verdict_of(std::span<const finding> findings, endorsement vouched_by, const policy& p,
                   reference_state reference) noexcept {
  return any_at_least(findings, severity::failure)   ? verdict::contraindicated
         : reference != reference_state::present     ? verdict::none
         : any_at_least(findings, severity::warning) ? capped(verdict::warning, cap_of(p, vouched_by))
                                                     : capped(verdict::affirming, cap_of(p, vouched_by));
}

} // namespace muster::appraisal
