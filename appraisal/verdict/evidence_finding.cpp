#include "appraisal/verdict/evidence_finding.hpp"

#include "messages/vocabulary/bytes.hpp"

#include <algorithm>
#include <array>

namespace muster::appraisal {

namespace {

struct advice {
  std::string_view name; // the text before the first colon of fault.check, or how it begins
  std::string_view remedy;
};

constexpr std::string_view general_remedy =
    "look at the machine: its agent or its TPM may be broken, or evidence is being forged; the next complete "
    "attestation that verifies ends this finding";

constexpr std::array advices{
    advice{"counters",
           "the TPM was cleared, replaced or restored from a copy: enrol the machine again and approve "
           "its new generation"},
    advice{"ima-log",
           "compare the machine's IMA log with a quote by hand: `muster appraise --ima-log`; a kexec that "
           "lost the list needs a reboot"},
    advice{
        "boot-log",
        "compare the machine's boot log with a quote by hand: `muster appraise --event-log`; if its firmware "
        "writes such a log and you vouch for the value, bind it in bound_values of the policy"},
    advice{"cost",
           "find out why the machine measures so much, and measure programs only (configs/ima/ima-policy); "
           "if it is right to measure so much, raise limits.attestation_cpu in the service's configuration"},
    advice{"record", "let the machine measure programs only (configs/ima/ima-policy), and reboot it: its "
                     "record of this boot is larger than can be judged"},
    advice{"manifest", "update the agent so that it speaks the service's version"},
};

/// A list that is too long is not a lie yet: says what to raise, before anyone compares the list by hand.
constexpr std::string_view longer_list = "ima-log: more than ";
constexpr std::string_view too_many_bytes =
    "the list is longer than this service takes: raise limits.log_bytes and limits.evidence_memory (one list "
    "may use a quarter of it: `ras --check-config` shows how much that is), or let the machine measure "
    "programs only (configs/ima/ima-policy)";
constexpr std::string_view too_many_entries =
    "the list is longer than this service takes: raise limits.log_entries, or let the machine measure "
    "programs only (configs/ima/ima-policy)";

/// What this service cannot read is odd, and may be honest: the words name the cause and accuse nobody.
constexpr std::array unreadable{
    advice{"template", "use one of the kernel's templates: ima_template=ima-ng or ima-sig, and no "
                       "ima_template_fmt that does not begin with digest and name"},
};

/// "pcr-selection: bank count is 0" gives "pcr-selection".
std::string_view name_of(std::string_view check) noexcept {
  const auto name = check.substr(0, check.find(':'));
  const bool plain =
      !name.empty() && name.size() < check.size() && std::ranges::all_of(name, [](unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
      });
  return plain ? name : std::string_view{};
}

} // namespace

finding evidence_finding(const fault& why) {
  const auto name = name_of(why.check);
  const auto known = std::ranges::find_if(advices, [&](const advice& a) { return name.starts_with(a.name); });
  finding out;
  out.kind = finding_kind::evidence;
  out.level = severity::failure;
  out.check = name.empty() ? "evidence." + std::string{to_string(why.code)} : "evidence." + std::string{name};
  out.subject = "evidence";
  out.found = printable(why.check, 256);
  const bool odd = why.code == errc::unsupported;
  out.sentence = (odd ? "This service cannot read this machine's evidence, so it cannot judge it: "
                      : "The evidence of this machine did not verify: ")
                 + printable(why.check, 512) + ".";
  out.remedy = known == advices.end() ? general_remedy : known->remedy;
  if (why.code == errc::limit && why.check.starts_with(longer_list))
    out.remedy = why.check.ends_with(" entries") ? too_many_entries : too_many_bytes;
  if (!odd) return out;
  for (const auto& one : unreadable)
    if (why.check.find(one.name) != std::string::npos) out.remedy = one.remedy;
  return out;
}

} // namespace muster::appraisal
