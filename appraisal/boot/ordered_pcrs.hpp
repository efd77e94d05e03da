// PCRs that are compared event by event: one cause should give one finding, the most telling first.
#pragma once

#include "appraisal/claims/claims.hpp"
#include "appraisal/reference/reference_set.hpp"
#include "messages/vocabulary/finding.hpp"

namespace muster::appraisal {

/// Failures for what differs in PCR 8, 9, 11 to 14, and in any other PCR with events that the reference
/// leaves out:
///   "boot.command-line"    the kernel's command line, old and new text. Events that differ in nothing but
///                          that text (GRUB measures its menu entry, its `linux` command and the result) are
///                          this same finding
///   "boot.initrd", "boot.kernel-file", "boot.loader-file"
///                          a file that the boot loader read, by its digest; which of the three it is, is
///                          the log's word and proves nothing
///   "boot.loader-command"  a command of the boot loader
///   "boot.mok"             shim's own lists of keys
///   "boot.event"           any other
///   "boot.pcr-<n>"         the value, if one of the two sides has no log; or if the reference leaves events
///                          out, so the value says nothing, and the log does not explain it
/// Of a PCR 0 with events that the reference leaves out, where it started is compared as well (start_event.hpp).
/// At most four for each PCR; the last one counts the rest. A PCR that was extended after the log by
/// something unexplained is skipped: see appraise_after_log.hpp.
std::vector<finding> appraise_ordered_pcrs(const boot_claims& claims, const reference_set& reference);

} // namespace muster::appraisal
