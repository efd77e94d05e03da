// Which services an agent trusts. What breaks if these fail: a stolen issuer is trusted for ever, or an agent
// that was away during a rotation never comes back.
#include "node/ra_agent/trust_client.hpp"
#include "node/ra_agent/trust_delivery.hpp"
#include "tests/node/agent_world.hpp"

using namespace muster;
using namespace muster::test;
using namespace std::chrono_literals;

namespace {

using kind = wire::AgentFrame::Which;

const crypto::authority& second_issuer() {
  static const auto made =
      net::test::pki::ours()
          .root.make_issuer(crypto::purpose::service_tls, "second service", net::test::this_week)
          .value();
  return made;
}

bytes32 name_of(const crypto::authority& issuer) { return crypto::issuer_name_of(issuer.cert()); }

crypto::trust_list list_of(std::uint64_t number, std::vector<bytes32> issuers,
                           wall_time until = net::test::this_week.until) {
  return crypto::make_trust_list(number, {net::test::pki::ours().root.cert()}, std::move(issuers), until)
      .value();
}

bytes signed_list(const crypto::trust_list& list,
                  const crypto::authority& root = net::test::pki::ours().root) {
  return crypto::encode(crypto::sign_trust_list(list, root.key()).value());
}

/// The service with a certificate of another issuer.
net::server_tls server_under(const crypto::authority& issuer) {
  const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  const std::vector<std::string> names{net::test::service_name};
  return net::server_tls::make(
             {issuer.issue_service(names, key.pub(), net::test::this_week).value(), {issuer.cert()}, key},
             net::test::pki::ours().server_trust(),
             {{net::tls_protocol::enrol, {}}, {net::tls_protocol::agent, {net::peer_role::node}}})
      .value();
}

void put_lists(capnp::List<capnp::Data>::Builder out, const std::vector<bytes>& lists) {
  for (unsigned i = 0; i < lists.size(); ++i)
    out.set(i, data_of(lists[i]));
}

void reply_with(agent_world& world, const std::vector<bytes>& lists) {
  world.reply([&](auto answer) { put_lists(answer.initTrust(static_cast<unsigned>(lists.size())), lists); });
}

frame to_stranger_lists(const std::vector<bytes>& lists) {
  return to_stranger([&](wire::EnrolmentFrame::Builder out) {
    put_lists(out.initTrust(static_cast<unsigned>(lists.size())), lists);
  });
}

frame hello_with(std::uint64_t newest) {
  return to_stranger([&](wire::EnrolmentFrame::Builder out) {
    fill_hello(out.initHello());
    out.getHello().setTrust(newest);
  });
}

/// The list number in a stranger's only frame, its hello.
std::uint64_t asked_with(const agent_world& world) {
  REQUIRE(world.w->received.size() == 1);
  return read_sent<wire::StrangerFrame>(world.w->received[0], [](wire::StrangerFrame::Reader in) {
    REQUIRE(in.isHello());
    CHECK(in.getHello().getBootId().size() == 0);
    return in.getHello().getTrust();
  });
}

std::uint64_t beat_says(agent_world& world) {
  world.pass(10s);
  const auto beats = world.take(kind::BEAT);
  REQUIRE(beats.size() == 1);
  world.w->received.push_back(beats[0]); // to be answered
  return read_sent(beats[0], [](wire::AgentFrame::Reader in) { return in.getBeat().getTrust(); });
}

} // namespace

TEST_CASE("lists are followed in order; a list that is not newer, or not signed by an anchor in force, is "
          "skipped") {
  const auto& root = net::test::pki::ours().root;
  const auto other = crypto::authority::make_root("other", net::test::this_week).value();
  const auto& theirs = net::test::pki::somebody_elses().root;
  const crypto::trust_list configured{0, {root.cert()}, {}, {}};
  const auto issuers = std::vector{name_of(second_issuer())};
  const auto with = [&](std::uint64_t number, std::vector<crypto::certificate> anchors) {
    return crypto::make_trust_list(number, std::move(anchors), issuers, net::test::noon).value();
  };
  const auto one = signed_list(with(1, {root.cert()}));
  const auto both = signed_list(with(2, {root.cert(), other.cert()}));
  const auto last = signed_list(with(3, {other.cert()}), other);
  const auto forged = signed_list(with(9, {theirs.cert()}), theirs);

  const std::vector<bytes> all{one, both, last};
  const auto got = node::take_trust_lists(configured, all);
  CHECK(got.now.number == 3);
  CHECK(got.newest == last);
  CHECK_FALSE(got.refused);
  // Forged lists in between stop nothing, and are not followed.
  const std::vector<bytes> mixed{forged, one, bytes{1, 2}, both, forged, last};
  CHECK(node::take_trust_lists(configured, mixed).now == got.now);
  CHECK(node::take_trust_lists(configured, mixed).refused);
  // Without the list that has both roots, the new root is unknown.
  const std::vector<bytes> gap{one, last};
  CHECK(node::take_trust_lists(configured, gap).now.number == 1);
  // A machine that was configured with only the new root.
  CHECK(node::take_trust_lists({0, {other.cert()}, {}, {}}, all).now == got.now);
  // Replay: an earlier list comes again.
  const auto replayed = node::take_trust_lists(got.now, all);
  CHECK(replayed.now == got.now);
  CHECK_FALSE(replayed.newest);
  CHECK(replayed.refused->code == errc::conflict);
}

TEST_CASE("an agent that fetches lists says hello and nothing else, and reads nothing else") {
  using code = wire::Fault::Code;
  const auto fresh = [] {
    node::trust_client client{2};
    CHECK(client.start().send.size() == 1);
    return client;
  };
  auto good = fresh();
  CHECK_FALSE(good.on_frame(hello_with(3)).over);
  const auto came = good.on_frame(to_stranger_lists({{1}, {2}}));
  CHECK(came.over);
  CHECK(came.lists == std::vector<bytes>{{1}, {2}});
  CHECK(good.on_frame(to_stranger_lists({{3}})).lists.empty());

  auto nothing_new = fresh();
  const auto over = nothing_new.on_frame(hello_with(2));
  CHECK(over.over);
  CHECK_FALSE(over.refused);

  const frame wrong[] = {to_stranger_lists({{1}}), // before the hello
                         to_stranger([](auto out) { out.initAdmitted(); }),
                         to_stranger([](auto out) { out.initChallenge(); }),
                         to_stranger([](auto out) { fill_hello(out.initHello(), 99); }),
                         to_stranger([](auto out) { fill_fault(out.initFault(), code::BUSY); }),
                         frame::copy_of(bytes(16, 1))};
  for (const auto& one : wrong) {
    auto client = fresh();
    const auto ended = client.on_frame(one);
    CHECK(ended.over);
    CHECK(ended.refused.has_value());
    CHECK(ended.send.empty());
    CHECK(ended.lists.empty());
  }
}

TEST_CASE("check 35: a list without the server's issuer ends that session, and the server is refused from "
          "then on") {
  agent_world world;
  world.start_session();
  world.w->received.push_back(world.take(kind::BEAT).at(0));
  reply_with(world, {signed_list(list_of(1, {name_of(second_issuer())}))});
  CHECK(world.w->hung_up);
  REQUIRE(world.w->trust.size() == 1);
  // The same server again, as a thief of its issuer would be: it is refused, and when asked for lists at
  // once, it has none.
  world.pass_until_dialled(2, 200s);
  CHECK(world.w->dials.size() == 3);
  CHECK(world.w->left == 2);
  CHECK(world.w->service->peer().protocol == net::tls_protocol::enrol);
  CHECK(world.w->service->peer().spki != world.key.pub().spki()); // nor does it learn which machine asks
  CHECK(asked_with(world) == 1);
  world.say(hello_with(0));
  CHECK(world.w->left > 2);
  // Nor can it make any: it does not have the root's key.
  for (std::size_t i = 0; i < 3; ++i) {
    const auto dials = world.w->dials.size();
    world.pass_until_dialled(dials + 2, 200s);
    if (world.w->received.size() != 1) continue; // between a refusal and the request after it
    world.say(hello_with(7));
    world.say(to_stranger_lists({signed_list(list_of(7, {name_of(net::test::pki::ours().service)}),
                                             net::test::pki::somebody_elses().root),
                                 signed_list(list_of(1, {name_of(net::test::pki::ours().service)}))}));
    CHECK(world.w->trust.size() == 1);
  }
  // The service itself, under the issuer in the list.
  world.w->tls = server_under(second_issuer());
  for (std::size_t i = 0; i < 20
                          && !(world.w->received.size() == 1 && !world.w->hung_up
                               && world.w->service->peer().protocol == net::tls_protocol::agent);
       ++i)
    world.pass(20s);
  world.say(agent_hello());
  world.reply();
  CHECK(beat_says(world) == 1);
}

TEST_CASE(
    "an agent that was away for two rotations fetches the lists from the server it rejects, and comes back") {
  agent_world world;
  const auto third = net::test::pki::ours()
                         .root.make_issuer(crypto::purpose::service_tls, "third", net::test::this_week)
                         .value();
  world.w->tls = server_under(third);
  world.start(world.certificate(), node::errand_book{{{3}}},
              list_of(1, {name_of(net::test::pki::ours().service)}));
  world.pass_until_dialled(2, 1s);
  CHECK(world.w->dials == std::vector<endpoint>{{"one", 1}, {"one", 1}});
  CHECK(asked_with(world) == 1);
  world.say(hello_with(3));
  world.say(to_stranger_lists(
      {signed_list(list_of(2, {name_of(second_issuer())})), signed_list(list_of(3, {name_of(third)}))}));
  world.pass_until_dialled(3, 1s);
  REQUIRE(world.w->received.size() == 1);
  CHECK(which(world.w->received[0]) == kind::HELLO);
  world.say(agent_hello());
  world.reply();
  CHECK(beat_says(world) == 3);
  // Only the newest list is stored; a restart needs no other.
  REQUIRE(world.w->trust.size() == 1);
  CHECK(crypto::parse_signed_trust_list(world.w->trust[0])->list.number == 3);
}

TEST_CASE(
    "a list that keeps the server's issuer ends nothing; the service learns of it once it is on the disk") {
  agent_world world;
  world.start_session();
  world.w->disk_works = false;
  reply_with(world,
             {signed_list(list_of(1, {name_of(net::test::pki::ours().service), name_of(second_issuer())}))});
  CHECK_FALSE(world.w->hung_up);
  CHECK(beat_says(world) == 0);
  world.w->disk_works = true;
  reply_with(world, {signed_list(list_of(2, {name_of(net::test::pki::ours().service)}))});
  CHECK(beat_says(world) == 2);
  // It is in force at once all the same: nothing from before it comes back.
  reply_with(world,
             {signed_list(list_of(1, {name_of(net::test::pki::ours().service), name_of(second_issuer())}))});
  CHECK(world.w->trust.size() == 1);
  CHECK(beat_says(world) == 2);
}

// The service sends the list again in each session, but it is not newer than the one in memory. So the
// machine itself must remember that a restart would trust again those whom the list removed.
TEST_CASE("check 35: a list that the disk did not accept is written again until it does") {
  agent_world world;
  world.start_session();
  world.w->received.push_back(world.take(kind::BEAT).at(0));
  const auto list = signed_list(list_of(1, {name_of(net::test::pki::ours().service)}));
  world.w->disk_works = false;
  reply_with(world, {list});
  const auto asked = world.w->trust_asked;
  CHECK(asked == 1);
  for (unsigned i = 0; i < 12; ++i) { // two minutes
    CHECK(beat_says(world) == 0);
    reply_with(world, {list});
  }
  CHECK(world.w->trust_asked - asked >= 1); // at most once a minute
  CHECK(world.w->trust_asked - asked <= 2);
  world.w->disk_works = true;
  for (unsigned i = 0; i < 7; ++i) {
    (void)beat_says(world);
    world.reply();
  }
  CHECK(world.w->trust == std::vector<bytes>{list});
  CHECK(beat_says(world) == 1);
  world.reply();
  const auto over = world.w->trust_asked;
  for (unsigned i = 0; i < 13; ++i) {
    (void)beat_says(world);
    world.reply();
  }
  CHECK(world.w->trust_asked == over);
}

TEST_CASE("check 35: a machine stores such a list later even if it finds no server under it") {
  agent_world world;
  world.start_session();
  world.w->received.push_back(world.take(kind::BEAT).at(0));
  world.w->disk_works = false;
  reply_with(world, {signed_list(list_of(1, {name_of(second_issuer())}))});
  CHECK(world.w->hung_up);
  CHECK(world.w->trust.empty());
  world.w->disk_works = true;
  for (unsigned i = 0; i < 40 && world.w->trust.empty(); ++i)
    world.pass(20s);
  CHECK(world.w->trust.size() == 1);
}

TEST_CASE("an expired list still counts, and so does its successor, whatever this machine's clock says") {
  agent_world world;
  world.start(world.certificate(), node::errand_book{{{3}}},
              list_of(1, {name_of(net::test::pki::ours().service)}, {net::test::noon.milliseconds - 1}));
  REQUIRE(world.w->received.size() == 1);
  world.say(agent_hello());
  reply_with(world, {signed_list(list_of(2, {name_of(net::test::pki::ours().service)}, {1}))});
  CHECK(beat_says(world) == 2);
}

TEST_CASE("a machine that enrols gets the lists after the hello, before it says who it is") {
  agent_world world;
  world.start(std::nullopt);
  REQUIRE(world.w->received.size() == 1);
  world.say(hello_with(1));
  world.say(to_stranger_lists({signed_list(list_of(1, {name_of(net::test::pki::ours().service)}))}));
  CHECK(world.w->trust.size() == 1);
  CHECK_FALSE(world.w->hung_up);
  world.say(to_stranger(
      [](wire::EnrolmentFrame::Builder out) { out.initChallenge().setNonce(data_of(bytes(32, 1))); }));
  CHECK(world.w->received.size() == 3); // hello, request, proof: the enrolment continues
  agent_world other;
  other.start(std::nullopt);
  other.say(hello_with(1));
  other.say(to_stranger_lists({signed_list(list_of(1, {name_of(second_issuer())}))}));
  CHECK(other.w->left >= 1); // a server that the list removes cannot make it enrol
  CHECK(other.w->service->peer().spki
        != other.key.pub().spki()); // that server is asked for newer lists, and nothing else
}
