// What must run nowhere, whatever any reference says: digests that an operator took back.
#pragma once

#include "crypto/digest.hpp"

#include <string>
#include <vector>

namespace muster::appraisal {

/// The content of a file or the digest of a boot event, and why nobody wants it any more.
struct denied_digest {
  hash_algorithm algorithm = hash_algorithm::sha256;
  crypto::digest value;
  std::string reason; ///< for people: "CVE-2026-1234, openssl 3.0.11"; foreign text, may be empty

  friend bool operator==(const denied_digest&, const denied_digest&) = default;
};

/// Distinct, by algorithm and value: a plain value of at most `max_entries`.
class deny_list {
public:
  static constexpr std::size_t max_entries = 4096;
  static constexpr std::size_t max_reason = 200;

  /// What is denied twice keeps its first reason.
  void add(denied_digest one);

  /// Null if it is not denied. Logarithmic, no allocation.
  const denied_digest* find(hash_algorithm algorithm, byte_view value) const noexcept;

  /// Whether anything is denied by a digest of this algorithm: else a content measured by it cannot be found
  /// here, denied or not. Logarithmic.
  bool knows(hash_algorithm algorithm) const noexcept;

  bool empty() const noexcept { return entries_.empty(); }
  const std::vector<denied_digest>& entries() const noexcept { return entries_; }

  friend bool operator==(const deny_list&, const deny_list&) = default;

private:
  std::vector<denied_digest> entries_;
};

/// "sha256:9843d5... (CVE-2026-1234)", safe to print.
std::string shown(const denied_digest& one);

/// The reason, for the end of a sentence; says so where none is given. Safe to print.
std::string reason_of(const denied_digest& one);

} // namespace muster::appraisal
