// Collects the files of a set and the packages that they belong to.
#pragma once

#include "appraisal/reference/reference_set.hpp"

#include <map>

namespace muster::appraisal {

/// The only code that makes `files`, `packages` and `package_of` of a `reference_content`.
class reference_files {
public:
  static constexpr std::size_t max_packages = 200'000;

  /// `owner` may be null. A file that was added before keeps its package, or gets this one if it had none.
  /// fault limit: more files, bytes or packages than a set may have.
  status add(const file_claim& file, const package* owner);
  /// All files of another set, with their packages.
  status add(const reference_content& other);

  std::size_t size() const noexcept { return files_.size(); }

  /// Moves everything into `out`, distinct and in canonical order. Packages without a file are dropped.
  void move_into(reference_content& out) &&;

private:
  file_claims files_;
  std::vector<std::uint32_t> owners_; // package of each file, in order of arrival
  std::map<package, std::uint32_t> packages_;
};

} // namespace muster::appraisal
