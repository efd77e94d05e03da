#include "service/references/acceptance.hpp"

namespace muster::service {

namespace {

fault refusal(const node_record& node, std::string why) {
  return {errc::denied, "reference: nothing is learnt from " + shown_name(node) + ": " + std::move(why)};
}

/// What appraising the claims would not find.
status check_identity(const node_record& node, const node_state& state, const std::string& group) {
  if (node.group != group)
    return refusal(node, "it is of group " + printable(node.group) + ", not of " + printable(group)
                             + "; take one of that group, or move it: muster node group");
  if (node.standing != standing::enrolled)
    return refusal(node, "it is " + std::string{to_string(node.standing)} + "; take an enrolled one");
  if (!state.boot_claims || state.generation != node.generation)
    return fault{errc::not_found, "reference: nothing of " + shown_name(node)
                                      + " is verified yet; let it attest first: muster node attest"};
  if (state.alarm)
    return refusal(node, state.alarm->check + " (" + state.alarm->subject + "): " + state.alarm->sentence
                             + " To end it: " + state.alarm->remedy);
  if (state.must_enrol)
    return refusal(node, "the counters of its TPM went back; enrol it again, and approve its new generation");
  return {};
}

} // namespace

std::string shown_name(const node_record& node) {
  return "node " + (node.name.empty() ? to_string(node.id) : printable(node.name));
}

result<appraisal::teachable> may_teach(const node_record& node, const node_state& state,
                                       const result<recorded_claims>& claims, const std::string& group,
                                       const appraisal::policy& p) {
  if (const auto good = check_identity(node, state, group); !good) return good.fault();
  if (!claims) return claims.fault();
  return appraisal::may_teach({shown_name(node), &claims->boot, &claims->files, state.findings, node.level},
                              p);
}

} // namespace muster::service
