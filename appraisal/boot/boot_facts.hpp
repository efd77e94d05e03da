// What the events of a boot say in an operator's words.
#pragma once

#include "appraisal/claims/claims.hpp"

#include <string_view>
#include <vector>

namespace muster::appraisal {

/// Views into the content that they were read from. A digest, or a text that a digest covers, is proven;
/// names of images and files are hints.
struct boot_facts {
  /// Events of PCR 2 other than separators: option ROMs and drivers that the firmware loaded. They are
  /// recognised by digest, so none can hide; the device path of each is a hint.
  std::vector<const boot_event*> option_roms;
  bool option_roms_known = false; ///< PCR 2 has a separator; without one an empty list says nothing

  std::vector<const boot_event*> loaders;   ///< images in PCR 4, by Authenticode digest
  std::vector<const boot_event*> shim_keys; ///< every event of PCR 14: MokList, MokListX, MokListTrusted
  std::vector<const boot_event*> initrds;   ///< files of PCR 9 whose hint names an initial RAM disk
  std::vector<const boot_event*> sections;  ///< proven names of sections of a unified kernel image (PCR 11)
  std::vector<const boot_event*> disks;     ///< partition tables that a digest covers (PCR 5)
};

boot_facts facts_of(const boot_content& boot);

/// Whether PCR 11 has the section of a kernel, so that systemd's stub started a unified kernel image.
bool proves_unified_kernel(const boot_facts& facts) noexcept;

} // namespace muster::appraisal
