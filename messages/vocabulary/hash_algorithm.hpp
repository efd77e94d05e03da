// Hash algorithms by the numbers of the TCG Algorithm Registry.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace muster {

/// TPM_ALG_ID of the hash (TCG Algorithm Registry 1.34, table 3).
enum class hash_algorithm : std::uint16_t {
  sha1 = 0x0004,
  sha256 = 0x000b,
  sha384 = 0x000c,
  sha512 = 0x000d,
  sm3_256 = 0x0012,
};

/// Digest length in bytes.
std::size_t digest_size(hash_algorithm algorithm) noexcept;

/// "sha1", "sha256", "sha384", "sha512", "sm3": the names that Linux and tpm2-tools use.
std::string_view to_string(hash_algorithm algorithm) noexcept;

/// Empty for a number or name that is not listed above.
std::optional<hash_algorithm> hash_algorithm_from(std::uint16_t tpm_alg_id) noexcept;
std::optional<hash_algorithm> hash_algorithm_from(std::string_view name) noexcept;

} // namespace muster
