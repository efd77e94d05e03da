// The servers that machines accept as the service. What breaks if these fail: an attacker with an old root,
// an issuer's key or an old list can give machines a service of their own.
#include "crypto/digest.hpp"
#include "crypto/trust_rotation.hpp"
#include "tests/crypto/lab_pki.hpp"

#include <array>

using namespace muster;
using namespace muster::crypto;
using namespace muster::crypto::testing;

namespace {

authority another_root(std::string_view name) { return authority::make_root(name, for_years(10)).value(); }

/// A root with a kind of key that our roots do not have.
certificate root_with(const private_key& key) {
  certificate_template what;
  what.common_name = "odd root";
  what.not_before = now;
  what.not_after = plus(now, year);
  what.is_ca = true;
  what.key_usage = key_usage::ca;
  return sign_certificate(what, key.pub(), nullptr, key).value();
}

trust_list configured() { return {0, {pki().root.cert()}, {}, {}}; }

trust_list list_of(std::uint64_t number, std::vector<certificate> anchors,
                   std::vector<bytes32> issuers = {issuer_name_of(pki().services.cert())}) {
  return make_trust_list(number, std::move(anchors), std::move(issuers), plus(now, year)).value();
}

bytes signed_by(const private_key& key, const trust_list& list) {
  return encode(sign_trust_list(list, key).value());
}

std::string outcome(const result<signed_trust_list>& what) {
  return what ? "taken" : std::string{to_string(what.fault().code)};
}

} // namespace

TEST_CASE("check 34: a list counts if an anchor of the one before signed it and its number is higher; it "
          "replaces that list whole") {
  const auto other = another_root("other root");
  const auto stranger = another_root("stranger");
  const auto& root = pki().root;
  const auto one = list_of(1, {root.cert()});
  const auto both = list_of(2, {root.cert(), other.cert()});
  const auto last = list_of(3, {other.cert()});

  SUBCASE("from the configured anchor, over both roots, to the new one alone") {
    auto in_force = configured();
    for (const auto& [list, key] :
         {std::pair{&one, &root.key()}, {&both, &root.key()}, {&last, &other.key()}}) {
      const auto next = verify_next_trust_list(in_force, signed_by(*key, *list));
      REQUIRE_MESSAGE(next.ok(), next.fault().check);
      in_force = next->list;
      CHECK(in_force == *list);
    }
    // A key that is not in the list is no longer trusted, so the old root cannot sign further lists.
    CHECK(outcome(verify_next_trust_list(in_force, signed_by(root.key(), list_of(4, {root.cert()}))))
          == "mismatch");
  }
  SUBCASE("a number that is not higher is refused, whoever signed it") {
    for (const std::uint64_t number : {1U, 2U})
      CHECK(outcome(verify_next_trust_list(both, signed_by(root.key(), list_of(number, {root.cert()}))))
            == "conflict");
    // A machine that missed several lists takes the newest one that an anchor of its own signed.
    CHECK(outcome(verify_next_trust_list(one, signed_by(root.key(), list_of(9, {root.cert()})))) == "taken");
    CHECK(outcome(verify_next_trust_list(both, signed_by(root.key(), list_of(~0ULL, {root.cert()}))))
          == "taken");
  }
  SUBCASE("no other key can sign a list") {
    CHECK(outcome(verify_next_trust_list(configured(), signed_by(stranger.key(), one))) == "mismatch");
    // Not even the new list's own anchor: only anchors that were trusted before may sign it.
    CHECK(outcome(verify_next_trust_list(one, signed_by(other.key(), both))) == "mismatch");
    // An issuer's key is not the key of a root.
    CHECK(outcome(verify_next_trust_list(configured(), signed_by(pki().services.key(), one))) == "mismatch");
    CHECK(outcome(verify_next_trust_list(trust_list{}, signed_by(root.key(), one))) == "mismatch");
  }
  SUBCASE("the signature covers this label and the whole list") {
    auto made = sign_trust_list(one, root.key()).value();
    made.signature = root.key().sign(hash_algorithm::sha256, encode(one)).value(); // no label
    CHECK(outcome(verify_next_trust_list(configured(), encode(made))) == "mismatch");
    const auto good = signed_by(root.key(), one);
    for (std::size_t i = 0; i < good.size(); ++i) {
      auto bad = good;
      bad[i] ^= 1;
      CHECK_FALSE(verify_next_trust_list(configured(), bad).ok());
    }
  }
}

TEST_CASE("check 34: the anchor's key decides the scheme; a key that is neither P-256 nor P-384 signs no "
          "list and is in none") {
  for (const auto which : {curve::p256, curve::p384, curve::p521}) {
    const auto key = private_key::make_ec(which);
    const auto root = root_with(key);
    const auto made = make_trust_list(1, {root}, {bytes32{1}}, plus(now, year));
    CHECK(made.ok() == (which != curve::p521));
    const auto one = list_of(1, {pki().root.cert()});
    CHECK(sign_trust_list(one, key).ok() == (which != curve::p521));
    if (made) CHECK(verify_next_trust_list({0, {root}, {}, {}}, signed_by(key, *made)).ok());
  }
  const auto rsa = private_key::make_rsa(2048).value();
  const auto root = root_with(rsa);
  CHECK(make_trust_list(1, {root}, {bytes32{1}}, plus(now, year)).fault().code == errc::denied);
  // An RSA signature over the right text, by an anchor of a configuration with an RSA root.
  auto forged = sign_trust_list(list_of(1, {pki().root.cert()}), pki().root.key()).value();
  forged.signature = rsa.sign(hash_algorithm::sha256, encode(forged.list)).value();
  CHECK_FALSE(verify_next_trust_list({0, {root}, {}, {}}, encode(forged)).ok());
}

TEST_CASE("a list has one encoding, has bounds, and is parsed as a whole") {
  const auto other = another_root("other root");
  const auto list = list_of(7, {pki().root.cert(), other.cert()}, {bytes32{2}, bytes32{1}});
  CHECK(list.issuers == std::vector{bytes32{1}, bytes32{2}});
  const auto good = signed_by(pki().root.key(), list);
  REQUIRE(parse_signed_trust_list(good).ok());
  CHECK(encode(parse_signed_trust_list(good).value()) == good);
  CHECK(parse_trust_list(encode(list)).value() == list);
  CHECK(good.size() <= max_trust_list);
  for (std::size_t size = 0; size < good.size(); ++size)
    CHECK_FALSE(parse_signed_trust_list(byte_view{good}.first(size)).ok());
  auto longer = good;
  longer.push_back(0);
  CHECK_FALSE(parse_signed_trust_list(longer).ok());
  CHECK(parse_signed_trust_list(bytes(max_trust_list + 1, 1)).fault().code == errc::limit);

  // Another order, or a repetition, would be a second encoding of the same list.
  auto turned = list;
  std::swap(turned.anchors[0], turned.anchors[1]);
  CHECK_FALSE(parse_trust_list(encode(turned)).ok());
  turned = list;
  std::swap(turned.issuers[0], turned.issuers[1]);
  CHECK_FALSE(parse_trust_list(encode(turned)).ok());
  CHECK_FALSE(make_trust_list(1, {other.cert(), other.cert()}, {bytes32{1}}, now).ok());
  CHECK_FALSE(make_trust_list(1, {other.cert()}, {bytes32{1}, bytes32{1}}, now).ok());

  // An empty field never means that anything is trusted.
  CHECK_FALSE(make_trust_list(0, {other.cert()}, {bytes32{1}}, now).ok());
  CHECK_FALSE(make_trust_list(1, {}, {bytes32{1}}, now).ok());
  CHECK_FALSE(make_trust_list(1, {other.cert()}, {}, now).ok());
  // A certificate that is not a CA.
  CHECK_FALSE(make_trust_list(1, {sign_with(pki().nodes, node_template())}, {bytes32{1}}, now).ok());
  std::vector<bytes32> many;
  for (std::uint8_t i = 0; i <= max_trust_issuers; ++i)
    many.push_back(bytes32{i});
  CHECK(make_trust_list(1, {other.cert()}, many, now).fault().code == errc::limit);
  many.pop_back();
  CHECK(make_trust_list(1, {other.cert()}, many, now).ok());
}

TEST_CASE("check 35: a service counts only through an issuer on the list and a root on the list") {
  const auto second = pki().root.make_issuer(purpose::service_tls, "second issuer", for_years(1)).value();
  const std::array<std::string, 1> names{"ras.example"};
  const auto chain_under = [&](const authority& issuer) {
    const auto leaf = issuer.issue_service(names, some_key().pub(), for_days(30)).value();
    const std::array between{issuer.cert()};
    return verify_chain(leaf, between, pki().anchors(), purpose::service_tls, plus(now, hour)).value();
  };
  const auto old_chain = chain_under(pki().services);
  const auto new_chain = chain_under(second);
  const std::vector listed{issuer_name_of(second.cert())};
  CHECK(verify_service_issuer(new_chain, listed).ok());
  CHECK(verify_service_issuer(old_chain, listed).fault().code == errc::untrusted);
  CHECK(verify_service_issuer(new_chain, {}).fault().code == errc::untrusted);

  const auto list = list_of(1, {pki().root.cert()}, listed);
  CHECK(takes(list, new_chain.certificates()));
  CHECK_FALSE(takes(list, old_chain.certificates()));
  CHECK(takes(configured(), old_chain.certificates())); // until a first list has come
  const auto moved = list_of(2, {another_root("other root").cert()}, listed);
  CHECK_FALSE(takes(moved, new_chain.certificates()));
  CHECK_FALSE(takes(list, {}));
}

TEST_CASE("a service's request to its root comes back signed, and is accepted from no other service") {
  const auto key = private_key::make_ec(curve::p256);
  const auto stranger = another_root("stranger");
  const rotation_request wanted{
      make_trust_list(4, {pki().root.cert()},
                      {issuer_name_of(pki().services.cert()), sha256(key.pub().spki())}, {})
          .value(),
      "ras.example", key.pub()};
  const auto text = make_rotation_request(wanted, &key).value();
  const auto read = read_rotation_request(text);
  REQUIRE_MESSAGE(read.ok(), read.fault().check);
  CHECK(read->proposed == wanted.proposed);
  CHECK(read->service == "ras.example");
  REQUIRE(read->issuer);
  CHECK(read->issuer->spki() == key.pub().spki());

  const auto back = sign_rotation(*read, pki().root.key(), now, std::chrono::hours{24 * 365}).value();
  const auto parts = read_signed_rotation("words before\n" + back);
  REQUIRE_MESSAGE(parts.ok(), parts.fault().check);
  const auto next = verify_next_trust_list(configured(), parts->list);
  REQUIRE(next.ok());
  CHECK(next->list.not_after == plus(now, year));
  CHECK(next->list.issuers == wanted.proposed.issuers);
  REQUIRE(parts->issuer);
  CHECK(parts->issuer->fields().spki == key.pub().spki());
  CHECK(parts->issuer->fields().not_after == plus(now, year));
  CHECK(parts->issuer->fields().is_ca);

  // A root that machines would not accept cannot sign, and a request needs the issuer's key.
  CHECK(sign_rotation(*read, stranger.key(), now, std::chrono::hours{1}).fault().code == errc::mismatch);
  CHECK(read_rotation_request(make_rotation_request(wanted, &stranger.key()).value()).fault().code
        == errc::mismatch);
  CHECK_FALSE(read_rotation_request(back).ok());
  CHECK_FALSE(read_signed_rotation(text).ok());
  CHECK_FALSE(read_signed_rotation(back + back).ok());

  // Without a new issuer, a rotation means another year for the same issuers, or another root.
  const rotation_request again{list_of(5, {pki().root.cert()}), "ras.example", {}};
  auto longer = again;
  longer.proposed.not_after = {};
  const auto plain = read_rotation_request(make_rotation_request(longer, nullptr).value());
  REQUIRE_MESSAGE(plain.ok(), plain.fault().check);
  CHECK_FALSE(
      read_signed_rotation(sign_rotation(*plain, pki().root.key(), now, std::chrono::hours{1}).value())
          .value()
          .issuer);
  // The root decides how long the list is valid.
  CHECK_FALSE(read_rotation_request(make_rotation_request(again, nullptr).value()).ok());
}
