// Who makes TPMs: the TCG's registry, and the makers of the common virtual TPMs.
#pragma once

#include "crypto/ek_denials.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace muster::crypto {

/// A virtual TPM is a program of the host: its certificate says as much as that host can be trusted.
enum class tpm_kind : std::uint8_t { chip, virtual_tpm, both };

struct tpm_manufacturer {
  tpm_manufacturer_id id;
  std::string_view name; ///< "Infineon"; of virtual TPMs also where they are met
  tpm_kind kind = tpm_kind::chip;
  /// Where the CA certificates for its EKs are published, or are found on a host; empty: not known here.
  std::string_view roots;
};

/// Ordered by kind, then as in the registry.
std::span<const tpm_manufacturer> tpm_manufacturers() noexcept;

/// The entry; null: the id is not known here.
const tpm_manufacturer* find_tpm_manufacturer(tpm_manufacturer_id id) noexcept;

/// The makers that are accepted if admission.manufacturers is empty: those of the TCG's Vendor ID Registry, without
/// IBM, the name of software TPMs.
std::span<const tpm_manufacturer_id> known_tpm_manufacturers() noexcept;

} // namespace muster::crypto
