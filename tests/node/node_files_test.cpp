#include "crypto/authority.hpp"
#include "lab/files.hpp"
#include "node/ra_agent/node_files.hpp"
#include "node/ra_agent/own_certificate.hpp"
#include "tests/lab/workshop.hpp"
#include "tests/node/calendar.hpp"

#include <fstream>

using namespace muster;
using namespace muster::node;
using namespace muster::test;

namespace {

struct issuers {
  crypto::authority root = *crypto::authority::make_root("root", week);
  crypto::authority nodes = *root.make_issuer(crypto::purpose::node, "nodes", week);
  crypto::authority aks = *root.make_issuer(crypto::purpose::ak, "aks", week);

  issued_identity issue(const crypto::public_key& key) const {
    const node_id id{{7}};
    const auto ak = crypto::private_key::make_ec(crypto::curve::p256);
    return {nodes.issue_node(id, key, week)->der(),
            {nodes.cert().der()},
            aks.issue_ak({id, {1}}, ak.pub(), week)->der()};
  }
};

} // namespace

TEST_CASE("the state starts with its own key, which only its owner can read") {
  workshop place;
  const auto folder = place.folder() / "agent";
  const auto files = must(node_files::open(folder.string()));
  const auto first = must(files.load());
  CHECK_FALSE(first.issued);
  CHECK(first.errands.empty());
  CHECK_FALSE(first.unregistered);
  using perms = std::filesystem::perms;
  const auto mode = std::filesystem::status(folder / "node.key").permissions();
  CHECK(mode == (perms::owner_read | perms::owner_write));
  CHECK(must(files.load()).key.pub().spki() == first.key.pub().spki());
}

TEST_CASE("two agents do not share a state") {
  workshop place;
  const auto folder = (place.folder() / "agent").string();
  {
    const auto files = must(node_files::open(folder));
    const auto second = node_files::open(folder);
    REQUIRE_FALSE(second.ok());
    CHECK(second.fault().code == errc::busy);
  }
  CHECK(node_files::open(folder).ok());
}

TEST_CASE("stored state is loaded unchanged") {
  workshop place;
  const auto files = must(node_files::open((place.folder() / "agent").string()));
  const auto key = must(files.load()).key;
  const auto issued = issuers{}.issue(key.pub());
  must(files.store(issued));
  must(files.store_errands("text\n"));
  must(files.store(log_heads{{1, 2, 3}}));
  const auto kept = must(files.load());
  REQUIRE(kept.issued);
  CHECK(kept.issued->node_certificate == issued.node_certificate);
  CHECK(kept.issued->node_chain == issued.node_chain);
  CHECK(kept.issued->ak_certificate == issued.ak_certificate);
  CHECK(kept.errands == "text\n");
  CHECK(kept.log_heads == bytes{1, 2, 3});

  // A renewal brings no certificate of the AK: the old one stays.
  auto renewed = issued;
  renewed.ak_certificate.clear();
  must(files.store(renewed));
  CHECK(must(files.load()).issued->ak_certificate == issued.ak_certificate);

  must(files.leave());
  const auto left = must(files.load());
  CHECK(left.unregistered);
  CHECK_FALSE(left.issued);
}

TEST_CASE("a certificate that cannot be read counts as missing, but a key that cannot be read is a fault") {
  workshop place;
  const auto folder = place.folder() / "agent";
  const auto files = must(node_files::open(folder.string()));
  must(files.load());
  must(lab::replace_file(folder / "node.crt", as_bytes("-----BEGIN CERTIFICATE-----\nAAAA\n")));
  const auto kept = must(files.load());
  CHECK_FALSE(kept.issued);
  CHECK_FALSE(kept.note.empty());
  must(lab::replace_file(folder / "node.key", as_bytes("rubbish")));
  CHECK_FALSE(files.load().ok());
}

TEST_CASE("a trust list survives a restart, and a damaged one stops it, because those it removed would count "
          "again") {
  workshop place;
  const auto folder = place.folder() / "agent";
  const auto files = must(node_files::open(folder.string()));
  CHECK_FALSE(must(files.load()).trust);
  const issuers made;
  const auto list = must(crypto::make_trust_list(3, {made.root.cert()}, {bytes32{1}}, noon));
  const auto good = crypto::encode(must(crypto::sign_trust_list(list, made.root.key())));
  must(files.store(kept_trust{good}));
  const auto kept = must(files.load());
  REQUIRE(kept.trust);
  CHECK(*kept.trust == list);
  const auto whole = must(lab::read_file(folder / "trust"));
  for (const std::size_t size : {std::size_t{0}, std::size_t{10}, whole.size() - 1}) {
    must(lab::replace_file(folder / "trust", byte_view{whole}.first(size)));
    CHECK_FALSE(files.load().ok());
  }
  for (std::size_t i = 0; i < whole.size(); i += 7) {
    auto bad = whole;
    bad[i] ^= 0x10;
    must(lab::replace_file(folder / "trust", bad));
    const auto damaged = files.load();
    REQUIRE_FALSE(damaged.ok());
    CHECK(damaged.fault().check.find("trust") != std::string::npos);
  }
}

TEST_CASE(
    "our certificate is for our key and names a node; it is renewed at two thirds by the service's clock") {
  const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  const issuers ca;
  const auto issued = ca.issue(key.pub());
  const auto own = must(read_own(issued, key.pub()));
  CHECK(own.node == node_id{{7}});
  const auto due = [&](std::uint64_t said, std::uint64_t later) {
    const heard_clock service{{noon.milliseconds + said * day}, {77}};
    return renewal_due(own, {77 + later * day}, service);
  };
  CHECK_FALSE(due(0, 0));
  CHECK_FALSE(due(4, 0));
  CHECK_FALSE(due(0, 4));
  CHECK(due(5, 0));
  CHECK(due(2, 3));
  CHECK(due(9, 0));
  CHECK_FALSE(renewal_due(own, {9 * day}, std::nullopt)); // the service has not said what time it is

  const auto other = crypto::private_key::make_ec(crypto::curve::p256);
  CHECK(read_own(issued, other.pub()).fault().code == errc::mismatch);
  const auto hub = *ca.root.make_issuer(crypto::purpose::hub, "hubs", week);
  const auto of_hub = hub.issue(crypto::purpose::hub, "h", key.pub(), week)->der();
  CHECK(read_own({of_hub, {}, {}}, key.pub()).fault().code == errc::denied);
}

TEST_CASE(
    "a certificate that lives for a minute is not due at once, although it is backdated by more than that") {
  const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  const issuers ca;
  const crypto::validity minute{noon, {noon.milliseconds + 60'000}};
  const auto own = must(read_own({ca.nodes.issue_node({{7}}, key.pub(), minute)->der(), {}, {}}, key.pub()));
  CHECK_FALSE(renewal_due(own, {30'000}, heard_clock{noon, {0}}));
  CHECK(renewal_due(own, {41'000}, heard_clock{noon, {0}}));
}

TEST_CASE("a certificate that came to this process ages from its arrival, whatever any clock says") {
  const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  const issuers ca;
  auto own = must(read_own(ca.issue(key.pub()), key.pub()));
  own.received = boot_time{5000};
  for (const std::uint64_t said :
       {std::uint64_t{0}, noon.milliseconds - 30 * day, noon.milliseconds + 30 * day}) {
    const heard_clock service{{said}, {5000}};
    CHECK_FALSE(renewal_due(own, {5000}, service));
    CHECK_FALSE(renewal_due(own, {5000 + 4 * day}, service));
    CHECK(renewal_due(own, {5000 + 5 * day}, service));
  }
}

TEST_CASE("a stranger's certificate is self-signed and valid now") {
  const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  const auto shown = must(make_stranger(key, noon));
  CHECK(shown.is_self_signed());
  CHECK(shown.valid_at(noon));
  CHECK(shown.fields().spki == key.pub().spki());
}
