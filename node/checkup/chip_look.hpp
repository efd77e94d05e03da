// What the TPM shows to this user. Adapter; blocks.
#pragma once

#include "checkup/chip_lines.hpp"
#include "tpm/device/address.hpp"

#include <chrono>
#include <optional>

namespace muster::node {

struct chip_look {
  checkup::chip_facts chip;
  std::optional<checkup::ek_facts> ek; ///< empty: the TPM did not answer
};

/// The device node or socket alone; asks nothing of the TPM.
checkup::chip_facts look_at_chip_path(const tpm::chip_address& at);

/// Opens the TPM and reads its properties and the EK certificates in NV. No key is made, nothing is written.
/// `patience`: how long a software TPM may be in use by another program.
chip_look look_at_chip(const tpm::chip_address& at, std::chrono::milliseconds patience);

} // namespace muster::node
