// The PCR extensions that follow from a log. Pure.
#pragma once

#include "lab/boot_events.hpp"
#include "messages/vocabulary/result.hpp"
#include "tpm/device/laboratory.hpp"

namespace muster::lab {

/// One TPM2_PCR_Extend.
struct extension {
  unsigned pcr = 0;
  std::vector<tpm::laboratory::bank_digest> digests;
};

/// Each bank gets its own hash of the same bytes.
extension extend_with(unsigned pcr, const std::vector<hash_algorithm>& banks, byte_view measured);

/// What systemd-pcrphase extends after a unified kernel image; after GRUB it extends nothing.
std::vector<extension> extensions_of_phases(const software& what, const std::vector<hash_algorithm>& banks);

std::vector<extension> extensions_of(const std::vector<boot_event>& events,
                                     const std::vector<hash_algorithm>& banks);

/// The extensions of a recorded boot log, in all its banks. fault unsupported: an unknown bank, or a
/// StartupLocality other than 0.
result<std::vector<extension>> extensions_of_boot_log(byte_view log);
/// The banks of a recorded boot log.
result<std::vector<hash_algorithm>> banks_of_boot_log(byte_view log);

/// The extensions of a recorded IMA list. Each bank gets its own template hash, whatever the recording kernel
/// did; a violation extends 0xff.
result<std::vector<extension>> extensions_of_ima_list(byte_view list,
                                                      const std::vector<hash_algorithm>& banks);

} // namespace muster::lab
