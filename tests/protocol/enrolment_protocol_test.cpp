#include "messages/build.hpp"
#include "messages/view.hpp"
#include "protocol/enrolment_protocol.hpp"
#include "schemas/wire.capnp.h"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;

namespace {

template <class Fill> frame stranger(Fill&& fill) {
  return frame::adopt(build<wire::StrangerFrame>([&](wire::StrangerFrame::Builder out) { fill(out); }));
}

frame opening(std::uint16_t major = wire::MAJOR) {
  return stranger([&](auto out) { out.initHello().setMajor(major); });
}
frame request() {
  return stranger([](auto out) { out.initRequest().setEkPublic(data_of(bytes{1})); });
}
frame proof() {
  return stranger([](auto out) { out.initProof().setHmac(data_of(bytes{1})); });
}

wire::EnrolmentFrame::Which kind_of(const bytes& sent) {
  const auto parsed = parse_view<wire::EnrolmentFrame>(frame::copy_of(sent));
  REQUIRE(parsed.ok());
  return parsed->read([](wire::EnrolmentFrame::Reader in) { return in.which(); });
}

wire::Fault::Code code_of(const bytes& sent) {
  const auto parsed = parse_view<wire::EnrolmentFrame>(frame::copy_of(sent));
  REQUIRE(parsed.ok());
  return parsed->read([](wire::EnrolmentFrame::Reader in) {
    REQUIRE(in.isFault());
    return in.getFault().getCode();
  });
}

constexpr boot_time start{5'000'000};

enrolment_protocol fresh() { return {{}, std::chrono::milliseconds{1000}, 65536}; }

} // namespace

TEST_CASE("an enrolment is hello, request, challenge, proof, admission and certificates, and then ends") {
  auto protocol = fresh();
  CHECK(kind_of(protocol.on_frame(opening(), start).send.at(0)) == wire::EnrolmentFrame::HELLO);
  const auto asked = protocol.on_frame(request(), start);
  REQUIRE(std::holds_alternative<enrolment_effects::ask_begin>(asked.ask));
  CHECK(std::get<enrolment_effects::ask_begin>(asked.ask).request->ek_public == bytes{1});
  CHECK(kind_of(protocol.on_begun(enrolment_challenge{}, start).send.at(0))
        == wire::EnrolmentFrame::CHALLENGE);
  CHECK(std::holds_alternative<enrolment_effects::ask_prove>(protocol.on_frame(proof(), start).ask));
  CHECK(std::holds_alternative<enrolment_effects::ask_admit>(protocol.on_proven(proven_machine{}).ask));
  const auto issue = protocol.on_admitted({4});
  REQUIRE(std::holds_alternative<enrolment_effects::ask_issue>(issue.ask));
  CHECK(std::get<enrolment_effects::ask_issue>(issue.ask).generation.value == 4);
  const auto last = protocol.on_issued(issued_certificates{});
  CHECK(kind_of(last.send.at(0)) == wire::EnrolmentFrame::ADMITTED);
  CHECK(last.close);
}

TEST_CASE("a frame out of turn ends the enrolment, and no actor is asked for anything") {
  struct row {
    const char* what;
    std::vector<frame> before;
    frame wrong;
  };
  const row rows[] = {
      {"request before hello", {}, request()},
      {"proof before hello", {}, proof()},
      {"hello again", {opening()}, opening()},
      {"proof before request", {opening()}, proof()},
      {"request again while the first is worked on", {opening(), request()}, request()},
      {"proof before the challenge", {opening(), request()}, proof()},
      {"garbage", {opening()}, frame::copy_of(bytes(64, 0xff))},
      {"nothing", {opening()}, frame{}},
  };
  for (const auto& r : rows) {
    CAPTURE(r.what);
    auto protocol = fresh();
    for (const auto& one : r.before)
      (void)protocol.on_frame(one, start);
    const auto out = protocol.on_frame(r.wrong, start);
    CHECK(std::holds_alternative<std::monostate>(out.ask));
    CHECK(out.close);
    CHECK(code_of(out.send.at(0)) == wire::Fault::Code::MALFORMED);
    CHECK(protocol.on_frame(opening(), start).send.empty());
  }
}

TEST_CASE("another major version gets an answer that says so") {
  auto protocol = fresh();
  CHECK(code_of(protocol.on_frame(opening(wire::MAJOR + 1), start).send.at(0)) == wire::Fault::Code::VERSION);
}

TEST_CASE("check 02: one challenge accepts one proof") {
  auto protocol = fresh();
  (void)protocol.on_frame(opening(), start);
  (void)protocol.on_frame(request(), start);
  enrolment_challenge challenge;
  (void)protocol.on_begun(challenge, start);
  (void)protocol.on_frame(proof(), start);
  const auto again = protocol.on_frame(proof(), start);
  CHECK(std::holds_alternative<std::monostate>(again.ask));
  CHECK(again.close);
}

TEST_CASE("a waiting machine gets its fingerprint and the time to come back") {
  auto protocol = fresh();
  (void)protocol.on_frame(opening(), start);
  (void)protocol.on_frame(request(), start);
  (void)protocol.on_begun(enrolment_challenge{}, start);
  (void)protocol.on_frame(proof(), start);
  (void)protocol.on_proven(proven_machine{});
  const auto out = protocol.on_pending(bytes32{9}, join_refusal::known_machine);
  const auto parsed = parse_view<wire::EnrolmentFrame>(frame::copy_of(out.send.at(0)));
  REQUIRE(parsed.ok());
  parsed->read([](wire::EnrolmentFrame::Reader in) {
    REQUIRE(in.isPending());
    CHECK(in.getPending().getFingerprint()[0] == 9);
    CHECK(in.getPending().getRetryAfterMs() == 1000);
    CHECK(in.getPending().getToken() == 2);
  });
  CHECK(out.close);
}

TEST_CASE("a machine that is refused for a while learns for how long") {
  auto protocol = fresh();
  (void)protocol.on_frame(opening(), start);
  const auto out = protocol.on_refused({errc::limit, "too often"}, std::chrono::minutes{7});
  const auto parsed = parse_view<wire::EnrolmentFrame>(frame::copy_of(out.send.at(0)));
  REQUIRE(parsed.ok());
  parsed->read([](wire::EnrolmentFrame::Reader in) {
    CHECK(in.getFault().getCode() == wire::Fault::Code::LIMIT);
    CHECK(in.getFault().getRetryAfterMs() == 420'000);
  });
}

TEST_CASE("a stranger gets no details of an error inside the service") {
  auto protocol = fresh();
  (void)protocol.on_frame(opening(), start);
  (void)protocol.on_frame(request(), start);
  const auto out = protocol.on_begun(fault{errc::internal, "secret detail"}, start);
  const auto parsed = parse_view<wire::EnrolmentFrame>(frame::copy_of(out.send.at(0)));
  REQUIRE(parsed.ok());
  parsed->read([](wire::EnrolmentFrame::Reader in) {
    CHECK(std::string_view{in.getFault().getText().cStr()}.find("secret") == std::string_view::npos);
  });
}

TEST_CASE("a token of another length than 32 bytes, or nine certificates, end the enrolment") {
  auto protocol = fresh();
  (void)protocol.on_frame(opening(), start);
  CHECK(protocol.on_frame(stranger([](auto out) { out.initRequest().setToken(data_of(bytes(31))); }), start)
            .close);
  auto other = fresh();
  (void)other.on_frame(opening(), start);
  CHECK(other.on_frame(stranger([](auto out) { out.initRequest().initEkCertificates(9); }), start).close);
}

TEST_CASE("check 02: the secret of a challenge expires after 60 s, whatever the peer does meanwhile") {
  const auto at = [](std::uint64_t after) { return boot_time{start.milliseconds + after}; };
  const auto challenged = [] {
    auto protocol = fresh();
    (void)protocol.on_frame(opening(), start);
    (void)protocol.on_frame(request(), start);
    const auto begun = protocol.on_begun(enrolment_challenge{}, start);
    // The end comes from the session's timer, not from bytes of the peer.
    REQUIRE(begun.wake.has_value());
    CHECK(begun.wake->count() == 60'000);
    return protocol;
  };
  auto in_time = challenged();
  CHECK_FALSE(in_time.on_tick(at(59'999)).close);
  CHECK(std::holds_alternative<enrolment_effects::ask_prove>(in_time.on_frame(proof(), at(59'999)).ask));
  // A proof that is being judged has used up its secret.
  CHECK_FALSE(in_time.on_tick(at(60'000)).close);

  auto late = challenged();
  const auto refused = late.on_frame(proof(), at(60'000));
  CHECK(std::holds_alternative<std::monostate>(refused.ask));
  CHECK(refused.close);

  auto silent = challenged();
  CHECK(silent.on_tick(at(60'000)).close);
  CHECK(silent.on_frame(proof(), at(60'000)).send.empty());
}

TEST_CASE("check 25: an enrolment has a deadline at every step, whichever side is slow, and does not end "
          "before it") {
  const auto ends_at = [](enrolment_protocol& protocol) {
    auto now = start.milliseconds;
    auto effects = protocol.on_tick({now});
    while (!effects.close) { // calls only at the requested times, as the Session does
      REQUIRE(effects.wake.has_value());
      now += static_cast<std::uint64_t>(effects.wake->count());
      REQUIRE(now < start.milliseconds + 1'000'000);
      effects = protocol.on_tick({now});
    }
    return now - start.milliseconds;
  };
  auto silent = fresh();
  CHECK(ends_at(silent) == 20'000);
  auto greets = fresh();
  (void)greets.on_frame(opening(), start);
  CHECK(ends_at(greets) == 20'000);
  auto asks = fresh(); // gets no answer, because a part of the service hangs
  (void)asks.on_frame(opening(), start);
  (void)asks.on_frame(request(), start);
  CHECK(ends_at(asks) == 120'000);
}

TEST_CASE("a stranger learns the service's clock from its hello") {
  enrolment_protocol protocol{{}, std::chrono::milliseconds{1000}, 65536, {}, wall_time{1'800'000'000'000}};
  const auto out = protocol.on_frame(opening(), start);
  REQUIRE(out.send.size() == 1);
  const auto hello = parse_view<wire::EnrolmentFrame>(frame::copy_of(out.send[0])).value();
  CHECK(hello.read([](wire::EnrolmentFrame::Reader in) { return in.getHello().getTimeMs(); })
        == 1'800'000'000'000);
}

TEST_CASE("a stranger learns which trust list is the newest, and gets those that it lacks after the hello") {
  const auto lists = std::make_shared<const trust_lists>(trust_lists{{3, {3}}, {4, {4}}});
  const auto greeted = [&](std::uint64_t has, std::shared_ptr<const trust_lists> all) {
    enrolment_protocol protocol{{}, std::chrono::milliseconds{1000}, 65536, std::move(all)};
    auto out = protocol.on_frame(stranger([&](auto frame) {
                                   frame.initHello().setMajor(wire::MAJOR);
                                   frame.getHello().setTrust(has);
                                 }),
                                 start);
    // The enrolment may continue after the lists.
    CHECK(std::holds_alternative<enrolment_effects::ask_begin>(protocol.on_frame(request(), start).ask));
    return out;
  };
  const auto newest = [](const bytes& sent) {
    return parse_view<wire::EnrolmentFrame>(frame::copy_of(sent))
        .value()
        .read([](wire::EnrolmentFrame::Reader in) { return in.getHello().getTrust(); });
  };
  const auto both = greeted(0, lists);
  REQUIRE(both.send.size() == 2);
  CHECK(newest(both.send[0]) == 4);
  CHECK(kind_of(both.send[1]) == wire::EnrolmentFrame::TRUST);
  parse_view<wire::EnrolmentFrame>(frame::copy_of(both.send[1]))
      .value()
      .read([](wire::EnrolmentFrame::Reader in) {
        REQUIRE(in.getTrust().size() == 2);
        CHECK(in.getTrust()[1][0] == 4);
        return 0;
      });
  CHECK(greeted(3, lists).send.size() == 2);
  // After a restore of older state no machine accepts the service, so the service must notice newer lists.
  CHECK(greeted(4, lists).ahead == 0);
  CHECK(greeted(7, lists).ahead == 7);
  CHECK(greeted(1, nullptr).ahead == 1);
  CHECK(greeted(4, lists).send.size() == 1);
  CHECK(greeted(9, lists).send.size() == 1);
  CHECK(greeted(0, nullptr).send.size() == 1);
}
