// The entries of an IMA log, reduced to what an appraisal compares, in packed form.
#pragma once

#include "appraisal/claims/prefetch.hpp"
#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/hash_algorithm.hpp"
#include "messages/vocabulary/log_caps.hpp"

#include <compare>
#include <string>

namespace muster::appraisal {

enum class file_kind : std::uint8_t {
  file = 0,           ///< a file was measured: its digest names its content
  violation = 1,      ///< the kernel could not measure and said so: a file was written while in use.
                      ///< It has no digest; no digest covers its path, a hint that may be empty
  boot_aggregate = 2, ///< entry 0: a digest over PCR 0 to 9; about one machine, so never a reference
  other = 3,          ///< a measurement whose digest is not of a file's content; nothing more is known
  // Buffers that the kernel measured, each proven by the template that holds it. The digest is SHA-256.
  key = 4,                ///< a key came into a keyring: the path names the keyring, the digest is of the key
  kexec_command_line = 5, ///< of a kernel that was loaded: the path is that command line
  critical_data = 6,      ///< a subsystem's state: the path is its label, the digest is of the data
  verity_file = 7,        ///< under fs-verity: the digest is of a descriptor with the root of its tree. A
                          ///< file whose content is that descriptor has the same digest and is another file
  unknown_hash = 8        ///< a file, measured by an algorithm that we do not know: the digest is the name of
                          ///< that algorithm, NUL, and its digest; `algorithm` means nothing. No reference
                          ///< has such a file, and no signature of it holds
};
constexpr file_kind last_of(file_kind) noexcept { return file_kind::unknown_hash; }
constexpr bool names_content(file_kind kind) noexcept {
  return kind == file_kind::file || kind == file_kind::verity_file;
}
constexpr bool is_file(file_kind kind) noexcept {
  return names_content(kind) || kind == file_kind::unknown_hash;
}

/// What is known about a file's signature. It is recorded, so that a later policy can judge it again.
enum class file_signature : std::uint8_t {
  unchecked = 0,   ///< the policy at the time did not ask
  none = 1,        ///< the log has no signature for it
  unknown_key = 2, ///< made by a key that is not pinned
  wrong = 3,       ///< it names a pinned key and does not hold
  holds = 4        ///< verified with a pinned key
};

/// One measurement. It is a view: digest and path live in the `file_claims` or the log that it came from. The
/// path is the kernel's word and weak evidence (docs/checks.md 23). It is foreign text: never print it as it
/// is.
struct file_claim {
  file_kind kind = file_kind::other;
  hash_algorithm algorithm = hash_algorithm::sha256;
  byte_view digest;
  std::string_view path;
  file_signature signature = file_signature::unchecked;
  byte_view signer{}; ///< SHA-256 of the signer's public key; empty unless the signature holds
};

/// The file and its content without the signature: who signed it is the concern of a policy, not of a
/// reference.
inline file_claim content_of(const file_claim& claim) noexcept {
  return {claim.kind, claim.algorithm, claim.digest, claim.path};
}

/// The algorithm, as people are told it: "sha256", or "streebog256" of kind `unknown_hash`. Safe to print.
std::string algorithm_of(const file_claim& claim);
/// "sha256:<hex>", "verity:sha256:<hex>", "streebog256:<hex>". Safe to print.
std::string digest_text(const file_claim& claim);

bool operator==(const file_claim& a, const file_claim& b) noexcept;
/// By path, then algorithm, digest, kind and signature: the canonical order of tables.
std::strong_ordering operator<=>(const file_claim& a, const file_claim& b) noexcept;

/// Owns many measurements in one block of memory. Each takes 10 bytes in addition to its digest and path, and
/// 32 more where a signature holds. A copy copies three vectors. Views are valid until the next change.
///
/// All that is covered of a violation is that it happened: every whole log can report the same extensions
/// with other names. Claims become records that are stored once for the fleet, under numbers that are given
/// once. So the name is a hint: the first `max_names` distinct ones are kept, and all other violations become
/// one and the same claim without a name. No violation is left out. This bounds what one attestation puts on
/// record.
///
/// Increments can add names to a boot. They need no bound of their own: each of their violations costs the
/// machine an extension of its TPM, as a made-up file does, and whole logs replace all claims of the boot.
class file_claims {
public:
  static constexpr std::size_t max_path = 4096;         ///< PATH_MAX of Linux; longer paths are cut
  static constexpr std::size_t max_bytes = max_ima_log; ///< of the block
  static constexpr std::size_t max_names = 64;          ///< of violations, distinct
  static constexpr std::size_t max_name = 256;          ///< of a violation; longer names are cut

  /// Returns false and adds nothing if the block is full or the signer is not 32 bytes long. A violation is
  /// stored with zeros as its digest, whatever the log says, and with an empty path if its name is not kept.
  [[nodiscard]] bool push(const file_claim& claim);

  /// Makes room for `claims` more claims that have `bytes` bytes together.
  void reserve(std::size_t claims, std::size_t bytes);

  std::size_t size() const noexcept { return offsets_.size(); }
  bool empty() const noexcept { return offsets_.empty(); }
  file_claim operator[](std::size_t i) const noexcept { return at(offsets_[i]); }

  /// Sorts canonically and removes repeats.
  void make_distinct();

  /// For tables that keep their own offsets: the offset of claim `i`, and the claim at an offset.
  std::uint32_t offset(std::size_t i) const noexcept { return offsets_[i]; }
  file_claim at(std::uint32_t offset) const noexcept;
  /// Fetches two cache lines: the head and the SHA-256 digest of a claim can lie across them.
  void prefetch(std::uint32_t offset) const noexcept {
    appraisal::prefetch(block_.data() + offset);
    appraisal::prefetch(block_.data() + std::min<std::size_t>(offset + 37U, block_.size()));
  }

  std::size_t memory() const noexcept {
    return block_.capacity() + (offsets_.capacity() + names_.capacity()) * 4;
  }

private:
  std::size_t size_at(std::uint32_t offset) const noexcept;
  /// The place in `names_` of a violation of that name, or the place to insert it.
  std::vector<std::uint32_t>::const_iterator place_of(std::string_view name) const noexcept;
  file_claim covered_part(const file_claim& violation) const noexcept;

  // kind and signature u8, digest size u8, algorithm u16, path size u16, digest, path, signer if it holds
  bytes block_;
  std::vector<std::uint32_t> offsets_; // of each claim in block_
  std::vector<std::uint32_t> names_;   // of the first violation of each name, by name; at most max_names
};

} // namespace muster::appraisal
