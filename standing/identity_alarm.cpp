#include "standing/identity_alarm.hpp"

#include "appraisal/verdict/carry_over.hpp"

#include <algorithm>

namespace muster::service {

namespace {

finding two_hosts(std::string found, std::string sentence) {
  finding out;
  out.kind = finding_kind::identity;
  out.level = severity::warning;
  out.check = "identity.two-hosts";
  out.subject = "this identity";
  out.expected = "one host";
  out.found = std::move(found);
  out.sentence = std::move(sentence);
  out.remedy = "find and stop the other host; if the agent's key was copied, delete the agent's state on the "
               "machine, so that it enrols with a new key; then run muster node acknowledge, and restart the "
               "agent on the right machine (by itself it waits minutes before it connects again)";
  return out;
}

} // namespace

finding two_live_sessions() {
  return two_hosts("two live sessions",
                   "Two agents use this identity at the same time: the agent's state was copied, or "
                   "another host relays to this machine's TPM.");
}

finding alternating_boots(const boot_id& between, const boot_id& returned) {
  return two_hosts("alternating boots " + to_string(between) + " and " + to_string(returned),
                   "Two running kernels attest alternately with this machine's TPM, which counted no boot in "
                   "between: one of them is another host.");
}

finding alternating_keys() {
  return two_hosts("two alternating node keys",
                   "Two agents enrol alternately with this machine's TPM, each with its own node key: "
                   "another host relays to the TPM, or two agents run on this machine.");
}

std::optional<finding> note_key(node_state& state, const bytes32& before, const bytes32& next) {
  auto& seen = state.keys_seen;
  const auto at = std::ranges::find(seen, next);
  const bool returned = at != seen.end();
  if (returned) seen.erase(at);
  seen.push_back(before);
  if (seen.size() > max_keys_seen) seen.erase(seen.begin());
  return returned ? std::optional{alternating_keys()} : std::nullopt;
}

std::optional<finding> note_boot(node_state& state, const boot_id& now_running, counters counted) {
  auto& seen = state.boots_seen;
  if (counted == counters::changed) {
    seen.assign(1, now_running);
    return std::nullopt;
  }
  if (seen.empty() && state.boot) seen.push_back(*state.boot);
  if (!seen.empty() && seen.back() == now_running) return std::nullopt;
  const auto before = std::ranges::find(seen, now_running);
  const bool returned = before != seen.end();
  std::optional<finding> out;
  if (returned) {
    out = alternating_boots(seen.back(), now_running);
    seen.erase(before);
  }
  seen.push_back(now_running);
  if (seen.size() > max_boots_seen) seen.erase(seen.begin());
  return out;
}

bool raise_alarm(node_state& state, finding what, wall_time now) {
  if (state.alarm) return false;
  auto kept =
      appraisal::carry_over({state.findings, state.findings_total}, {what}, appraisal::occasion::increment);
  state.findings = std::move(kept.findings);
  state.findings_total = static_cast<std::uint32_t>(kept.total);
  state.alarm = std::move(what);
  if (state.verdict != verdict::affirming) return true;
  state.verdict = verdict::warning;
  state.since = now;
  return true;
}

void end_alarm(node_state& state) {
  if (!state.alarm) return;
  const auto gone =
      std::erase_if(state.findings, [&](const finding& f) { return f.check == state.alarm->check; });
  state.findings_total -= std::min(state.findings_total, static_cast<std::uint32_t>(gone));
  state.alarm.reset();
  state.keys_seen.clear();
  if (state.boots_seen.size() > 1)
    state.boots_seen.erase(state.boots_seen.begin(), state.boots_seen.end() - 1);
}

} // namespace muster::service
