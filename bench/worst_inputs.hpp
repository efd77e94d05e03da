// Evidence made to be expensive to judge: one line of a table for each idea.
#pragma once

#include "crypto/digest.hpp"
#include "crypto/key.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <limits>
#include <span>
#include <string_view>

namespace muster::bench {

/// How a machine extended its IMA log into PCR 10.
enum class bank_feed : std::uint8_t { own_hash, padded_sha1 };

/// The evidence of a machine. The quote covers all of it, so that all of it is judged.
struct evidence_input {
  static constexpr auto all = std::numeric_limits<std::uint64_t>::max();

  bytes boot_log;
  bytes ima_log;
  /// The hints hold the PCR values after this many entries of the IMA log.
  std::uint64_t hinted = all;
  /// Entries that an earlier attestation of this boot verified; 0: there was none.
  std::uint64_t recorded = 0;
  bank_feed fed = bank_feed::own_hash;
};

/// The policy that judges the input, and the honest evidence that it is compared with.
enum class baseline : std::uint8_t {
  honest,             ///< the long log, under patterns, a deny list, rules for buffers, and pinned keys
  honest_must_sign,   ///< the long log, under the same policy plus patterns of files that must be signed
  honest_p256_signed, ///< a log of signed files: each entry costs a verification with that key
  honest_rsa_signed
};
inline constexpr std::size_t baseline_count = 4;

/// The raw material of the inputs.
struct input_parts {
  bytes boot_log;           ///< of a real machine
  crypto::private_key p256; ///< its public half is pinned as `p256_key_id`
  crypto::private_key rsa;  ///< likewise, as `rsa_key_id`
  crypto::digest aggregate; ///< that of a genuine boot_aggregate after this boot log, SHA-256
};

inline constexpr std::uint32_t p256_key_id = 0x50323536;
inline constexpr std::uint32_t rsa_key_id = 0x52534132;
/// Content whose digest the policies deny, and a label of critical data that they have a rule for.
inline constexpr std::string_view denied_content = "what nobody may run";
inline constexpr std::string_view ruled_label = "kernel_version";
/// The folder whose files must be signed.
inline constexpr std::string_view signed_place = "/opt/signed/";

struct worst_input {
  std::string_view name;
  baseline compared = baseline::honest;
  evidence_input (*make)(const input_parts&);
};

std::span<const worst_input> worst_boot_logs() noexcept;
std::span<const worst_input> worst_ima_lists() noexcept;

/// The honest evidence for kinds with a signed log. For the others it is the long log.
evidence_input honest_signed(const input_parts& of, baseline kind);

} // namespace muster::bench
