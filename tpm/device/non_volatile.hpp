// NV indices: where a manufacturer stores certificates, and a provisioner its own records.
#pragma once

#include "tpm/device/chip.hpp"

#include <vector>

namespace muster::tpm {

/// The hierarchy that authorises, with an empty password. The platform hierarchy is open only to firmware and
/// to the maker of the machine. If the owner has set a password, there is a fault denied.
enum class nv_authority : std::uint8_t { owner, platform };

/// Who may read an index: anyone with access to the TPM, as TCG EK Credential Profile 2.2.1.4 demands for
/// certificates, or only the owner. Writing takes the authority that defined the index. No index is subject
/// to dictionary attack protection, because the authorisations are empty.
enum class nv_readers : std::uint8_t { anybody, owner };

/// The largest index that can be read or written, in bytes.
inline constexpr std::size_t max_nv_size = 16384;

/// Whether the index is defined.
result<bool> nv_defined(chip& tpm, std::uint32_t index);

/// All defined indices, ascending; at most 254.
result<std::vector<std::uint32_t>> nv_indices(chip& tpm);

/// The whole index, read with the index's own empty authorisation (AUTHREAD) or the owner's (OWNERREAD).
/// fault not_found: the index is not defined, or was never written; denied: it is locked, or needs a password or
/// policy; limit: it is too large; io: the TPM does not answer.
result<bytes> nv_read(chip& tpm, std::uint32_t index);

/// Defines an index of `size` bytes. fault conflict: it exists already.
status nv_define(chip& tpm, nv_authority who, std::uint32_t index, nv_readers readers, std::size_t size);

/// Writes from offset 0. fault limit: the content is longer than the index.
status nv_write(chip& tpm, nv_authority who, std::uint32_t index, byte_view content);

/// fault not_found: it does not exist.
status nv_undefine(chip& tpm, nv_authority who, std::uint32_t index);

} // namespace muster::tpm
