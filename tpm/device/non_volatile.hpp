// NV indices: where a manufacturer leaves certificates, and a provisioner its own records.
#pragma once

#include "tpm/device/chip.hpp"

#include <vector>

namespace muster::tpm {

/// Who authorises. Both with an empty password: a platform hierarchy is open only to firmware and to whoever
/// makes the machine; an owner who set a password gets fault denied.
enum class nv_authority : std::uint8_t { owner, platform };

/// Who may read an index: whoever reaches the TPM, as TCG EK Credential Profile 2.2.1.4 wants it for
/// certificates, or the owner only. Writing takes the authority that defined it. No index is subject to
/// dictionary attack protection: their authorisation is empty.
enum class nv_readers : std::uint8_t { anybody, owner };

/// The largest index that is read or written, in bytes.
inline constexpr std::size_t max_nv_size = 16384;

/// Whether the index is defined.
result<bool> nv_defined(chip& tpm, std::uint32_t index);

/// All indices that are defined, ascending; at most 256.
result<std::vector<std::uint32_t>> nv_indices(chip& tpm);

/// The whole index, read with the index's own empty authorisation (AUTHREAD) or the owner's (OWNERREAD).
/// fault not_found: not defined, or defined and never written.
result<bytes> nv_read(chip& tpm, std::uint32_t index);

/// Defines an index of `size` bytes. fault conflict: it exists.
status nv_define(chip& tpm, nv_authority who, std::uint32_t index, nv_readers readers, std::size_t size);

/// Writes from offset 0. fault limit: more than the index holds.
status nv_write(chip& tpm, nv_authority who, std::uint32_t index, byte_view content);

/// fault not_found: it does not exist.
status nv_undefine(chip& tpm, nv_authority who, std::uint32_t index);

} // namespace muster::tpm
