// What a policy says about signatures of files, and how one entry of an IMA log is judged by it.
#pragma once

#include "appraisal/claims/file_claims.hpp"
#include "appraisal/policy/pattern.hpp"
#include "appraisal/policy/pinned_key.hpp"
#include "tpm/format/ima_log.hpp"

#include <optional>
#include <vector>

namespace muster::appraisal {

enum class signature_mode : std::uint8_t {
  off = 0,   ///< a signature vouches for nothing
  accept = 1 ///< a file that a pinned key signed needs no reference
};
constexpr signature_mode last_of(signature_mode) noexcept { return signature_mode::accept; }

struct signature_rules {
  static constexpr std::size_t max_keys = 32;
  static constexpr std::size_t max_patterns = 64;

  signature_mode mode = signature_mode::off;
  std::vector<pinned_key> keys;
  std::vector<pattern> required; ///< paths of files that must be signed by one of `keys`

  /// Whether signatures are verified at all. A policy without rules for them costs nothing.
  bool wanted() const noexcept { return mode == signature_mode::accept || !required.empty(); }
  const pinned_key* find(byte_view fingerprint) const noexcept;

  friend bool operator==(const signature_rules&, const signature_rules&) = default;
};

/// Names the keys with which claims were verified: SHA-256 over the sorted keys; empty while signatures are
/// not verified. If claims were verified with other keys, the whole log is needed again.
std::optional<bytes32> digest_of_pins(const signature_rules& rules);

struct signature_judgement {
  file_signature state = file_signature::unchecked;
  byte_view signer; ///< fingerprint of the key; empty unless the state is `holds`
};

/// Verifies signatures of entries. Each log has its own judge; it is not shared.
///   security.ima  (ima-sig, ima-sigv2): RSA and ECDSA over the file's digest (version 2), or over the type,
///                 algorithm and digest of an fs-verity file (version 3). A signature of one type never holds
///                 for the other (docs/checks.md 23)
///   modsig        PKCS#7 over the digest that the entry states for the file without its signature
/// `cpu_budget` bounds what a machine with forged entries can cost.
class signature_judge {
public:
  explicit signature_judge(const signature_rules& rules) noexcept : rules_{rules} {}
  signature_judgement judge(const tpm::ima_entry& entry);

private:
  signature_judgement judge_attribute(const tpm::ima_entry& entry);
  signature_judgement judge_appended(const tpm::ima_entry& entry);

  const signature_rules& rules_;
};

/// What a recorded judgement is worth under `rules`: a key that is no longer pinned counts as unknown.
file_signature signature_under(const signature_rules& rules, const file_claim& claim) noexcept;

} // namespace muster::appraisal
