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
           "If this machine is as the machines of the group should be:\n"
           "  muster reference accept "
         + group + " --from " + called(node) + '\n';
}

std::string capped(rest::NodeDetail::Reader detail) {
  const auto node = detail.getNode();
  const auto vouched = in_plain(node.getEndorsement());
  const auto key = "endorsement." + vouched;
  if (vouched != "operator")
    return "\nNo finding weighs on the verdict. With endorsement " + vouched
           + " the policy allows no better verdict (" + key + ").\n";
  const std::string let_vendor_vouch =
      detail.getUnvouched().size() != 0
          ? "`not vouched` above says\nwhy it does not, and what to do; the next attestation takes it into "
            "account. "
            "Or let the\n"
          : "put the vendor's CA certificates under admission.vendor_roots and reload the service\n"
            "(systemctl reload muster-ras); the next attestation takes them into account. Or let the\n";
  return "\nNo finding weighs on the verdict. Only an operator vouches for this machine's TPM ("
         + in_plain(node.getAdmittedBy()) + "), and then the policy\nallows nothing better than `warning` ("
         + key + "). To have it trusted, let the TPM's vendor vouch for it:\n" + let_vendor_vouch
         + "policy say that an operator's word is enough (" + key + ": affirming).\n";
}

} // namespace

std::string lack_text(rest::NodeDetail::Reader detail) {
  const auto node = detail.getNode();
  if (text_of(node.getStanding()) != "enrolled" || node.getAttested().size() == 0) return {};
  const auto verdict = text_of(node.getVerdict());
  if (verdict == "none" && detail.getReference().size() == 0) return no_reference(node);
  if (verdict != "none" && verdict != "warning") return {};
  return explained(detail) ? std::string{} : capped(detail);
}

} // namespace muster::cli
