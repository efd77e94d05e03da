// What firmware and boot loaders of a simulated machine measure. Pure.
#pragma once

#include "lab/software.hpp"
#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/hash_algorithm.hpp"
#include "tpm/format/event_type.hpp"

#include <vector>

namespace muster::lab {

/// One event: each bank of its PCR is extended with the bank's hash of `measured`.
struct boot_event {
  unsigned pcr = 0;
  tpm::event_type type{};
  bytes data;     ///< as logged
  bytes measured; ///< input of the digest: the data, a part of it, or something that the log does not contain
};

/// UEFI with Secure Boot, then shim, GRUB and a Linux kernel, or a unified kernel image, in the order and
/// with the kinds of digests of a Debian 12 machine. `load_base` goes into load addresses, which are logged
/// but not measured and differ from boot to boot.
std::vector<boot_event> boot_events(const software& what, std::uint32_t load_base);

/// The log as Linux shows it: crypto-agile (TCG PC Client Platform Firmware Profile 1.05, 10.2), with the
/// digests of `banks`.
bytes encode_boot_log(const std::vector<boot_event>& events, const std::vector<hash_algorithm>& banks);

} // namespace muster::lab
