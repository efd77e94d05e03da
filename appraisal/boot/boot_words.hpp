// The words of findings about the boot, apart from the rules that make the findings.
#pragma once

#include "appraisal/boot/boot_difference.hpp"
#include "appraisal/policy/policy.hpp"
#include "messages/vocabulary/finding.hpp"

namespace muster::appraisal {

/// What to do about a change of the boot that may be the operator's own. A boot is accepted as a whole
/// (`answers_to`); `muster node show` puts the numbers of all these findings in the place of "N,N".
inline constexpr std::string_view accept_or_repair =
    "if you made this change, accept it, with all other findings about the boot: muster reference amend "
    "GROUP --from NODE --finding N,N --listed LIST; otherwise find out what happened on the machine, restore "
    "it "
    "and reboot";
/// The same for a PCR of the configuration, which is accepted alone.
inline constexpr std::string_view accept_alone_or_repair =
    "if you made this change, accept it: muster reference amend GROUP --from NODE --finding N --listed LIST; "
    "otherwise find out what happened on the machine, restore it and reboot";

/// A finding of kind claim.
finding boot_finding(severity level, std::string check, std::string subject, std::string sentence,
                     std::string_view remedy);

/// The same, for a check that the policy weighs.
finding judged_finding(const policy& p, judged_check check, std::string subject, std::string sentence,
                       std::string_view remedy);

/// "sha256:9843d5..."
std::string digest_text(hash_algorithm algorithm, const crypto::digest& value);

/// "PCR 9, event 49: /initrd.img". The name is the log's word if no digest covers it.
std::string event_subject(unsigned pcr, const boot_event* found, const reference_event* expected);

/// Fills `expected` and `found`: with texts if digests cover all texts that are there and the texts differ,
/// else with digests.
void describe_difference(finding& f, const event_difference& d, hash_algorithm bank);

} // namespace muster::appraisal
