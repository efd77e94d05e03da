#include "service/survey/trial.hpp"

#include <algorithm>

namespace muster::service {

namespace {

bool is_good(verdict v) noexcept { return v == verdict::affirming || v == verdict::warning; }

/// Findings of the trial that the machine does not have now. A finding with another weight counts as new.
std::vector<finding> new_ones(const std::vector<finding>& then, const std::vector<finding>& now) {
  std::vector<finding> out;
  for (const auto& f : then) {
    const bool had = std::ranges::any_of(now, [&](const finding& g) {
      return g.check == f.check && g.subject == f.subject && g.found == f.found && g.level == f.level;
    });
    if (!had) out.push_back(f);
  }
  return out;
}

} // namespace

void trial::count(const node_state& now, verdict then) {
  ++out_.machines;
  out_.good += is_good(now.verdict) ? 1 : 0;
  out_.bad += then == verdict::contraindicated ? 1 : 0;
  out_.turning_bad += is_good(now.verdict) && then == verdict::contraindicated ? 1 : 0;
  out_.changing += then != now.verdict ? 1 : 0;
}

void trial::add(const node_record& node, const node_state& now, const appraisal::reappraisal& then) {
  count(now, then.verdict);
  const auto added = new_ones(then.findings.findings, now.findings);
  const auto name = node.name.empty() ? to_string(node.id) : node.name;
  causes_.add(name, added);
  if (then.verdict == now.verdict || out_.changes.size() == trial_outcome::max_changes) return;
  const auto worst = std::ranges::max_element(added, {}, &finding::level);
  out_.changes.push_back(
      {node.id, node.name, now.verdict, then.verdict, worst == added.end() ? finding{} : *worst});
  if (worst == added.end()) out_.changes.back().why.level = severity::note;
}

void trial::add_without_claims(const node_state& now) {
  count(now, now.verdict);
  ++out_.without_claims;
}

void trial::add_unreadable() {
  ++out_.machines;
  ++out_.unreadable;
}

trial_outcome trial::finish() && {
  out_.causes = causes_.worst_first();
  if (out_.causes.size() > trial_outcome::max_causes) out_.causes.resize(trial_outcome::max_causes);
  return std::move(out_);
}

} // namespace muster::service
