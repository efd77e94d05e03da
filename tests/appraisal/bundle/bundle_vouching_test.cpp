// Whose key signed a bundle. What breaks if these fail: a key in software and the public part of a victim's
// EK, which every bundle of the victim has, make a bundle that reads as a good verdict of the victim.
#include "appraisal/bundle/bundle_vouching.hpp"
#include "crypto/authority.hpp"
#include "crypto/log_head.hpp"
#include "crypto/merkle.hpp"
#include "tests/appraisal/bundled.hpp"
#include "tests/appraisal/samples.hpp"
#include "tests/appraisal/vouched.hpp"

#include <map>

namespace bundle_vouching_test {

using namespace muster;
using namespace muster::appraisal;
using namespace muster::testing;

namespace {

template <class T> T made(result<T> in) {
  REQUIRE_MESSAGE(in.ok(), in.fault().check);
  return *std::move(in);
}

bundle_header header_of(const bundled& in) { return made(verify(made(parts_of(in)))).header; }

std::string why(const result<vouched_ak>& got) { return got ? "it is vouched for" : got.fault().check; }

/// A log of ten records, two of which belong to the bundle.
struct small_log {
  std::vector<bytes> entries;
  crypto::private_key key = crypto::private_key::make_ec(crypto::curve::p256);

  explicit small_log(const bundle_header& header) {
    const auto id = to_string(header.node);
    for (int i = 0; i < 10; ++i)
      entries.push_back(audit_bytes("command", header.node, "attest " + std::to_string(i)));
    entries[3] = audit_bytes("certificate", header.node,
                             "enrolled, serial 01, " + ak_certificate_words(header.ak_certificate));
    entries[8] =
        audit_bytes("verdict", header.node, "none -> affirming, " + quote_words(header.evidence->attest));
  }

  log_proof prove(std::initializer_list<std::uint64_t> which) const {
    crypto::merkle_frontier tree;
    std::map<std::uint64_t, bytes32> nodes;
    for (const auto& one : entries)
      for (const auto& made_node : tree.append(crypto::merkle_leaf(one)))
        nodes[made_node.at.number()] = made_node.hash;
    const crypto::merkle_source source = [&](crypto::merkle_place at) -> result<bytes32> {
      return nodes.at(at.number());
    };
    log_proof out;
    out.head = crypto::encode(made(crypto::sign_log_head({tree.size(), tree.root(), {5'000'000}}, key)));
    for (const auto leaf : which)
      out.records.push_back(
          {leaf, entries[leaf], made(crypto::make_inclusion_proof(leaf, tree.size(), source))});
    return out;
  }
};

} // namespace

TEST_CASE("check 02: a bundle of a software key and a victim's EK has nothing that vouches for it") {
  attesting_machine victim{"grub-sb"};
  const certified_service service;
  const auto good = service.certify(bundle_of(victim));
  const auto genuine = header_of(good);
  const auto vouched = verify_bundle_ak(genuine, service.anchors());
  REQUIRE_MESSAGE(vouched.ok(), vouched.fault().check);
  CHECK(vouched->owner == crypto::ak_owner{genuine.node, genuine.generation});

  // The forger has a key of their own and everything that a bundle of the victim contains.
  attesting_machine forger{"grub-sb"};
  const auto forged = forged_bundle(forger, genuine);
  const auto verified = made(verify(made(parts_of(forged))));
  CHECK(verified.differs.empty());
  CHECK(verified.header.node == genuine.node);
  CHECK(made(ak_name_of(verified.header)) != made(ak_name_of(genuine)));

  const certified_service of_forger;
  const struct {
    const char* name;
    std::function<void(bundle_header&)> change;
    std::string_view noticed;
  } attacks[] = {
      {"no certificate", [](auto&) {}, "the bundle has no certificate"},
      {"the victim's certificate",
       [&](auto& h) {
         h.ak_certificate = genuine.ak_certificate;
         h.ak_chain = genuine.ak_chain;
       },
       "the certificate is for another key"},
      {"a certificate of an authority of his own",
       [&](auto& h) {
         of_forger.put_certificate(h, {h.node, h.generation});
       },
       "the anchor does not vouch"},
      {"his own authority, and the true chain",
       [&](auto& h) {
         of_forger.put_certificate(h, {h.node, h.generation});
         h.ak_chain = genuine.ak_chain;
       },
       "the anchor does not vouch"},
      {"a true certificate of a machine of his own",
       [&](auto& h) {
         service.put_certificate(h, {node_id{bytes32{9}}, h.generation});
       },
       "names another machine"},
      {"a node certificate in its place",
       [&](auto& h) {
         h.ak_certificate = service.node_certificate(h);
         h.ak_chain = {service.nodes.cert().der()};
       },
       "the anchor does not vouch"},
  };
  for (const auto& one : attacks) {
    CAPTURE(one.name);
    auto in = forged;
    one.change(in.header);
    const auto got = why(verify_bundle_ak(header_of(in), service.anchors()));
    CAPTURE(got);
    CHECK(got.find(one.noticed) != std::string::npos);
  }
  CHECK_FALSE(verify_bundle_ak(genuine, {}).ok());
  CHECK_FALSE(verify_bundle_ak(genuine, of_forger.anchors()).ok());
}

TEST_CASE("a certificate of another generation does not vouch for this one") {
  attesting_machine m{"grub-sb"};
  const certified_service service;
  auto in = service.certify(bundle_of(m));
  in.header.generation.value += 1;
  CHECK(why(verify_bundle_ak(header_of(in), service.anchors())).find("names generation 1, the bundle 2")
        != std::string::npos);
}

TEST_CASE("the log bounds the time of a bundle, or says why it does not") {
  attesting_machine m{"grub-sb"};
  const certified_service service;
  auto in = service.certify(bundle_of(m));
  const small_log log{in.header};
  const auto asked = [&](const std::optional<log_proof>& proof, const crypto::public_key& key) {
    in.header.log = proof;
    return verify_log_proof(header_of(in), key);
  };
  const auto time = asked(log.prove({3, 8}), log.key.pub());
  REQUIRE_MESSAGE(time.ok(), time.fault().check);
  CHECK(time->certificate == 3);
  CHECK(time->quote == 8);
  CHECK(time->size == 10);
  CHECK(time->signed_at.milliseconds == 5'000'000);

  // Missing records: the time is unknown, and nothing is worse.
  for (const auto& proof : {std::optional<log_proof>{}, std::optional{log.prove({3})},
                            std::optional{log.prove({8})}, std::optional{log.prove({1, 2, 4, 5})}})
    CHECK(asked(proof, log.key.pub()).fault().code == errc::not_found);
  // Records that are there and false.
  CHECK(asked(log.prove({3, 8}), crypto::private_key::make_ec(crypto::curve::p256).pub()).fault().code
        == errc::mismatch);
  auto moved = log.prove({3, 8});
  moved.records[1].leaf = 7;
  CHECK(asked(moved, log.key.pub()).fault().code == errc::mismatch);
  auto edited = log.prove({3, 1});
  edited.records[1].entry = log.entries[8];
  CHECK(asked(edited, log.key.pub()).fault().code == errc::mismatch);

  // Records of another quote or machine say nothing about this one.
  auto other = log;
  other.entries[8] = audit_bytes("verdict", in.header.node, "none -> affirming, " + quote_words(bytes{1}));
  CHECK(asked(other.prove({3, 8}), log.key.pub()).fault().code == errc::not_found);
  other = log;
  other.entries[8] = audit_bytes("verdict", node_id{}, "x, " + quote_words(in.header.evidence->attest));
  CHECK(asked(other.prove({3, 8}), log.key.pub()).fault().code == errc::not_found);
  // Nor does a name with these words in it that an operator gave.
  other = log;
  other.entries[8] = audit_bytes("name", in.header.node, quote_words(in.header.evidence->attest));
  CHECK(asked(other.prove({3, 8}), log.key.pub()).fault().code == errc::not_found);
}

} // namespace bundle_vouching_test
