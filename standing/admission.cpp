#include "standing/admission.hpp"

#include "crypto/secret.hpp"
#include "standing/vouching.hpp"

namespace muster::service {

namespace {

/// Group of a machine that no approval gave one.
constexpr const char* no_group = "unassigned";

bool approved(const candidate_record& waiting, const bytes32& fingerprint, wall_time now) {
  return waiting.approved_fingerprint && now < waiting.expires
         && crypto::equal_constant_time(*waiting.approved_fingerprint, fingerprint);
}

node_record admitted(node_record node, const proven_machine& who, wall_time now) {
  node.id = who.id;
  node.standing = standing::enrolled;
  node.generation.value += 1;
  node.ek_public = who.ek_public;
  node.ak_public = who.ak_public;
  node.node_spki = who.node_spki;
  node.facts = who.facts;
  if (node.candidate) node.ek_chain = kept_chain(node.ek_chain, node.candidate->ek_chain);
  node.ek_chain = kept_chain(node.ek_chain, who.ek_chain);
  node.doubt.clear();
  node.denied = false;
  node.admitted = now;
  node.candidate.reset();
  return node;
}

admission admit_approved(const node_record& known, const proven_machine& who, const bytes32& fingerprint,
                         wall_time now) {
  const auto waiting = *known.candidate;
  auto node = admitted(known, who, now);
  // An approval is weaker than a vendor's word. The machine's level is the stronger of the two.
  node.admission_level = endorsement::operator_approved;
  node.level = std::max(who.level, node.admission_level);
  node.admitted_by = waiting.approved_by;
  if (!waiting.group.empty()) node.group = waiting.group;
  if (node.group.empty()) node.group = no_group;
  if (!waiting.name.empty()) node.name = waiting.name;
  return {admission_kind::admit, std::move(node), true, fingerprint,
          "admitted by approval of " + waiting.approved_by};
}

admission admit_vendor(const std::optional<node_record>& known, const proven_machine& who,
                       const admission_rules& rules, const bytes32& fingerprint, wall_time now) {
  node_record fresh;
  if (known) { // it was a candidate: what it showed then stays
    fresh.ek_chain = known->ek_chain;
    fresh.candidate = known->candidate;
  }
  auto node = admitted(std::move(fresh), who, now);
  node.admission_level = endorsement::none; // nothing but the vendor's word
  node.level = who.level;
  node.admitted_by = "vendor";
  node.group = rules.vendor_group;
  return {admission_kind::admit, std::move(node), true, fingerprint, "admitted by its vendor's certificate"};
}

/// The level of a token is its own line in a policy. That a vendor vouches counts as ever.
admission admit_token(const proven_machine& who, const join_token& token, const bytes32& fingerprint,
                      wall_time now) {
  auto node = admitted({}, who, now);
  node.admission_level = endorsement::token;
  node.level = std::max(who.level, node.admission_level);
  node.admitted_by = "token " + join_token_id(token.digest);
  node.group = token.group;
  auto log = "admitted by token " + join_token_id(token.digest) + " into group " + token.group;
  return {admission_kind::admit, std::move(node), true, fingerprint, std::move(log), token.digest};
}

join_refusal refusal_of(const std::optional<node_record>& known, const proven_machine& who,
                        const join_offer& offer) {
  if (!who.token) return join_refusal::none;
  return known || offer.known_before ? join_refusal::known_machine : join_refusal::not_accepted;
}

admission reissue(const node_record& known, const proven_machine& who, const bytes32& fingerprint) {
  auto node = known;
  const bool new_key = node.node_spki != who.node_spki;
  // The same proof again does not change the node: it waits for no other change, and none waits for it.
  bool changed = new_key || node.facts != who.facts || node.candidate;
  node.node_spki = who.node_spki;
  node.facts = who.facts;
  changed = take_proof(node, who.level, who.ek_chain) || changed;
  node.candidate.reset();
  return {admission_kind::admit, std::move(node), changed, fingerprint,
          new_key ? "certificate re-issued for a new node key" : "certificate re-issued"};
}

candidate_record candidate_of(const node_record& node, const proven_machine& who,
                              const admission_rules& rules, wall_time now) {
  candidate_record out;
  out.ek_public = who.ek_public;
  out.ak_public = who.ak_public;
  out.node_spki = who.node_spki;
  out.facts = who.facts;
  const auto before = node.candidate ? node.candidate->ek_chain : std::vector<bytes>{};
  out.ek_chain = kept_chain(before, who.ek_chain);
  out.level = who.level;
  out.source = who.source;
  out.since = now;
  out.expires = {now.milliseconds + static_cast<std::uint64_t>(rules.pending_expiry.count())};
  return out;
}

bool same_triple(const candidate_record& waiting, const bytes32& fingerprint) {
  return fingerprint_of(waiting.ek_public, waiting.ak_public, waiting.node_spki) == fingerprint;
}

} // namespace

result<admission> decide_admission(const std::optional<node_record>& known, bool must_enrol, bool revoked,
                                   const proven_machine& who, const admission_rules& rules,
                                   pending_counts waiting, wall_time now, const join_offer& offer) {
  if (revoked || (known && known->standing == standing::revoked))
    return fault{errc::denied,
                 "admission: this machine was revoked, for good: its endorsement key is not admitted again"};
  const auto fingerprint = fingerprint_of(who.ek_public, who.ak_public, who.node_spki);
  const bool enrolled = known && known->standing == standing::enrolled;
  if (enrolled && !must_enrol && known->ak_public == who.ak_public) return reissue(*known, who, fingerprint);
  if (known && known->candidate && approved(*known->candidate, fingerprint, now))
    return admit_approved(*known, who, fingerprint, now);
  if (!known && !offer.known_before && offer.token) return admit_token(who, *offer.token, fingerprint, now);
  if (!enrolled && rules.vendor == vendor_admission::automatic && who.level >= endorsement::vendor)
    return admit_vendor(known, who, rules, fingerprint, now);

  const auto refused = refusal_of(known, who, offer);
  const bool waits_already = known && known->candidate && now < known->candidate->expires;
  if (waits_already && same_triple(*known->candidate, fingerprint))
    return admission{admission_kind::pending, *known, false, fingerprint, {}, {}, refused};
  if (!waits_already
      && (waiting.total >= rules.pending_limit || waiting.from_source >= rules.pending_per_source))
    return fault{errc::busy, "admission: too many machines wait for approval; approve or forget some"};
  auto node = known.value_or(node_record{});
  node.id = who.id;
  node.candidate = candidate_of(node, who, rules, now);
  return admission{admission_kind::pending,
                   std::move(node),
                   true,
                   fingerprint,
                   enrolled ? "a new generation waits for approval" : "waits for approval",
                   {},
                   refused};
}

result<node_record> approve_candidate(const node_record& node, byte_view fingerprint, std::string group,
                                      std::string name, std::string by, wall_time now) {
  if (node.standing == standing::revoked)
    return fault{errc::denied,
                 "approve: this machine was revoked, for good; muster node show says when, by whom and why"};
  if (!node.candidate) return fault{errc::not_found, "approve: this machine does not wait for approval"};
  if (now >= node.candidate->expires)
    return fault{errc::expired, "approve: this machine waited too long; it will ask again by itself"};
  const auto& waiting = *node.candidate;
  const auto expected = fingerprint_of(waiting.ek_public, waiting.ak_public, waiting.node_spki);
  if (!crypto::equal_constant_time(expected, fingerprint))
    return fault{errc::mismatch,
                 "approve: fingerprint: another one waits; compare it with the machine's own log"};
  auto out = node;
  out.candidate->approved_fingerprint = expected;
  out.candidate->approved_by = std::move(by);
  out.candidate->group = std::move(group);
  out.candidate->name = std::move(name);
  return out;
}

std::string describe_approval(const node_record& approved) {
  if (!approved.candidate || !approved.candidate->approved_fingerprint) return {};
  const auto& candidate = *approved.candidate;
  auto group = candidate.group.empty() ? approved.group : candidate.group;
  if (group.empty()) group = no_group;
  const auto& name = candidate.name.empty() ? approved.name : candidate.name;
  return "group " + group + (name.empty() ? ", no name" : ", name " + name) + ", fingerprint "
         + to_hex(*candidate.approved_fingerprint);
}

} // namespace muster::service
