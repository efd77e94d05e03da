// What an event says, and whether its digest covers that.
#pragma once

#include "crypto/digest.hpp"
#include "tpm/format/event_log.hpp"

#include <string>

namespace muster::tpm {

/// The zero value is `hint`: text proves nothing until its digest is recomputed from it (docs/checks.md 13).
enum class coverage : std::uint8_t {
  hint,  ///< the digest is of something else, for example an image: trust the digest, never this text
  digest ///< the digest is of the bytes that `text` shows; except in PCRs 1, 3, 5 and 7 it shows all of them
};

/// Both texts are safe to print.
struct event_text {
  std::string label; ///< the kind of text, for example "kernel_cmdline" or a variable's name. Always a hint
  std::string text;
  coverage covered = coverage::hint;
};

/// Reads the data of an event. From `digest`, the event's digest in `bank`, it determines by recomputing what
/// the digest covers (a count over a thousand real events showed which ones can be recomputed):
///   - text: all of the data, with or without the NUL at its end (actions, firmware versions, the command
///     line of systemd-boot). A separator that is text, such as `WBCL` of Windows, is text in every PCR
///   - the part after the first ": ", without a NUL at its end (GRUB's commands and command lines); the part
///     before it ("grub_cmd", "kernel_cmdline") is only a label
///   - the text in ASCII with its NUL, logged in UTF-16 (names of sections, systemd's stub)
///   - other data of at most 32 bytes, shown in hexadecimal (separators)
///   - a whole UEFI variable in PCR 1, 3, 5 and 7, the value of a variable in PCR 1, a partition table in PCR
///     5. The text omits some of the bytes, so this holds only where the firmware made them
///   - else nothing. For a tag of the kernel's stub or of systemd, the text is the tag's name (event_tag.hpp);
///     for a part of the firmware, its description, length and address
/// So text counts as covered only if it shows everything that was measured. Text that is longer than 64 KiB,
/// text with bytes after its terminating NUL, and a mere number of bytes never count. The event's type only
/// chooses how to show the data: it is not covered either, and it is ignored in PCRs 8, 11 and 12.
event_text describe_event(const logged_event& event, byte_view digest, hash_algorithm bank);
/// The same for a caller that already knows whether the digest covers all of the event's data.
event_text describe_event(const logged_event& event, byte_view digest, hash_algorithm bank, bool covers_data);

} // namespace muster::tpm
