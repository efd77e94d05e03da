#include "crypto/authority.hpp"
#include "node/ra_agent/new_anchor.hpp"
#include "tests/node/calendar.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace muster;
using namespace muster::node;
using namespace muster::test;

namespace {

bytes signed_text(const bytes& der, std::string_view label = {"muster/anchor/1\0", 16}) {
  bytes out = to_bytes(as_bytes(label));
  out.insert(out.end(), der.begin(), der.end());
  return out;
}

bytes signature_of(const crypto::authority& by, const bytes& text) {
  auto out = by.key().sign(hash_algorithm::sha256, text);
  REQUIRE(out.ok());
  return *std::move(out);
}

struct two_anchors {
  crypto::authority old_root = *crypto::authority::make_root("old", week);
  crypto::authority new_root = *crypto::authority::make_root("new", week);
  std::vector<crypto::certificate> trusted{old_root.cert()};
  bytes der = new_root.cert().der();
};

} // namespace

TEST_CASE("an anchor that an anchor in force signed is followed, and so is the one after it") {
  const two_anchors here;
  const auto read =
      read_new_anchor(here.der, signature_of(here.old_root, signed_text(here.der)), here.trusted, noon);
  REQUIRE(read.ok());
  CHECK(read->der() == here.der);
  const auto third = *crypto::authority::make_root("third", week);
  const auto der = third.cert().der();
  CHECK(read_new_anchor(der, signature_of(here.new_root, signed_text(der)), {here.trusted[0], *read}, noon)
            .ok());
}

TEST_CASE("no other key makes an anchor, nor another text, nor a certificate that is no anchor") {
  const two_anchors here;
  const auto good = signature_of(here.old_root, signed_text(here.der));
  const auto code = [&](const bytes& der, const bytes& signature, wall_time now = noon) {
    const auto read = read_new_anchor(der, signature, here.trusted, now);
    REQUIRE_FALSE(read.ok());
    return read.fault().code;
  };
  CHECK(code(here.der, {}) == errc::mismatch);
  CHECK(code(here.der, signature_of(here.new_root, signed_text(here.der))) == errc::mismatch); // by itself
  CHECK(code(here.der, signature_of(here.old_root, here.der)) == errc::mismatch); // without the label
  CHECK(code(here.old_root.cert().der(), good) == errc::mismatch);                // of another anchor
  // The service's own issuers are not the anchor.
  const auto issuer = *here.old_root.make_issuer(crypto::purpose::service_tls, "services", week);
  CHECK(code(here.der, signature_of(issuer, signed_text(here.der))) == errc::mismatch);

  const auto leaf =
      issuer.issue_service(std::array<std::string, 1>{"ras.test"}, here.new_root.key().pub(), week)->der();
  CHECK(code(leaf, signature_of(here.old_root, signed_text(leaf))) == errc::denied);
  CHECK(code(here.der, good, {noon.milliseconds + 8 * day}) == errc::denied);
  const bytes garbage(10, 1);
  CHECK(code(garbage, signature_of(here.old_root, signed_text(garbage))) == errc::malformed);
  CHECK(code(bytes(crypto::max_certificate_size + 1, 0), good) == errc::limit);
}
