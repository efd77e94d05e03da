// What must run nowhere, whatever a reference says: digests that an operator denies.
#pragma once

#include "crypto/digest.hpp"

#include <string>
#include <vector>

namespace muster::appraisal {

/// The digest of a file's content or of a boot event, and why it is denied.
struct denied_digest {
  hash_algorithm algorithm = hash_algorithm::sha256;
  crypto::digest value;
  std::string reason; ///< for people: "CVE-2026-1234, openssl 3.0.11"; foreign text, may be empty

  friend bool operator==(const denied_digest&, const denied_digest&) = default;
};

/// A plain value with at most `max_entries` entries, distinct and ordered by algorithm and value.
class deny_list {
public:
  static constexpr std::size_t max_entries = 4096;
  static constexpr std::size_t max_reason = 200;

  /// A digest that is added twice keeps its first reason.
  void add(denied_digest one);

  /// Null if the digest is not denied. Logarithmic, no allocation.
  const denied_digest* find(hash_algorithm algorithm, byte_view value) const noexcept;

  /// Whether any entry is of this algorithm. If not, a content that was measured with it cannot be found
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

/// The reason, to end a sentence with; says so if none is given. Safe to print.
std::string reason_of(const denied_digest& one);

} // namespace muster::appraisal
