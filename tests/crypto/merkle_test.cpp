// What breaks if these fail: a changed log of records can pass for the signed one.
#include "crypto/digest.hpp"
#include "crypto/merkle.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

using namespace muster;
using namespace muster::crypto;

namespace {

/// The tree as the caller of the module keeps it.
struct kept_tree {
  merkle_frontier frontier;
  std::map<std::uint64_t, bytes32> nodes;
  std::vector<bytes32> roots{merkle_empty()};
  std::vector<bytes32> leaves;

  void add(byte_view leaf) {
    leaves.push_back(merkle_leaf(leaf));
    for (const auto& one : frontier.append(leaves.back())) {
      CHECK(nodes.emplace(one.at.number(), one.hash).second); // each node is made once
    }
    roots.push_back(frontier.root());
  }
  merkle_source source() const {
    return [this](merkle_place at) -> result<bytes32> {
      const auto found = nodes.find(at.number());
      if (found == nodes.end()) return fault{errc::not_found, "no such node"};
      return found->second;
    };
  }
};

bytes32 hex(const char* text) { return bytes32_from_hex(text).value(); }

/// The leaves of the test vectors of Certificate Transparency's reference implementation.
const std::array<const char*, 8> known_leaves{
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};

kept_tree known_tree(std::size_t size) {
  kept_tree out;
  for (std::size_t i = 0; i < size; ++i)
    out.add(from_hex(known_leaves[i]).value());
  return out;
}

kept_tree tree_of(std::size_t size) {
  kept_tree out;
  for (std::size_t i = 0; i < size; ++i)
    out.add(as_bytes("leaf " + std::to_string(i)));
  return out;
}

/// The definition of RFC 9162, 2.1.1, taken literally.
bytes32 definition(std::span<const bytes32> leaves) {
  if (leaves.empty()) return merkle_empty();
  if (leaves.size() == 1) return leaves[0];
  std::size_t k = 1;
  while (k * 2 < leaves.size())
    k *= 2;
  return merkle_node(definition(leaves.first(k)), definition(leaves.subspan(k)));
}

/// Calls `refused` for `proof` with each of its bits flipped, with one hash less and with one more.
template <class Refused> void damage(const std::vector<bytes32>& proof, Refused&& refused) {
  for (std::size_t i = 0; i < proof.size(); ++i)
    for (unsigned bit = 0; bit < 256; ++bit) {
      auto other = proof;
      other[i][bit / 8] = static_cast<std::uint8_t>(other[i][bit / 8] ^ (1U << (bit % 8)));
      refused(other);
    }
  auto longer = proof;
  longer.push_back(merkle_empty());
  refused(longer);
  if (proof.empty()) return;
  auto shorter = proof;
  shorter.pop_back();
  refused(shorter);
}

} // namespace

TEST_CASE("roots and proofs match those of RFC 6962's reference implementation") {
  const std::array<const char*, 9> roots{"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                         "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                         "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                         "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                         "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                         "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                         "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                         "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  const auto tree = known_tree(8);
  for (std::size_t n = 0; n < roots.size(); ++n)
    CHECK(to_hex(tree.roots[n]) == roots[n]);

  const auto n96 = hex("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7");
  const auto n5f = hex("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e");
  const auto n6b = hex("6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4");
  const auto nbc = hex("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b");
  const auto nca = hex("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0");
  const auto n0e = hex("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a");
  const auto source = tree.source();
  CHECK(make_inclusion_proof(0, 1, source).value().empty());
  CHECK(make_inclusion_proof(0, 8, source).value() == std::vector{n96, n5f, n6b});
  CHECK(make_inclusion_proof(5, 8, source).value() == std::vector{nbc, nca, tree.roots[4]});
  CHECK(make_inclusion_proof(2, 3, source).value() == std::vector{tree.roots[2]});
  CHECK(make_inclusion_proof(1, 5, source).value() == std::vector{tree.roots[1], n5f, nbc});
  CHECK(make_consistency_proof(1, 1, source).value().empty());
  CHECK(make_consistency_proof(1, 8, source).value() == std::vector{n96, n5f, n6b});
  CHECK(make_consistency_proof(6, 8, source).value() == std::vector{n0e, nca, tree.roots[4]});
  CHECK(make_consistency_proof(2, 5, source).value() == std::vector{n5f, nbc});
}

TEST_CASE("the root of every size matches the definition, for earlier sizes as well") {
  const auto tree = tree_of(200);
  for (std::size_t n = 0; n <= 200; ++n) {
    const auto expected = definition(std::span{tree.leaves}.first(n));
    CHECK(tree.roots[n] == expected);
    CHECK(merkle_root(n, tree.source()).value() == expected);
  }
}

TEST_CASE("a frontier that is loaded continues like the one that was saved") {
  for (const std::size_t stop : {0U, 1U, 2U, 7U, 8U, 63U, 64U, 100U}) {
    auto tree = tree_of(stop);
    tree.frontier = merkle_frontier::load(stop, tree.source()).value();
    for (std::size_t i = stop; i < 130; ++i)
      tree.add(as_bytes("leaf " + std::to_string(i)));
    CHECK(tree.frontier.root() == tree_of(130).frontier.root());
  }
}

TEST_CASE("every leaf of every size has a proof, and the proof fits no other leaf") {
  const auto tree = tree_of(200);
  for (std::uint64_t n = 1; n <= 200; ++n)
    for (std::uint64_t leaf = 0; leaf < n; ++leaf) {
      const auto proof = make_inclusion_proof(leaf, n, tree.source()).value();
      REQUIRE(verify_inclusion(tree.leaves[leaf], leaf, n, proof, tree.roots[n]).ok());
      if (leaf + 1 < n) REQUIRE(!verify_inclusion(tree.leaves[leaf], leaf + 1, n, proof, tree.roots[n]).ok());
      REQUIRE(!verify_inclusion(tree.leaves[leaf], leaf, n, proof, tree.roots[n - 1]).ok());
    }
}

TEST_CASE("for every size there is a proof that it begins with each smaller one, and with no other") {
  const auto tree = tree_of(200);
  for (std::uint64_t n = 1; n <= 200; ++n)
    for (std::uint64_t m = 1; m <= n; ++m) {
      const auto proof = make_consistency_proof(m, n, tree.source()).value();
      REQUIRE(verify_consistency(m, n, tree.roots[m], tree.roots[n], proof).ok());
      REQUIRE(!verify_consistency(m, n, tree.roots[m - 1], tree.roots[n], proof).ok());
      REQUIRE(!verify_consistency(m, n, tree.roots[m], tree.roots[n - 1], proof).ok());
    }
}

TEST_CASE("a proof with one bit flipped, a hash less or a hash more proves nothing") {
  const auto tree = tree_of(23);
  for (const std::uint64_t n : {1U, 2U, 5U, 8U, 23U})
    for (std::uint64_t leaf = 0; leaf < n; ++leaf) {
      damage(make_inclusion_proof(leaf, n, tree.source()).value(), [&](const auto& other) {
        REQUIRE(!verify_inclusion(tree.leaves[leaf], leaf, n, other, tree.roots[n]).ok());
      });
      damage(make_consistency_proof(leaf + 1, n, tree.source()).value(), [&](const auto& other) {
        REQUIRE(!verify_consistency(leaf + 1, n, tree.roots[leaf + 1], tree.roots[n], other).ok());
      });
    }
}

TEST_CASE("proofs for sizes and leaves that do not exist are refused") {
  const auto tree = tree_of(5);
  CHECK(make_inclusion_proof(5, 5, tree.source()).fault().code == errc::malformed);
  CHECK(make_inclusion_proof(0, 0, tree.source()).fault().code == errc::malformed);
  CHECK(make_consistency_proof(0, 5, tree.source()).fault().code == errc::malformed);
  CHECK(make_consistency_proof(6, 5, tree.source()).fault().code == errc::malformed);
  CHECK(merkle_root(max_merkle_size + 1, tree.source()).fault().code == errc::limit);
  CHECK(merkle_root(6, tree.source()).fault().code == errc::not_found); // the fault of the source itself
  CHECK(!verify_inclusion(tree.leaves[0], 0, 0, {}, merkle_empty()).ok());
  CHECK(!verify_consistency(0, 5, merkle_empty(), tree.roots[5], {}).ok());
  CHECK(!verify_consistency(5, 3, tree.roots[5], tree.roots[3], {}).ok());
}

TEST_CASE("each place has its own number") {
  CHECK(merkle_place{0, 0}.number() == 0);
  CHECK(merkle_place{1, 0}.number() == 1);
  CHECK(merkle_place{0, 1}.number() == 2);
  CHECK(merkle_place{2, 0}.number() == 3);
  CHECK(merkle_place{1, 1}.number() == 5);
  CHECK(merkle_place{0, 7}.number() == 14);
}
