// What the events of a boot say in an operator's words.
#pragma once

#include "appraisal/claims/claims.hpp"

#include <string_view>
#include <vector>

namespace muster::appraisal {

/// Views into the content that they were read from. What is proven is a digest or a text that a digest
/// covers; names of images and files are hints.
struct boot_facts {
  /// Events of PCR 2 that are no separator: option ROMs and drivers that the firmware loaded. Counted by
  /// digest, so none can hide; the device path beside each is a hint.
  std::vector<const boot_event*> option_roms;
  bool option_roms_known =
      false; ///< the log explains PCR 2: without its separator an empty list says nothing

  std::vector<const boot_event*> loaders;   ///< images that PCR 4 has, by Authenticode digest
  std::vector<const boot_event*> shim_keys; ///< every event of PCR 14: MokList, MokListX, MokListTrusted
  std::vector<const boot_event*> initrds;   ///< files of PCR 9 whose hint names an initial RAM disk
  std::vector<const boot_event*> sections;  ///< names of sections of a unified kernel image, proven (PCR 11)
  std::vector<const boot_event*> disks;     ///< partition tables that a digest covers (PCR 5)
};

boot_facts facts_of(const boot_content& boot);

/// Whether PCR 11 has the section of a kernel: systemd's stub started a unified kernel image.
bool proves_unified_kernel(const boot_facts& facts) noexcept;

} // namespace muster::appraisal
