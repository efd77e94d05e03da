// The entries of an IMA log, reduced to what an appraisal compares, packed.
#pragma once

#include "appraisal/claims/prefetch.hpp"
#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/hash_algorithm.hpp"
#include "messages/vocabulary/log_caps.hpp"

#include <compare>

namespace muster::appraisal {

enum class file_kind : std::uint8_t {
  file = 0,           ///< a file was measured: its digest names its content
  violation = 1,      ///< the kernel measured nothing and said so: somebody wrote while somebody read. No
                      ///< digest covers its path, which is a hint and may be empty, and it has no digest
  boot_aggregate = 2, ///< entry 0: a digest over PCR 0 to 9; about one machine, so never a reference
  other = 3,          ///< a measurement whose digest is not of a file's content, and nothing more is known
  // Buffers that the kernel measured, each proven by the template that holds it. The digest is SHA-256.
  key = 4,                ///< a key came into a keyring: its name is the path, the digest is of the key
  kexec_command_line = 5, ///< of a kernel that was loaded: the path is that command line
  critical_data = 6,      ///< a subsystem's state: its label is the path, the digest is of the data
  verity_file = 7         ///< a file of fs-verity: its digest is of a descriptor with the root of its tree. A
                          ///< file with that descriptor as its content has the same digest, and is another
};
constexpr bool is_file(file_kind kind) noexcept {
  return kind == file_kind::file || kind == file_kind::verity_file;
}

/// What is known about a file's signature. Recorded, so that another policy can judge it again.
enum class file_signature : std::uint8_t {
  unchecked = 0,   ///< the policy of that day did not ask
  none = 1,        ///< the log has no signature for it
  unknown_key = 2, ///< by a key that is not pinned
  wrong = 3,       ///< it names a pinned key and does not hold
  holds = 4        ///< verified with a pinned key
};

/// One measurement. A view: digest and path live in the `file_claims` or the log that gave it.
/// The path is the kernel's word and weak evidence (docs/checks.md 23): foreign text, never printed as it is.
struct file_claim {
  file_kind kind = file_kind::other;
  hash_algorithm algorithm = hash_algorithm::sha256;
  byte_view digest;
  std::string_view path;
  file_signature signature = file_signature::unchecked;
  byte_view signer{}; ///< SHA-256 of the signer's public key; empty unless the signature holds
};

/// The file and its content, whoever signed it: that is a policy's concern, not a reference's.
inline file_claim content_of(const file_claim& claim) noexcept {
  return {claim.kind, claim.algorithm, claim.digest, claim.path};
}

bool operator==(const file_claim& a, const file_claim& b) noexcept;
/// By path, then algorithm, digest, kind and signature: the canonical order of tables.
std::strong_ordering operator<=>(const file_claim& a, const file_claim& b) noexcept;

/// Owns many measurements in one block of memory: 10 bytes beside digest and path for each, and 32 where a
/// signature holds. A copy is a copy
/// of three vectors; views die with the next `push`.
///
/// Nothing of a violation is covered but that there was one: the same extensions can be told with other names
/// in every whole log, and claims become records that are kept once for the fleet, under numbers that are
/// given once. So its name is a hint: the first `max_names` distinct ones are kept, and every other violation
/// is one without a name, which all have in common. None is left out. This bounds what one attestation puts
/// on record. Increments can add names to a boot. They need
/// no bound of their own: each of their violations costs the machine an extension of its TPM, as a made-up
/// file does, and whole logs replace all claims of the boot.
class file_claims {
public:
  static constexpr std::size_t max_path = 4096;         ///< PATH_MAX of Linux; longer paths are cut
  static constexpr std::size_t max_bytes = max_ima_log; ///< of the block
  static constexpr std::size_t max_names = 64;          ///< of violations, distinct
  static constexpr std::size_t max_name = 256;          ///< of a violation; longer names are cut

  /// False, and nothing is added, when the block is full. Of a violation zeros are kept as its digest,
  /// whatever the log says, and an empty path where its name is not kept.
  [[nodiscard]] bool push(const file_claim& claim);

  /// Room for `claims` more of `bytes` together, as one block.
  void reserve(std::size_t claims, std::size_t bytes);

  std::size_t size() const noexcept { return offsets_.size(); }
  bool empty() const noexcept { return offsets_.empty(); }
  file_claim operator[](std::size_t i) const noexcept { return at(offsets_[i]); }

  /// Sorts canonically and removes repeats.
  void make_distinct();

  /// For tables that keep offsets of their own: where claim `i` lies, and what lies there.
  std::uint32_t offset(std::size_t i) const noexcept { return offsets_[i]; }
  file_claim at(std::uint32_t offset) const noexcept;
  /// Head and SHA-256 digest of a claim can lie across two cache lines.
  void prefetch(std::uint32_t offset) const noexcept {
    appraisal::prefetch(block_.data() + offset);
    appraisal::prefetch(block_.data() + std::min<std::size_t>(offset + 37U, block_.size()));
  }

  std::size_t memory() const noexcept {
    return block_.capacity() + (offsets_.capacity() + names_.capacity()) * 4;
  }

private:
  std::size_t size_at(std::uint32_t offset) const noexcept;
  /// Where in `names_` a violation of that name is, or would be.
  std::vector<std::uint32_t>::const_iterator place_of(std::string_view name) const noexcept;
  file_claim covered_part(const file_claim& violation) const noexcept;

  // kind and signature u8, digest size u8, algorithm u16, path size u16, digest, path, signer if it holds
  bytes block_;
  std::vector<std::uint32_t> offsets_; // of each claim in block_
  std::vector<std::uint32_t> names_;   // of the first violation of each name, by name; at most max_names
};

} // namespace muster::appraisal
