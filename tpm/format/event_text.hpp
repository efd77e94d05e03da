// What an event says, and whether its digest vouches for that.
#pragma once

#include "crypto/digest.hpp"
#include "tpm/format/event_log.hpp"

#include <string>

namespace muster::tpm {

/// Zero is `hint`: text proves nothing until its digest was recomputed from it (docs/checks.md 13).
enum class coverage : std::uint8_t {
  hint,  ///< the digest is of something else, for example of an image: trust the digest, never this text
  digest ///< the digest is of the bytes that `text` shows, and in all PCRs but 1, 3, 5 and 7 it shows all
};

/// Both texts are safe to print.
struct event_text {
  std::string label; ///< what kind of text, for example "kernel_cmdline" or a variable's name. Always a hint
  std::string text;
  coverage covered = coverage::hint;
};

/// Reads the data of an event. With `digest`, the event's digest in `bank`, it decides what that digest
/// covers, by recomputing it (which events can be recomputed was counted over a thousand real ones):
///   - text: the whole data, with or without the NUL at its end (actions, firmware versions, the command line
///     of systemd-boot)
///   - what stands behind the first ": ", without a NUL at its end (GRUB's commands and command lines): what
///     stands before it ("grub_cmd", "kernel_cmdline") is only a label
///   - the text in ASCII with its NUL, logged in UTF-16 (names of sections, systemd's stub)
///   - other data of at most 32 bytes, shown in hexadecimal (separators)
///   - a whole UEFI variable in PCR 1, 3, 5 and 7, the value of one in PCR 1, a partition table in PCR 5. The
///     text leaves bytes out, so this holds only where the firmware made the bytes
///   - else nothing. Of a tag that the kernel's stub measured, the text is the tag's name
/// So text counts as covered only if all that was measured is shown: not what is longer than 64 KiB, or has
/// bytes behind the NUL that ends it, and never the number of bytes. The type only chooses how to show the
/// data: it is not covered either, and in PCR 8, 11 and 12 it is not asked.
event_text describe_event(const logged_event& event, byte_view digest, hash_algorithm bank);
/// The same for whoever knows already whether the digest is of all of the event's data.
event_text describe_event(const logged_event& event, byte_view digest, hash_algorithm bank, bool covers_data);

} // namespace muster::tpm
