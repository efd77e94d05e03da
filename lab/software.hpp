// The software of a simulated machine: the part of it that measured boot and IMA see.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace muster::lab {

/// What the firmware starts: shim and GRUB, or a unified kernel image (the kernel and all it needs in one
/// file).
enum class boot_path : std::uint8_t { grub, unified_kernel };

/// The same software gives the same PCR 0-9, 11 and 14 on every machine, in every boot.
struct software {
  boot_path path = boot_path::grub;
  /// Words that systemd extends into PCR 11 after a unified kernel image, separated by blanks; empty: it
  /// extends none. The default is that of Debian's initramfs-tools: no systemd in the initial RAM disk.
  std::string phases = "sysinit ready";
  /// As it follows the kernel's path.
  std::string kernel_command_line =
      "root=/dev/vda2 ro quiet ima_policy=tcb ima_hash=sha256 ima_template=ima-ng";
  std::string firmware = "2024.02-2";    ///< PCR 0
  std::string kernel = "6.1.0-44-amd64"; ///< names the content of vmlinuz: PCR 4 and 9
  std::string initrd = "6.1.0-44-amd64"; ///< names the content of initrd.img: PCR 9
  std::size_t files = 200;               ///< how many files IMA measures at boot, besides boot_aggregate
  /// A folder with the logs of a real machine: they are replayed, and nothing above counts.
  std::string evidence;

  friend bool operator==(const software&, const software&) = default;
};

/// The most files that a boot measures.
inline constexpr std::size_t max_files = 1'000'000;

/// One `key=value` to a line. fault malformed: an unknown key, a value with a control character, or a line
/// without '='; limit: too many files.
result<software> parse_software(std::string_view text);
std::string to_text(const software& what);

/// The path and the content of a boot's file `number`, from 0. The first files have names of a Debian system,
/// the others are generated.
std::string file_path(std::size_t number);
std::string file_content(std::size_t number);

} // namespace muster::lab
