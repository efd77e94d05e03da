// What the machines of a group may be: the set in force and, while an upgrade is staged, also the next one.
#pragma once

#include "appraisal/reference/reference_set.hpp"

namespace muster::appraisal {

/// Which of the two sets a machine is nearest to.
enum class nearest_set : std::uint8_t { current = 0, next = 1 };

/// A view of two sets, which the caller keeps alive. While both are there, a machine's boot must match one of
/// them as a whole: a mixture is a finding, because such a machine was never tested. Each of its files must
/// be in one or the other, because files are replaced one by one while a machine runs.
struct reference_choice {
  const reference_set* current = nullptr; ///< null: the group has none
  const reference_set* next = nullptr;    ///< null unless an upgrade is staged; never without `current`

  reference_choice() = default;
  // Implicit on purpose: nearly always there is only one set, or none.
  reference_choice(const reference_set* only) noexcept : current{only} {}
  reference_choice(const reference_set* in_force, const reference_set* staged) noexcept
      : current{in_force}, next{staged} {}

  bool present() const noexcept { return current != nullptr; }
  bool staged() const noexcept { return next != nullptr; }
  /// Whether either set has a file with this content, under any path.
  bool knows(hash_algorithm algorithm, byte_view digest) const noexcept {
    return (current != nullptr && current->knows(algorithm, digest))
           || (next != nullptr && next->knows(algorithm, digest));
  }
  /// A file of either set with this content; the set in force is asked first.
  std::optional<file_claim> known_as(file_kind kind, hash_algorithm algorithm,
                                     byte_view digest) const noexcept {
    auto known = current == nullptr ? std::nullopt : current->known_as(kind, algorithm, digest);
    return known || next == nullptr ? known : next->known_as(kind, algorithm, digest);
  }
  /// The contents that either set allows at `path`, at most `at_most`.
  std::vector<file_claim> at_path(std::string_view path, std::size_t at_most) const;
  /// Whether either set has a file at `path`; for a bare name, whether it has a file of that name.
  bool knows_path(std::string_view path) const;
  /// The packages of either set that `path` belongs to.
  std::vector<const package*> packages_at(std::string_view path) const;
};

} // namespace muster::appraisal
