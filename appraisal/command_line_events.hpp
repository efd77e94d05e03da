// Which events of a boot can be the kernel's command line.
#pragma once

#include "appraisal/claims.hpp"

#include <string_view>
#include <vector>

namespace muster::appraisal {

/// How much of what was measured the text shows. Zero is the bad news: what is not shown can be anything.
enum class shown_text : std::uint8_t {
  cut = 0,  ///< no digest covers the text, it is too long, or it has bytes behind a NUL
  whole = 1 ///< all of what the digest is of
};

struct command_line_event {
  const boot_event* event = nullptr; ///< never null
  shown_text shown = shown_text::cut;
};

/// Every event that a boot loader can have measured a command line by, in the order of the log. Its bytes and
/// its PCR decide, never its label or type, which are the log's words:
///   - PCR 8: text that begins with a path ("/vmlinuz", "(hd0,gpt1)/vmlinuz"), as GRUB measures the kernel's
///   - PCR 12: any: systemd-boot and its stub measure the command line there, and parts of it
///   - either PCR: an event whose text is not shown whole, since that can be one, too
/// Caller: one that is whole is the kernel's; with more than one nobody knows which the kernel was started
/// with. Views into `boot`.
std::vector<command_line_event> command_line_events(const boot_content& boot);

/// The only candidate, if it is whole; else null.
const boot_event* proven_command_line(const boot_content& boot);

} // namespace muster::appraisal
