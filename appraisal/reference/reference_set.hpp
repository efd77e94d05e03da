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
  std::string text; ///< only if the digest covers it

  friend bool operator==(const reference_event&, const reference_event&) = default;
};

/// The ordered events of one PCR.
struct reference_pcr_events {
  std::uint8_t pcr = 0;
  hash_algorithm algorithm = hash_algorithm::sha256;
  std::vector<reference_event> events;

  friend bool operator==(const reference_pcr_events&, const reference_pcr_events&) = default;
};

/// Who says that files belong together under one name and version.
enum class package_source : std::uint8_t { deb = 0, rpm = 1, rim = 2 };
constexpr package_source last_of(package_source) noexcept { return package_source::rim; }

/// The name that findings and diffs give to the origin of a file. Foreign text: never print it as it is.
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
  std::vector<pcr_claim> pcrs;              ///< SHA-256, ordered by index
  std::vector<reference_pcr_events> events; ///< ordered by index; empty if the machine had no boot log
  std::vector<event_rule> left_out;         ///< events that `events` lacks and that are not compared
  file_claims files;                        ///< files only (`names_content`), distinct, in canonical order
  std::string origin;                       ///< for people: "node <id>"
  std::vector<package> packages;            ///< distinct, sorted
  /// For each file the index of its package, or `no_package`; empty if no file has a package.
  /// `reference_files` makes `packages` and this.
  std::vector<std::uint32_t> package_of;
};

/// Immutable and thread-safe: one instance serves all machines of a group. Holds at most `max_files`.
class reference_set {
public:
  static constexpr std::size_t max_files = 2'000'000;

  /// fault denied: the set has none of the PCRs that must be equal, so anything would pass it. fault limit:
  /// too many files. fault malformed: an entry is not a reference (boot_aggregate, a violation, a digest of
  /// zeros or of the wrong length), or PCRs, events or packages break the rules of `reference_content`.
  static result<std::shared_ptr<const reference_set>> make(reference_content content);

  /// Whether a file with this digest is known, of either kind and under any path (docs/checks.md 23).
  bool knows(hash_algorithm algorithm, byte_view digest) const noexcept {
    return known_as(file_kind::file, algorithm, digest)
           || known_as(file_kind::verity_file, algorithm, digest);
  }
  /// The first file in canonical order that has this kind and content; empty if there is none. Two cache
  /// misses, no allocation.
  std::optional<file_claim> known_as(file_kind kind, hash_algorithm algorithm,
                                     byte_view digest) const noexcept;
  /// Load the memory that `knows` will read: first the slot and, once that is there, the file. With many
  /// digests in flight the cache misses are hidden.
  void prefetch_slot(byte_view digest) const noexcept;
  void prefetch_file(byte_view digest) const noexcept;

  /// The contents that `path` may have in any spelling (path_spelling.hpp), in canonical order, at most
  /// `at_most`; empty for a path that is not in the set.
  std::vector<file_claim> at_path(std::string_view path, std::size_t at_most) const;

  struct sole_file {
    file_claim file;
    std::optional<package_source> source; ///< as `source_of` gives it
  };
  /// The only content that `path`, in any spelling, may have in that algorithm; empty if there is none, or
  /// more than one.
  std::optional<sole_file> sole_at(std::string_view path, hash_algorithm algorithm) const;
  bool holds(std::string_view path) const noexcept;
  bool holds_below(std::string_view folder) const;
  /// The source of the package that an entry of this set belongs to; empty if it belongs to none.
  std::optional<package_source> source_of(const file_claim& entry) const noexcept;
  /// Whether a file of the set has this last component, such as "ls". For names that do not say where the
  /// file is.
  bool has_name(std::string_view name) const;

  /// The packages that `path` belongs to, ordered by name and version; empty if none is known.
  std::vector<const package*> packages_at(std::string_view path) const;

  const crypto::digest* pcr(unsigned index) const noexcept;
  const reference_pcr_events* events(unsigned pcr) const noexcept;
  bool has_events() const noexcept { return !content_.events.empty(); }
  /// Whether the value of that PCR says nothing because some of its events are left out. Only its other
  /// events can be compared.
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
  /// Visits the index of each file at `path`, in any spelling, as long as `visit` returns true.
  template <class Visit> void at_each(std::string_view path, Visit&& visit) const;

  reference_content content_;
  std::vector<slot> slots_; // open addressing, linear probing, at most half full
  std::size_t mask_ = 0;
  /// Files whose path is not plain: their plain path and index, sorted. There are few.
  std::vector<std::pair<std::string, std::uint32_t>> respelled_;
  std::optional<package_source> source_at(std::size_t index) const noexcept;

  std::vector<std::uint64_t> names_; // hashes of last components; sorted
  /// Where the names with the same first bits begin in `names_`; the index is these bits. A search of all
  /// names would take as long as everything else that is done for an unknown file.
  std::vector<std::uint32_t> name_ranges_;
  unsigned name_shift_ = 0;
  /// Whether any name has these first bits, and a few more. Fits into the caches where `names_` does not.
  std::vector<bool> may_have_name_;
};

/// PCRs whose value must be equal: firmware code, its extensions, boot loaders, Secure Boot.
inline constexpr std::uint8_t equal_pcrs[] = {0, 2, 3, 4, 7};
/// PCRs that are compared event by event: what GRUB, the kernel's stub, systemd-boot and shim measure.
inline constexpr std::uint8_t ordered_pcrs[] = {8, 9, 11, 12, 13, 14};
/// PCRs whose difference is only reported: configuration that changes by itself.
inline constexpr std::uint8_t informative_pcrs[] = {1, 5, 6};

} // namespace muster::appraisal
