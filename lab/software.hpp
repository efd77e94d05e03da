// What runs on a simulated machine: the part of it that measured boot and IMA see.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace muster::lab {

/// The same software gives the same PCR 0-9 and 14 on every machine, in every boot.
struct software {
  /// As it stands behind the kernel's path: "root=... quiet ima_policy=tcb ...".
  std::string kernel_command_line =
      "root=/dev/vda2 ro quiet ima_policy=tcb ima_hash=sha256 ima_template=ima-ng";
  std::string firmware = "2024.02-2";    ///< goes into PCR 0
  std::string kernel = "6.1.0-44-amd64"; ///< names the content of vmlinuz: PCR 4 and 9
  std::string initrd = "6.1.0-44-amd64"; ///< names the content of initrd.img: PCR 9
  std::size_t files = 200;               ///< how many files IMA measures at boot, without boot_aggregate

  friend bool operator==(const software&, const software&) = default;
};

/// The most files that a boot measures.
inline constexpr std::size_t max_files = 1'000'000;

/// The path of file `number` of a boot, 0-based; and its content. The first ones carry names of a Debian
/// system, the others are generated.
std::string file_path(std::size_t number);
std::string file_content(std::size_t number);

} // namespace muster::lab
