#include "crypto/merkle.hpp"

#include "crypto/digest.hpp"

#include <bit>

namespace muster::crypto {

namespace {

constexpr std::array<std::uint8_t, 1> leaf_prefix{0};
constexpr std::array<std::uint8_t, 1> node_prefix{1};

fault unproven() { return {errc::mismatch, "merkle: the proof does not hold"}; }

/// The largest power of two below n, for n > 1.
std::uint64_t split_of(std::uint64_t n) noexcept { return std::bit_floor(n - 1); }

/// MTH(D[first : first + n]), for a range that the tree is split into. At most 57 levels deep.
result<bytes32> hash_of(std::uint64_t first, std::uint64_t n, const merkle_source& source) {
  if (std::has_single_bit(n)) {
    const auto level = static_cast<unsigned>(std::countr_zero(n));
    return source({level, first >> level});
  }
  const auto k = split_of(n);
  const auto left = hash_of(first, k, source);
  if (!left) return left.fault();
  const auto right = hash_of(first + k, n - k, source);
  if (!right) return right.fault();
  return merkle_node(*left, *right);
}

} // namespace

bytes32 merkle_leaf(byte_view leaf) { return sha256({leaf_prefix, leaf}); }
bytes32 merkle_node(const bytes32& left, const bytes32& right) { return sha256({node_prefix, left, right}); }
bytes32 merkle_empty() { return sha256(byte_view{}); }

result<merkle_frontier> merkle_frontier::load(std::uint64_t size, const merkle_source& source) {
  if (size > max_merkle_size) return fault{errc::limit, "merkle: the tree is too large"};
  merkle_frontier out;
  out.size_ = size;
  std::uint64_t first = 0;
  for (auto left = size; left != 0;) {
    const auto n = std::bit_floor(left);
    const auto level = static_cast<unsigned>(std::countr_zero(n));
    const auto peak = source({level, first >> level});
    if (!peak) return peak.fault();
    out.peaks_.push_back(*peak);
    first += n;
    left -= n;
  }
  return out;
}

std::vector<merkle_frontier::made> merkle_frontier::append(const bytes32& leaf) {
  std::vector<made> out{{{0, size_}, leaf}};
  // Each set bit that carries joins the last peak with the subtree built so far.
  for (auto carry = size_; (carry & 1U) != 0; carry >>= 1U) {
    const auto& below = out.back();
    out.push_back({{below.at.level + 1, below.at.index >> 1U}, merkle_node(peaks_.back(), below.hash)});
    peaks_.pop_back();
  }
  peaks_.push_back(out.back().hash);
  ++size_;
  return out;
}

bytes32 merkle_frontier::root() const {
  if (peaks_.empty()) return merkle_empty();
  auto out = peaks_.back();
  for (auto at = peaks_.rbegin() + 1; at != peaks_.rend(); ++at)
    out = merkle_node(*at, out);
  return out;
}

result<bytes32> merkle_root(std::uint64_t size, const merkle_source& source) {
  const auto frontier = merkle_frontier::load(size, source);
  if (!frontier) return frontier.fault();
  return frontier->root();
}

result<std::vector<bytes32>> make_inclusion_proof(std::uint64_t leaf, std::uint64_t size,
                                                  const merkle_source& source) {
  if (leaf >= size) return fault{errc::malformed, "merkle: there is no such leaf"};
  if (size > max_merkle_size) return fault{errc::limit, "merkle: the tree is too large"};
  std::vector<bytes32> out;
  std::uint64_t first = 0;
  // We descend from the root; the proof is listed from the leaf up.
  for (auto n = size; n > 1;) {
    const auto k = split_of(n);
    const bool in_left = leaf - first < k;
    const auto other = in_left ? hash_of(first + k, n - k, source) : hash_of(first, k, source);
    if (!other) return other.fault();
    out.push_back(*other);
    if (!in_left) first += k;
    n = in_left ? k : n - k;
  }
  std::ranges::reverse(out);
  return out;
}

result<std::vector<bytes32>> make_consistency_proof(std::uint64_t first, std::uint64_t second,
                                                    const merkle_source& source) {
  if (first == 0 || first > second) return fault{errc::malformed, "merkle: no such older tree"};
  if (second > max_merkle_size) return fault{errc::limit, "merkle: the tree is too large"};
  std::vector<bytes32> out;
  // SUBPROOF(m, D[begin : begin + n], whole), from the root down.
  std::uint64_t begin = 0;
  auto m = first;
  auto n = second;
  bool whole = true; // the older tree is this subtree from its first leaf on
  while (m != n) {
    const auto k = split_of(n);
    const bool in_left = m <= k;
    const auto other = in_left ? hash_of(begin + k, n - k, source) : hash_of(begin, k, source);
    if (!other) return other.fault();
    out.push_back(*other);
    if (in_left) {
      n = k;
    } else {
      begin += k;
      m -= k;
      n -= k;
      whole = false;
    }
  }
  if (!whole) {
    const auto known = hash_of(begin, n, source);
    if (!known) return known.fault();
    out.push_back(*known);
  }
  std::ranges::reverse(out);
  return out;
}

status verify_inclusion(const bytes32& leaf_hash, std::uint64_t leaf, std::uint64_t size,
                        const std::vector<bytes32>& proof, const bytes32& root) {
  if (leaf >= size || proof.size() > max_merkle_proof) return unproven();
  auto fn = leaf;
  auto sn = size - 1;
  auto r = leaf_hash;
  for (const auto& p : proof) {
    if (sn == 0) return unproven();
    if ((fn & 1U) != 0 || fn == sn) {
      r = merkle_node(p, r);
      while ((fn & 1U) == 0 && fn != 0) {
        fn >>= 1U;
        sn >>= 1U;
      }
    } else {
      r = merkle_node(r, p);
    }
    fn >>= 1U;
    sn >>= 1U;
  }
  if (sn != 0 || r != root) return unproven();
  return {};
}

status verify_consistency(std::uint64_t first, std::uint64_t second, const bytes32& first_root,
                          const bytes32& second_root, const std::vector<bytes32>& proof) {
  if (first == 0 || first > second || proof.size() > max_merkle_proof) return unproven();
  if (first == second) return proof.empty() && first_root == second_root ? status{} : status{unproven()};
  auto path = proof;
  // The older tree is complete, so its root is where the path begins.
  if (std::has_single_bit(first)) path.insert(path.begin(), first_root);
  if (path.empty()) return unproven();
  auto fn = first - 1;
  auto sn = second - 1;
  while ((fn & 1U) != 0) {
    fn >>= 1U;
    sn >>= 1U;
  }
  auto fr = path.front();
  auto sr = path.front();
  for (std::size_t i = 1; i < path.size(); ++i) {
    const auto& c = path[i];
    if (sn == 0) return unproven();
    if ((fn & 1U) != 0 || fn == sn) {
      fr = merkle_node(c, fr);
      sr = merkle_node(c, sr);
      while ((fn & 1U) == 0 && fn != 0) {
        fn >>= 1U;
        sn >>= 1U;
      }
    } else {
      sr = merkle_node(sr, c);
    }
    fn >>= 1U;
    sn >>= 1U;
  }
  if (sn != 0 || fr != first_root || sr != second_root) return unproven();
  return {};
}

} // namespace muster::crypto
