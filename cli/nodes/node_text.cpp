#include "cli/nodes/node_text.hpp"

#include "cli/client/text_table.hpp"
#include "cli/files/output.hpp"
#include "cli/nodes/lack_text.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <vector>

namespace muster::cli {

namespace {

constexpr std::size_t id_digits = 16;
constexpr std::size_t label_width = 14;
constexpr const char* rolled_back_line =
    "ROLLED BACK: records of the service are missing or were changed; no machine is trusted until an "
    "operator acknowledges it: muster log head\n";

/// Nothing that a person must compare is cut: the bound only stops what no service sends.
std::string safe(capnp::Text::Reader text) { return printable(text_of(text), std::size_t{1} << 20U); }
std::string or_dash(std::string text) { return text.empty() ? "-" : text; }

/// "  label         text"; nothing if the text is empty.
void line(std::string& out, std::string_view label, std::string_view text) {
  if (text.empty()) return;
  out += "  ";
  out += label;
  out.append(label.size() < label_width ? label_width - label.size() : 1, ' ');
  out += text;
  out += '\n';
}

std::string valid_until(rest::NodeDetail::Reader detail) {
  const auto node = detail.getNode();
  const auto verdict = text_of(node.getVerdict());
  if (text_of(node.getShown()) == "revoked") return {};
  if (verdict == "contraindicated") return "holds until the findings that caused it are gone";
  if (verdict == "none") return {};
  if (detail.getRolledBack())
    return "over: records of the service are missing or were changed, and no machine is trusted until an "
           "operator acknowledges it: muster log head";
  if (node.getValidUntil().size() != 0) return safe(node.getValidUntil());
  if (detail.getOwesWholeLogs())
    return "over: the machine booted, or its report did not fit what is known, so it was asked for whole "
           "logs; it is not trusted again until they verify";
  return "over: no attestation succeeded in time";
}

std::string joined(std::initializer_list<std::string> parts) {
  std::string out;
  for (const auto& part : parts) {
    if (part.empty()) continue;
    if (!out.empty()) out += ", ";
    out += part;
  }
  return out;
}

std::string labelled(std::string_view label, capnp::Text::Reader text) {
  return text.size() == 0 ? std::string{} : std::string{label} + safe(text);
}

std::string own_claim(capnp::Text::Reader text) {
  return text.size() == 0 ? std::string{} : safe(text) + " (its own claim)";
}

std::string at_enrolment(std::string text) {
  return text.empty() ? text : std::move(text) + " (its own claim at enrolment)";
}

void put_verdict(std::string& out, rest::NodeDetail::Reader detail) {
  const auto node = detail.getNode();
  line(out, "verdict", joined({safe(node.getVerdict()), labelled("since ", node.getSince())}));
  line(out, "until", valid_until(detail));
  line(out, "attested",
       node.getAttested().size() == 0
           ? "never"
           : safe(node.getAttested()) + ", number " + std::to_string(detail.getAttestation()));
  line(out, "missing", unable_text(node));
  line(out, "standing", joined({safe(node.getStanding()), labelled("admitted by ", node.getAdmittedBy())}));
  line(out, "revoked",
       joined({safe(detail.getRevoked()), labelled("by ", detail.getRevokedBy()),
               labelled("reason: ", detail.getRevokedReason())}));
  line(out, "group", safe(node.getGroup()));
  line(out, "endorsement", safe(node.getEndorsement()));
  line(out, "not vouched", safe(detail.getUnvouched()));
  line(out, "what to do", safe(detail.getUnvouchedRemedy()));
  line(out, "connected", node.getConnected() ? "yes" : "no");
  line(out, "certificate",
       joined({labelled("until ", detail.getCertificateNotAfter()),
               labelled("serial ", detail.getCertificateSerial())}));
  const auto set = detail.getTuning();
  line(out, "set",
       joined({labelled("beat ", set.getBeat()), labelled("jitter ", set.getJitter()),
               labelled("log level ", set.getLogLevel())}));
}

/// What `admission.deny` can name: "EK certificate 5f3a..., CN=..." and "CA certificate 77c0..., key 9b1d...,
/// CN=..."
std::string certificate_text(rest::NodeDetail::Certificate::Reader in) {
  const auto digest = safe(in.getDigest());
  return joined({in.getCa() ? "CA certificate " + digest : "EK certificate " + digest,
                 in.getCa() ? "key " + safe(in.getKey()) : "", safe(in.getSubject())});
}

/// "PCR 11: sysinit, ready"
std::string after_log_text(rest::NodeDetail::AfterLog::Reader in) {
  std::string phases;
  for (const auto phase : in.getPhases()) {
    if (!phases.empty()) phases += ", ";
    phases += safe(phase);
  }
  return "PCR " + std::to_string(in.getPcr()) + ": "
         + (phases.empty() ? "nothing explains its value" : phases);
}

/// "TPM IBM 1.0, banks sha1 sha256, event log, IMA policy tcb, Secure Boot on"
std::string boot_chain(rest::NodeDetail::MeasuredBoot::Reader in) {
  std::string banks;
  for (const auto bank : in.getBanks())
    banks += ' ' + safe(bank);
  return joined({in.getTpm().size() == 0 ? "no TPM" : "TPM " + safe(in.getTpm()),
                 banks.empty() ? "no active bank" : "banks" + banks,
                 in.getEventLog() ? "event log" : "no event log",
                 in.getImaPolicy().size() == 0 ? "no IMA policy on the command line"
                                               : "IMA policy " + safe(in.getImaPolicy()),
                 labelled("Secure Boot ", in.getSecureBoot())});
}

void put_machine(std::string& out, rest::NodeDetail::Reader detail) {
  const auto node = detail.getNode();
  line(out, "id", safe(node.getId()));
  for (const auto one : detail.getCertificates())
    line(out, "proven by", certificate_text(one));
  line(out, "host name", own_claim(node.getHostname()));
  // Facts come with an enrolment only: another kernel may be running since then.
  line(out, "system",
       at_enrolment(joined({safe(detail.getOperatingSystem()), labelled("kernel ", detail.getKernel())})));
  line(out, "hardware",
       at_enrolment(joined({safe(detail.getProduct()), safe(detail.getArchitecture()),
                            labelled("firmware ", detail.getFirmware()),
                            labelled("node key in: ", detail.getNodeKeyHome())})));
  if (detail.hasMeasuredBoot()) line(out, "boot chain", at_enrolment(boot_chain(detail.getMeasuredBoot())));
  if (detail.getBootId().size() != 0)
    line(out, "boot",
         safe(detail.getBootId()) + ", TPM resets " + std::to_string(detail.getResetCount()) + ", restarts "
             + std::to_string(detail.getRestartCount()));
  if (detail.getImaEntries() != 0)
    line(out, "measured",
         counted(detail.getImaEntries(), "entry", "entries") + " of files, "
             + std::to_string(detail.getImaDistinct()) + " distinct, "
             + std::to_string(detail.getPassedOver()) + " skipped by the policy"
             + (detail.getPassedOver() > 0 ? ": a program that ran from there is not seen" : ""));
  for (const auto pcr : detail.getAfterLog())
    line(out, "after boot", after_log_text(pcr));
  line(out, "reference", safe(detail.getReference()));
  line(out, "policy", safe(detail.getPolicy()));
  for (const auto advice : detail.getAdvice())
    line(out, "advice", safe(advice));
}

/// Whether the text of `size` bytes at `at` is a word by itself.
bool is_word(std::string_view text, std::size_t at, std::size_t size) {
  const auto part_of_word = [](char c) { return (c >= 'A' && c <= 'Z') || c == '_' || c == '-'; };
  return (at == 0 || !part_of_word(text[at - 1]))
         && (at + size == text.size() || !part_of_word(text[at + size]));
}

/// What remedies say in place of the numbers (boot_words.hpp, findings_mark.hpp).
constexpr std::string_view alone = "--finding N --listed LIST";
constexpr std::string_view together = "--finding N,N --listed LIST";

/// A finding as a person names it to `muster reference amend`.
struct finding_name {
  unsigned number = 0;
  std::string of_boot; ///< the numbers of all findings that are accepted together with it, "2,4-6"
  std::string listed;
};

/// Findings say GROUP, NODE, N and LIST because they cannot know which ones; here all are known.
std::string filled_in(std::string text, rest::Node::Reader node, const finding_name& which) {
  for (const auto& [unnamed, numbers] :
       {std::pair<std::string_view, std::string>{alone, std::to_string(which.number)},
        std::pair<std::string_view, std::string>{together, which.of_boot}})
    if (const auto at = text.find(unnamed); at != text.npos && !which.listed.empty())
      text.replace(at, unnamed.size(), "--finding " + numbers + " --listed " + which.listed);
  const auto group = safe(node.getGroup());
  for (const auto& [word, value] :
       {std::pair<std::string_view, std::string>{"GROUP", group.empty() ? "GROUP" : group},
        std::pair<std::string_view, std::string>{"NODE", called(node)}})
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + value.size()))
      if (is_word(text, at, word.size())) text.replace(at, word.size(), value);
  return text;
}

void put_finding(std::string& out, const finding_name& which, rest::Finding::Reader finding,
                 rest::Node::Reader node) {
  out += '\n';
  out += std::to_string(which.number) + ". " + safe(finding.getLevel()) + "  " + safe(finding.getCheck());
  if (finding.getSubject().size() != 0) out += "  " + safe(finding.getSubject());
  out += '\n';
  if (finding.getSentence().size() != 0) out += "  " + safe(finding.getSentence()) + '\n';
  line(out, "expected", safe(finding.getExpected()));
  line(out, "found", safe(finding.getFound()));
  line(out, "what to do", filled_in(safe(finding.getRemedy()), node, which));
}

/// The folder of an unknown file; empty for any other finding.
std::string folder_of(rest::Finding::Reader finding) {
  if (text_of(finding.getCheck()) != "ima.unknown-file") return {};
  const std::string path{text_of(finding.getSubject())};
  return path.substr(0, path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1);
}

/// Unknown files in one folder usually have one cause: from this many on, the first stands for all.
constexpr unsigned many_of_a_folder = 4;

/// "2,4-6", as `muster reference amend --finding` takes them.
std::string ranges_of(const std::vector<unsigned>& numbers) {
  std::string out;
  for (std::size_t first = 0; first < numbers.size();) {
    auto last = first;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1)
      ++last;
    out += (first == 0 ? "" : ",") + std::to_string(numbers[first]);
    if (last != first) out += "-" + std::to_string(numbers[last]);
    first = last + 1;
  }
  return out;
}

void put_listed(std::string& out, rest::NodeDetail::Reader detail) {
  const auto findings = detail.getFindings();
  std::map<std::string, std::vector<unsigned>> of_folder;
  std::set<std::string> shown;
  for (unsigned i = 0; i < findings.size(); ++i)
    of_folder[folder_of(findings[i])].push_back(i + 1);
  of_folder.erase(std::string{}); // other findings are not grouped
  std::vector<unsigned> of_boot;
  for (unsigned i = 0; i < findings.size(); ++i)
    if (text_of(findings[i].getRemedy()).find(together) != std::string_view::npos) of_boot.push_back(i + 1);
  for (unsigned i = 0; i < findings.size(); ++i) {
    const auto folder = folder_of(findings[i]);
    const auto found = of_folder.find(folder);
    const bool many = found != of_folder.end() && found->second.size() >= many_of_a_folder;
    if (many && !shown.insert(folder).second) continue;
    put_finding(out, {i + 1, ranges_of(of_boot), safe(detail.getListed())}, findings[i], detail.getNode());
    if (!many) continue;
    const std::vector<unsigned> others{found->second.begin() + 1, found->second.end()};
    line(out, "and",
         std::to_string(others.size()) + " more unknown files in " + safe(folder) + " (findings "
             + ranges_of(others) + "); -o json lists them");
  }
}

void put_findings(std::string& out, rest::NodeDetail::Reader detail) {
  const auto findings = detail.getFindings();
  if (findings.size() == 0) {
    if (text_of(detail.getNode().getVerdict()) != "none") out += "\nNo findings.\n";
    return;
  }
  out += '\n' + counted(detail.getFindingsTotal(), "finding", "findings");
  if (detail.getFindingsTotal() > findings.size())
    out += "; the first " + std::to_string(findings.size()) + " are kept";
  out += ":\n";
  put_listed(out, detail);
}

void put_candidate(std::string& out, rest::Node::Reader node) {
  if (node.getFingerprint().size() == 0) return;
  const auto fingerprint = safe(node.getFingerprint());
  if (node.getApprovedBy().size() != 0) {
    out += "\nThis machine is " + approved_text(node) + ".\n";
    line(out, "fingerprint", fingerprint);
    return;
  }
  out += "\nThis machine waits for approval. Compare this fingerprint with the one that its agent logs:\n";
  line(out, "fingerprint", fingerprint);
  out += "If they are equal:\n  muster node approve " + safe(node.getId()).substr(0, id_digits)
         + " --fingerprint " + fingerprint + " --group GROUP --name NAME\n";
}

/// The name. A machine without one: what it calls itself, marked as its own claim.
std::string name_cell(rest::Node::Reader node) {
  if (node.getName().size() != 0) return safe(node.getName());
  return node.getHostname().size() == 0 ? "-" : "(says " + safe(node.getHostname()) + ")";
}

/// Sorted by name; nodes without a name come after them, sorted by id.
std::vector<rest::Node::Reader> by_name(capnp::List<rest::Node>::Reader nodes) {
  std::vector<rest::Node::Reader> out;
  for (const auto node : nodes)
    out.push_back(node);
  const auto key = [](rest::Node::Reader node) {
    return std::tuple{node.getName().size() == 0, text_of(node.getName()), text_of(node.getId())};
  };
  std::ranges::sort(out, [&](const auto& a, const auto& b) { return key(a) < key(b); });
  return out;
}

/// The first few machines that give no new verdict, and the number of others.
std::string unable_lines(capnp::List<rest::Node>::Reader nodes) {
  constexpr unsigned named = 5;
  std::string out;
  std::uint64_t all = 0;
  for (const auto node : by_name(nodes)) {
    if (node.getUnable().size() == 0 || ++all > named) continue;
    out += called(node) + ": " + unable_text(node) + '\n';
  }
  if (all > named) out += "and " + std::to_string(all - named) + " more: muster node show NODE says why\n";
  return out;
}

/// The same for machines that are approved and have not come back yet.
std::string approved_lines(capnp::List<rest::Node>::Reader nodes) {
  constexpr unsigned named = 5;
  std::string out;
  std::uint64_t all = 0;
  for (const auto node : by_name(nodes)) {
    if (node.getApprovedBy().size() == 0 || ++all > named) continue;
    out += called(node) + ": " + approved_text(node) + '\n';
  }
  if (all > named)
    out += "and " + std::to_string(all - named) + " more are approved and wait for their agents\n";
  return out;
}

} // namespace

std::string called(rest::Node::Reader node) {
  return node.getName().size() != 0 ? safe(node.getName()) : safe(node.getId()).substr(0, id_digits);
}

std::string approved_text(rest::Node::Reader node) {
  if (node.getApprovedBy().size() == 0) return {};
  return "approved by " + safe(node.getApprovedBy()) + ", waiting for the agent to ask again";
}

std::string unable_text(rest::Node::Reader node) {
  if (node.getUnable().size() == 0) return {};
  return "no new verdict since " + safe(node.getUnableSince()) + ": " + safe(node.getUnable());
}

std::string nodes_text(rest::NodeList::Reader list, colours tint) {
  const auto nodes = list.getNodes();
  std::string warning = list.getRolledBack() ? rolled_back_line : "";
  for (const auto one : list.getDamaged())
    warning += "DAMAGED: " + safe(one) + '\n';
  if (nodes.size() == 0) return warning + "No nodes.\n";
  text_table table{{"NAME", "STATE", "FINDINGS", "GROUP", "SINCE", "UNTIL", "CONNECTED", "ID"}};
  std::map<std::string, std::uint64_t> counts;
  for (const auto node : by_name(nodes)) {
    ++counts[safe(node.getShown())];
    table.add({name_cell(node), safe(node.getShown()), std::to_string(node.getFindings()),
               or_dash(safe(node.getGroup())), or_dash(safe(node.getSince())),
               or_dash(safe(node.getValidUntil())), node.getConnected() ? "yes" : "no",
               safe(node.getId()).substr(0, id_digits)});
  }
  auto out = warning + table.text(tint, 1);
  out += '\n' + counted(nodes.size(), "node", "nodes") + ':';
  const char* between = " ";
  for (const auto& [word, n] : counts) {
    out += between + std::to_string(n) + ' ' + word;
    between = ", ";
  }
  return out + '\n' + approved_lines(nodes) + unable_lines(nodes);
}

std::string node_text(rest::NodeDetail::Reader detail, colours tint) {
  const auto node = detail.getNode();
  auto out = called(node) + ": " + coloured(safe(node.getShown()), tint) + '\n';
  put_verdict(out, detail);
  put_machine(out, detail);
  put_candidate(out, node);
  put_findings(out, detail);
  out += lack_text(detail);
  return out;
}

std::string identity_text(rest::NodeDetail::Reader detail) {
  const auto node = detail.getNode();
  std::string out;
  line(out, "machine", called(node) + ", " + safe(node.getShown()));
  line(out, "group", safe(node.getGroup()));
  line(out, "id", safe(node.getId()));
  line(out, "host name", own_claim(node.getHostname()));
  line(out, "attested", node.getAttested().size() == 0 ? "never" : safe(node.getAttested()));
  return out;
}

} // namespace muster::cli
