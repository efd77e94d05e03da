// What a machine is supposed to be: an immutable, shared set of reference values.
#pragma once

#include "appraisal/claims/claims.hpp"
#include "appraisal/claims/file_claims.hpp"
#include "appraisal/reference/event_rule.hpp"
#include "messages/vocabulary/result.hpp"

#include <compare>
#include <memory>
#include <optional>

namespace muster::appraisal {

struct reference_event {
  crypto::digest digest;
  std::uint32_t type = 0;
  std::string text; ///< only where the digest covers it

  friend bool operator==(const reference_event&, const reference_event&) = default;
};

/// The ordered events of one PCR.
struct reference_pcr_events {
  std::uint8_t pcr = 0;
  hash_algorithm algorithm = hash_algorithm::sha256;
  std::vector<reference_event> events;

  friend bool operator==(const reference_pcr_events&, const reference_pcr_events&) = default;
};

/// Who says that files belong together under a name and a version.
enum class package_source : std::uint8_t { deb = 0, rpm = 1, rim = 2 };

/// What findings and diffs call a file by. Foreign text: never printed as it is.
struct package {
  std::string name;
  std::string version;
  package_source source = package_source::deb;

  friend bool operator==(const package&, const package&) = default;
  friend auto operator<=>(const package&, const package&) = default;
};

inline constexpr std::uint32_t no_package = 0xffffffff;

/// The plain value of a set, as it is stored (schemas/records.capnp, ReferenceSet).
struct reference_content {
  std::vector<pcr_claim> pcrs;              ///< SHA-256, by index
  std::vector<reference_pcr_events> events; ///< by index; empty if the machine had no boot log
  std::vector<event_rule> left_out;         ///< events that are in no list and are not compared
  file_claims files;                        ///< kind `file` only, distinct, in canonical order
  std::string origin;                       ///< for people: "node <id>"
  std::vector<package> packages;            ///< distinct, sorted
  /// For each file its index in `packages`, or `no_package`; empty if no file has one. `reference_files`
  /// makes both.
  std::vector<std::uint32_t> package_of;
};

/// Immutable and thread-safe: one instance serves every machine of a group. Holds at most `max_files`.
class reference_set {
public:
  static constexpr std::size_t max_files = 2'000'000;

  /// fault denied: the set is empty (no PCR that must be equal): comparing with nothing would pass anything.
  /// fault malformed: an entry that is no reference (boot_aggregate, a violation, a zero or ill-sized
  /// digest).
  static result<std::shared_ptr<const reference_set>> make(reference_content content);

  /// Whether a file with this digest is known, of either kind and under any path (docs/checks.md 23).
  bool knows(hash_algorithm algorithm, byte_view digest) const noexcept {
    return known_as(file_kind::file, algorithm, digest)
           || known_as(file_kind::verity_file, algorithm, digest);
  }
  /// The first file of that kind in canonical order that has this content; nothing if none has. Two cache
  /// misses, no allocation.
  std::optional<file_claim> known_as(file_kind kind, hash_algorithm algorithm,
                                     byte_view digest) const noexcept;
  /// Bring the memory that `knows` will read, first the one, then, when it has come, the other: asking for
  /// many digests at a time hides the cache misses.
  void prefetch_slot(byte_view digest) const noexcept;
  void prefetch_file(byte_view digest) const noexcept;

  /// The contents that `path` may have, in canonical order, however it is spelled (path_spelling.hpp); empty
  /// for a path that is not in the set.
  std::vector<file_claim> at_path(std::string_view path, std::size_t at_most) const;

  struct sole_file {
    file_claim file;
    std::optional<package_source> source; ///< as `source_of` gives it
  };
  /// The one content that `path` may have in that algorithm; nothing if there is none, or more than one.
  std::optional<sole_file> sole_at(std::string_view path, hash_algorithm algorithm) const noexcept;
  bool holds(std::string_view path) const noexcept;
  bool holds_below(std::string_view folder) const;
  /// What kind of package an entry of this set is of; nothing if of none.
  std::optional<package_source> source_of(const file_claim& entry) const noexcept;
  /// Whether a file of the set has this last component, "ls". For names that do not say where they lie.
  bool has_name(std::string_view name) const;

  /// The packages that `path` belongs to, in the order of their versions; empty where none is known.
  std::vector<const package*> packages_at(std::string_view path) const;

  const crypto::digest* pcr(unsigned index) const noexcept;
  const reference_pcr_events* events(unsigned pcr) const noexcept;
  bool has_events() const noexcept { return !content_.events.empty(); }
  /// Whether the value of that PCR says nothing, since events of it are left out: only the rest of its events
  /// can be compared.
  bool only_by_events(unsigned index) const noexcept { return names_pcr(content_.left_out, index); }
  const reference_content& content() const noexcept { return content_; }
  std::size_t memory() const noexcept;

  struct slot {
    std::uint32_t tag = 0;
    std::uint32_t offset_plus_one = 0; ///< of the claim in the file table; 0: free
  };

private:
  explicit reference_set(reference_content content);
  std::size_t first_at(std::string_view path) const noexcept;
  /// Visits the index of each file at `path`, in any spelling, while `visit` says so.
  template <class Visit> void at_each(std::string_view path, Visit&& visit) const;

  reference_content content_;
  std::vector<slot> slots_; // open addressing, linear probing, at most half full
  std::size_t mask_ = 0;
  /// Files whose path is not plain, by their plain path; sorted. Few.
  std::vector<std::pair<std::string, std::uint32_t>> respelled_;
  std::optional<package_source> source_at(std::size_t index) const noexcept;

  std::vector<std::uint64_t> names_; // hashes of last components; sorted
  /// Where in `names_` those with the same first bits begin, by these bits: a search of all of them takes as
  /// long as all else that is done for a file that nobody knows.
  std::vector<std::uint32_t> name_ranges_;
  unsigned name_shift_ = 0;
  /// By a few more of these bits: whether any name has them. Fits into the caches where the names do not.
  std::vector<bool> may_have_name_;
};

/// PCRs whose value must be equal: firmware code, its extensions, boot loaders, Secure Boot.
inline constexpr std::uint8_t equal_pcrs[] = {0, 2, 3, 4, 7};
/// PCRs that are compared event by event: what GRUB, the kernel's stub, systemd-boot and shim measure.
inline constexpr std::uint8_t ordered_pcrs[] = {8, 9, 11, 12, 13, 14};
/// PCRs whose difference is only told: configuration that changes by itself.
inline constexpr std::uint8_t informative_pcrs[] = {1, 5, 6};

} // namespace muster::appraisal
