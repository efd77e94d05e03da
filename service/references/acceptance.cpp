#include "service/references/acceptance.hpp"

namespace muster::service {

status may_be_reference(const node_record& node, const node_state& state) {
  if (node.standing != standing::enrolled)
    return fault{errc::denied, "reference: the node is " + std::string{to_string(node.standing)}};
  if (node.level < endorsement::vendor)
    return fault{errc::denied,
                 "reference: nobody but an operator vouches for the node's TPM; take a machine whose "
                 "EK certificate chains to a vendor root"};
  if (!state.boot_claims)
    return fault{errc::not_found,
                 "reference: nothing of this node is verified yet; `muster node attest` it first"};
  for (const auto& one : state.findings) {
    const bool settled = one.kind == finding_kind::claim && one.check != "boot.unexplained";
    if (one.level == severity::note || settled) continue;
    return fault{errc::denied,
                 "reference: the node has an open finding (" + one.check + "): " + one.sentence};
  }
  return {};
}

result<std::shared_ptr<const appraisal::reference_set>> make_reference(const appraisal::boot_claims& boot,
                                                                       const appraisal::file_claims& files,
                                                                       const node_record& node) {
  auto content = appraisal::reference_from(boot, files, "node " + to_string(node.id));
  if (!content) return content.fault();
  return appraisal::reference_set::make(std::move(*content));
}

} // namespace muster::service
