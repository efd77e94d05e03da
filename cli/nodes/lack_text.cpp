#include "cli/nodes/lack_text.hpp"

#include "cli/nodes/node_text.hpp"
#include "messages/vocabulary/bytes.hpp"

namespace muster::cli {

namespace {

std::string in_plain(capnp::Text::Reader text) { return printable(text_of(text)); }

bool explained(rest::NodeDetail::Reader detail) {
  for (const auto one : detail.getFindings())
    if (text_of(one.getLevel()) != "note") return true;
  return detail.getFindingsTotal() > detail.getFindings().size();
}

std::string no_reference(rest::Node::Reader node) {
  const auto group = in_plain(node.getGroup());
  return "\nGroup " + group
         + " has no reference: there is nothing to compare this machine with.\n"
           "If it is as machines of this group should be:\n  muster reference accept "
         + group + " --from " + called(node) + '\n';
}

std::string capped(rest::Node::Reader node) {
  const auto vouched = in_plain(node.getEndorsement());
  const auto key = "endorsement." + vouched;
  if (vouched != "operator")
    return "\nNothing was found. The policy lets a machine of endorsement " + vouched + " be no better ("
           + key + ").\n";
  return "\nNothing was found. Only an operator vouches for the TPM of this machine ("
         + in_plain(node.getAdmittedBy())
         + "), and the policy lets\nsuch a machine be no better than `warning` (" + key
         + "). It is trusted when its TPM's vendor vouches\nfor it: put the vendor's CA certificates under "
           "admission.vendor_roots\nand reload the service (systemctl reload muster-ras): its next "
           "attestation counts "
           "that; or when the policy says that an operator's word is enough ("
         + key + ": affirming).\n";
}

} // namespace

std::string lack_text(rest::NodeDetail::Reader detail) {
  const auto node = detail.getNode();
  if (text_of(node.getStanding()) != "enrolled" || node.getAttested().size() == 0) return {};
  const auto verdict = text_of(node.getVerdict());
  if (verdict == "none" && detail.getReference().size() == 0) return no_reference(node);
  if (verdict != "none" && verdict != "warning") return {};
  return explained(detail) ? std::string{} : capped(node);
}

} // namespace muster::cli
