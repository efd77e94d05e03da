// The Merkle tree of an append-only log (RFC 9162, 2.1): SHA-256; 0x00 before leaves, 0x01 before nodes.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <functional>
#include <vector>

namespace muster::crypto {

/// HASH(0x00 || leaf)
bytes32 merkle_leaf(byte_view leaf);
/// HASH(0x01 || left || right)
bytes32 merkle_node(const bytes32& left, const bytes32& right);
/// HASH(): the root of a tree without leaves.
bytes32 merkle_empty();

/// A complete subtree of 2^level leaves that begins at leaf index * 2^level. Its hash is final once all of
/// its leaves are there.
struct merkle_place {
  unsigned level = 0;
  std::uint64_t index = 0;

  /// A distinct number for each place; leaves and inner nodes are numbered in order from left to right, and
  /// leaf i has number 2i. For indices below 2^62.
  std::uint64_t number() const noexcept { return (index << (level + 1)) + (std::uint64_t{1} << level) - 1; }
  friend bool operator==(const merkle_place&, const merkle_place&) = default;
};

/// Largest tree that these functions handle, in leaves.
inline constexpr std::uint64_t max_merkle_size = std::uint64_t{1} << 56U;
/// Hashes in the longest proof of such a tree.
inline constexpr std::size_t max_merkle_proof = 57;

/// Looks up the hash of a complete subtree. It is called only for places whose leaves are all there.
using merkle_source = std::function<result<bytes32>(merkle_place)>;

/// The state needed to append: one hash for each bit that is set in the size.
class merkle_frontier {
public:
  struct made {
    merkle_place at;
    bytes32 hash{};
  };

  /// Of the tree without leaves.
  merkle_frontier() = default;
  /// Of the first `size` leaves of a tree. fault limit: larger than `max_merkle_size`; else the source's
  /// fault.
  static result<merkle_frontier> load(std::uint64_t size, const merkle_source& source);

  /// Adds a leaf by its hash (`merkle_leaf`). Returns the leaf and then every subtree that it completes: the
  /// source must know all of them from now on. The caller keeps the size below `max_merkle_size`.
  std::vector<made> append(const bytes32& leaf);
  std::uint64_t size() const noexcept { return size_; }
  bytes32 root() const;

private:
  std::uint64_t size_ = 0;
  std::vector<bytes32> peaks_; // of the complete subtrees, the largest first
};

/// MTH(D[0:size]), with O(log size) calls of the source. Faults as `merkle_frontier::load`.
result<bytes32> merkle_root(std::uint64_t size, const merkle_source& source);

/// PATH(leaf, D[0:size]) (2.1.3.1). fault malformed: there is no such leaf.
result<std::vector<bytes32>> make_inclusion_proof(std::uint64_t leaf, std::uint64_t size,
                                                  const merkle_source& source);
/// PROOF(first, D[0:second]) (2.1.4.1). fault malformed: not 0 < first <= second.
result<std::vector<bytes32>> make_consistency_proof(std::uint64_t first, std::uint64_t second,
                                                    const merkle_source& source);

/// Whether leaf number `leaf` of the tree with this root has this hash (2.1.3.2). fault mismatch: not proven.
status verify_inclusion(const bytes32& leaf_hash, std::uint64_t leaf, std::uint64_t size,
                        const std::vector<bytes32>& proof, const bytes32& root);
/// Whether the second tree begins with the leaves of the first (2.1.4.2). fault mismatch: not proven.
status verify_consistency(std::uint64_t first, std::uint64_t second, const bytes32& first_root,
                          const bytes32& second_root, const std::vector<bytes32>& proof);

} // namespace muster::crypto
