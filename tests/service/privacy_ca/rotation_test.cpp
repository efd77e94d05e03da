// From one trust list to the next, at the service. What breaks if these fail: an operator, with one command,
// or a crash between two files locks the service out of its fleet.
#include "crypto/pem.hpp"
#include "messages/view.hpp"
#include "schemas/rest.capnp.h"
#include "service/privacy_ca/trust_status.hpp"
#include "tests/service/privacy_ca/trust_world.hpp"

#include <functional>
#include <limits>

using namespace muster;
using namespace muster::service;
using namespace muster::service::trust_test;

TEST_CASE("check 34: a list comes into force at the service only if machines accept the service under it") {
  const ceremony w;
  const auto other =
      crypto::authority::make_root("other", {midday, {midday.milliseconds + 1000 * one_day}}).value();
  const auto good = w.request(1, {w.root->cert()});
  const auto text = w.signed_text(good, *w.root);
  const auto next = w.verify(text);
  REQUIRE_MESSAGE(next.ok(), next.fault().check);
  CHECK(next->brings_issuer);
  CHECK(next->services.cert().fields().spki == good.issuer->spki());
  CHECK(next->list.list.number == 1);

  SUBCASE("not signed by a root that machines trust") {
    auto foreign = good;
    foreign.proposed.anchors = {other.cert()};
    CHECK(w.outcome(w.signed_text(foreign, other)) == "mismatch");
  }
  SUBCASE("without the issuer that this service is under") {
    auto out = good;
    std::erase(out.proposed.issuers, crypto::sha256(good.issuer->spki()));
    CHECK(w.outcome(w.signed_text(out, *w.root)) == "untrusted");
    // Nor without the present issuer, if no new one comes.
    out = good;
    out.issuer.reset();
    std::erase(out.proposed.issuers, crypto::issuer_name_of(w.keys->services.cert()));
    CHECK(w.outcome(w.signed_text(out, *w.root)) == "untrusted");
    out.proposed.issuers = {crypto::issuer_name_of(w.keys->services.cert())};
    CHECK(w.outcome(w.signed_text(out, *w.root)) == "taken");
  }
  SUBCASE("with anchors that lack the root of this service's issuer") {
    // Signed by the root in force over only another root; the issuer stays under the old one.
    auto moved = good;
    moved.issuer.reset();
    const auto list = crypto::make_trust_list(1, {other.cert()}, good.proposed.issuers,
                                              {midday.milliseconds + 365 * one_day})
                          .value();
    const auto pem = crypto::to_pem("MUSTER TRUST LIST",
                                    crypto::encode(crypto::sign_trust_list(list, w.root->key()).value()));
    CHECK(w.outcome(pem) == "untrusted");
  }
  SUBCASE("for a key that is not here") {
    fs::rename(w.ca() / "next.key", w.ca() / "elsewhere");
    CHECK(w.outcome(text) == "mismatch");
    (void)make_next_key(w.ca(), next_key::existing).value();
    CHECK(w.outcome(text) == "mismatch");
  }
  SUBCASE("when it has expired, or before the issuer is valid: a clock is wrong") {
    CHECK(w.outcome(text, {midday.milliseconds + 366 * one_day}) == "expired");
    CHECK(w.outcome(text, {midday.milliseconds - 10 * one_day}) == "untrusted");
  }
  SUBCASE("once") {
    put_list(w.ca(), 1, next->encoded);
    const auto after = w.load();
    CHECK(verify_rotation(text, after.in_force, after.services, load_next_key(w.ca()).value(), midday)
              .fault()
              .code
          == errc::conflict);
  }
  CHECK(w.outcome("rubbish") == "malformed");
}

TEST_CASE("a list that was changed or removed stops a start, and is named") {
  const ceremony w;
  const auto next = w.verify(w.signed_text(w.request(1, {w.root->cert()}), *w.root)).value();
  REQUIRE(store_coming(w.ca(), w.keys->in_force, next).ok());
  REQUIRE(bring_into_force(w.ca(), 1).ok());
  REQUIRE(w.load().in_force.number == 1);
  const auto file = w.ca() / "lists" / "00000000000000000001";
  auto bad = next.encoded;
  bad[bad.size() / 2] ^= 1;
  for (const auto& content : {bad, bytes{1}}) {
    REQUIRE(store_file(file, as_text(content), 0600).ok());
    const auto damaged = load_authorities(w.ca(), w.folder / "anchor.pem", "ras.example", midday);
    REQUIRE_FALSE(damaged.ok());
    CHECK(damaged.fault().check.find("00000000000000000001") != std::string::npos);
  }
  REQUIRE(store_file(file, as_text(next.encoded), 0600).ok());
  // An old issuer is restored: no machine accepts it any more.
  for (const auto* ending : {".pem", ".key"})
    fs::copy_file(w.ca() / (std::string{"services"} + ending), w.folder / ending);
  const auto stolen =
      w.root->make_issuer(crypto::purpose::service_tls, "old", {midday, {midday.milliseconds + one_day}});
  REQUIRE(store_pair(w.ca(), "services", stolen->cert(), stolen->key()).ok());
  const auto put_back = load_authorities(w.ca(), w.folder / "anchor.pem", "ras.example", midday);
  REQUIRE_FALSE(put_back.ok());
  CHECK(put_back.fault().check.find("does not have it") != std::string::npos);
  for (const auto* ending : {".pem", ".key"})
    fs::copy_file(w.folder / ending, w.ca() / (std::string{"services"} + ending),
                  fs::copy_options::overwrite_existing);
  REQUIRE(w.load().in_force.number == 1);
  fs::rename(file, w.ca() / "lists" / "00000000000000000002");
  CHECK_FALSE(load_authorities(w.ca(), w.folder / "anchor.pem", "ras.example", midday).ok());
}

TEST_CASE("a service whose issuer has expired still starts, so that the next one can be sent") {
  const ceremony w;
  const wall_time late{midday.milliseconds + 400 * one_day};
  const auto found = w.load(late);
  CHECK(found.service_certificate == w.keys->service_certificate);
  CHECK(found.note.find("ras ca export-request") != std::string::npos);
  const auto next = w.verify(w.signed_text(w.request(1, {w.root->cert()}), *w.root, a_year, late), late);
  REQUIRE_MESSAGE(next.ok(), next.fault().check);
}

TEST_CASE("machines with the list are counted among those that are enrolled") {
  const ceremony w;
  const auto list =
      crypto::make_trust_list(3, {w.root->cert()},
                              {bytes32{1}, crypto::issuer_name_of(w.keys->services.cert())}, midday)
          .value();
  const std::vector<node_id> enrolled{{{1}}, {{2}}, {{3}}, {{4}}, {{5}}};
  const std::map<node_id, std::uint64_t> told{{{{1}}, 3}, {{{2}}, 2}, {{{3}}, 0}, {{{4}}, 9}, {{{77}}, 3}};
  const auto shown = trust_status(list, w.keys->services.cert(), enrolled, told);
  const auto parsed = parse_view<rest::TrustStatus>(shown);
  REQUIRE(parsed.ok());
  parsed->read([&](rest::TrustStatus::Reader in) {
    CHECK(in.getNumber() == 3);
    CHECK(in.getNodes() == 5);
    CHECK(in.getCurrent() == 1);
    CHECK(in.getBehind() == 2);
    CHECK(in.getAhead() == 1);
    CHECK(in.getUnheard() == 1);
    REQUIRE(in.getClaims().size() == 1);
    CHECK(in.getClaims()[0].getNumber() == 9);
    CHECK(in.getClaims()[0].getNodes() == 1);
    REQUIRE(in.getIssuers().size() == 2);
    unsigned present = 0;
    for (const auto one : in.getIssuers())
      present += one.getPresent() ? 1 : 0;
    CHECK(present == 1);
    CHECK(in.getAnchors()[0].getName() == "CN=ras.example root");
    return 0;
  });
}

// Compromised machines may claim anything, but each of them is only one machine.
TEST_CASE(
    "check 34: the number that most machines have is shown next to what a few claim, however high that is") {
  const ceremony w;
  const auto list = crypto::make_trust_list(3, {w.root->cert()}, {bytes32{1}}, midday).value();
  std::vector<node_id> enrolled;
  std::map<node_id, std::uint64_t> told;
  const auto add = [&](std::uint64_t number) {
    node_id id;
    id.raw[0] = static_cast<std::uint8_t>(enrolled.size());
    enrolled.push_back(id);
    told[id] = number;
  };
  for (std::uint64_t liar = 0; liar < 20; ++liar)
    add(std::numeric_limits<std::uint64_t>::max() - liar);
  for (unsigned honest = 0; honest < 3; ++honest)
    add(7);
  add(6);
  add(6);
  told[node_id{{200}}] = 99; // not enrolled
  const auto shown = trust_status(list, w.keys->services.cert(), enrolled, told);
  parse_view<rest::TrustStatus>(shown).value().read([&](rest::TrustStatus::Reader in) {
    CHECK(in.getAhead() == 25);
    REQUIRE(in.getClaims().size() == 8);
    CHECK(in.getClaims()[0].getNumber() == 7);
    CHECK(in.getClaims()[0].getNodes() == 3);
    CHECK(in.getClaims()[1].getNumber() == 6);
    CHECK(in.getClaims()[7].getNodes() == 1);
    return 0;
  });
}

// An attacker who copied the folder has every key in it, whatever the key was made for.
TEST_CASE("check 34: withdrawing an issuer gives a key that was never used before") {
  const ceremony w;
  const auto ca = w.ca();
  const auto asked = make_next_key(ca, next_key::existing).value().pub().spki();
  CHECK(make_next_key(ca, next_key::existing).value().pub().spki() == asked);
  const auto drawn = make_next_key(ca, next_key::fresh).value().pub().spki();
  CHECK(drawn != asked);
  CHECK(load_next_key(ca).value()->pub().spki() == drawn);
  // An issuer that is in force cannot be the next one.
  const auto issuer =
      w.root->make_issuer(crypto::purpose::service_tls, "next", {midday, {midday.milliseconds + one_day}});
  REQUIRE(store_file(ca / "services.pem", issuer->cert().pem(), 0600).ok());
  REQUIRE(store_file(ca / "next.key", issuer->key().pem(), 0600).ok());
  CHECK(make_next_key(ca, next_key::existing).value().pub().spki() != issuer->key().pub().spki());
}
