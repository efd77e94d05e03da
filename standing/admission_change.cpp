#include "standing/admission_change.hpp"

#include "records/record_codec.hpp"
#include "standing/decision.hpp"
#include "standing/identity_alarm.hpp"
#include "standing/recorded_boot.hpp"

namespace muster::service {

namespace {

/// A new generation begins with nothing verified. Findings and an untrusted verdict carry over. An operator
/// approved it, so an alarm about two hosts is over.
node_state begin_generation(node_state state, generation g, wall_time now) {
  forget_boot(state);
  end_alarm(state);
  state.boots_seen.clear();
  state.keys_seen.clear();
  state.generation = g;
  state.must_enrol = false;
  if (state.verdict == verdict::contraindicated || state.verdict == verdict::none) return state;
  state.verdict = verdict::none;
  state.since = now;
  return state;
}

/// The machine keeps its generation and gets another node key. Returns its state after that.
node_state take_key(const settled_node& at, const proven_machine& who, wall_time now, node_change& out) {
  auto state = at.state();
  const auto twins = note_key(state, crypto::sha256(at.node()->node_spki), crypto::sha256(who.node_spki));
  if (!twins || !raise_alarm(state, *twins, now)) return state;
  out.batch.enter(now, "service", "alarm", twins->sentence);
  out.news.push_back(alarm_news(at.id(), twins->found));
  return state;
}

} // namespace

node_change expire_candidate(const settled_node& at, wall_time now) {
  node_change out{at, change_source::machine};
  if (!at.node() || !at.node()->candidate || now < at.node()->candidate->expires) return out;
  const bool admitted_before = at.node()->standing != standing::pending || at.node()->generation.value != 0;
  out.batch.enter(now, "service", "admission",
                  admitted_before ? "its new generation waited too long for approval"
                                  : "it waited too long for approval; forgotten");
  out.news.push_back({node_news::weight::info,
                      "admission",
                      {{"node", to_string(at.id())},
                       {"source", at.node()->candidate->source},
                       {"what", std::string{"waited too long for approval"}}}});
  if (!admitted_before) {
    out.forget();
    return out;
  }
  auto node = *at.node();
  node.candidate.reset();
  out.put(std::move(node));
  return out;
}

result<admission_change> admit(const settled_node& at, const proven_machine& who, bool revoked,
                               const admission_rules& rules, const node_register& all, wall_time now,
                               const join_offer& offer) {
  const auto before = at.node() ? std::optional{*at.node()} : std::nullopt;
  auto made = decide_admission(before, at.state().must_enrol, revoked, who, rules,
                               all.waiting(who.source, now), now, offer);
  if (!made) return made.fault();
  admission_change out{{at, change_source::machine}, {}};
  out.answer.admitted = made->kind == admission_kind::admit;
  out.answer.fingerprint = made->fingerprint;
  out.answer.generation = made->node.generation;
  out.answer.join_used = made->used;
  out.answer.join_refused = made->refused;
  auto& change = out.change;
  if (made->used) change.batch.put<tables::join_uses>(to_record(join_use{*made->used, now}));
  if (!made->changed) return out;

  const bool new_generation = !before || before->generation != made->node.generation;
  const bool key_changed = before && before->node_spki != made->node.node_spki;
  if (out.answer.admitted && (new_generation || key_changed)) {
    change.ends = session_end::new_generation;
    auto state = new_generation ? begin_generation(at.state(), made->node.generation, now)
                                : take_key(at, who, now, change);
    if (new_generation) {
      if (at.state().boot_claims) change.batch.drop_use({*at.state().boot_claims});
      change.batch.clear_claims();
    }
    log_verdict(change.batch, now, at.state().verdict, state.verdict,
                new_generation ? "new generation" : "alarm");
    change.put(std::move(state));
  }
  // A service that did not know better may have approved two candidates under one name.
  if (!made->node.name.empty() && all.taken(made->node.name, at.id())) made->node.name.clear();
  change.batch.enter(now, "node " + to_string(at.id()), "admission", made->log);
  change.news.push_back({node_news::weight::info,
                         "admission",
                         {{"node", to_string(at.id())},
                          {"source", who.source},
                          {"what", made->log},
                          {"fingerprint", to_hex(made->fingerprint)}}});
  change.put(std::move(made->node));
  return out;
}

} // namespace muster::service
