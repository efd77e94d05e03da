// What breaks if this fails: an agent that reaches no service, or another one, sends its operator to the wrong place.
#include "checkup/service_lines.hpp"
#include "tests/checkup/well_formed.hpp"

using namespace muster;
using namespace muster::checkup;
using namespace muster::checkup::testing;

namespace {

constexpr std::uint64_t day = 86'400'000;
constexpr wall_time present{1'800'000'000'000};

service_facts facts(reach step, result<service_seen> seen) {
  service_facts out;
  out.address = "ras:4280";
  out.name = "ras.example";
  out.anchor = "/etc/muster/anchor.pem";
  out.step = step;
  out.seen = std::move(seen);
  out.now = present;
  return out;
}

service_seen service(std::uint64_t days, std::uint64_t chain_days) {
  return {"ras.example",
          {present.milliseconds + days * day},
          {present.milliseconds + chain_days * day},
          "muster ras 0.1",
          present,
          0};
}

} // namespace

TEST_CASE("each way of not reaching the service has its own remedy") {
  struct {
    reach step;
    errc code;
    const char* at_agent;
    const char* at_service;
  } const cases[] = {
      {reach::proxy, errc::not_found, "service.via", "service.via"},
      {reach::proxy, errc::timeout, "the proxy runs", "the proxy runs"},
      {reach::proxy, errc::io, "the proxy runs", "the proxy runs"},
      {reach::proxy, errc::denied, "its log", "its log"},
      {reach::connect, errc::not_found, "name server", "listen.agents"},
      {reach::connect, errc::denied, "chmod o+x", "listen.agents"},
      {reach::connect, errc::unsupported, "modprobe vsock", "listen.agents"},
      {reach::connect, errc::timeout, "firewall", "systemctl status muster-ras"},
      {reach::connect, errc::io, "muster doctor", "systemctl status muster-ras"},
      {reach::handshake, errc::untrusted, "copy anchor.pem", "another program"},
      {reach::handshake, errc::expired, "clocks", "clocks"},
      {reach::handshake, errc::denied, "service.name", "`name`"},
      {reach::handshake, errc::timeout, "load", "load"},
      {reach::handshake, errc::malformed, "another program", "another program"},
      {reach::hello, errc::unsupported, "releases", "releases"},
      {reach::hello, errc::denied, "releases", "releases"},
  };
  for (const auto& one : cases) {
    CAPTURE(static_cast<int>(one.step));
    CAPTURE(to_string(one.code));
    const auto from = facts(one.step, fault{one.code, "why"});
    for (const auto where : {side::agent, side::service}) {
      const auto line = judge_service(from, where);
      check_well_formed(line);
      CHECK(line.how == outcome::bad);
      CHECK(says(line, "ras:4280: why"));
      CHECK(advises(line, where == side::agent ? one.at_agent : one.at_service));
    }
  }
}

TEST_CASE("a service that was reached is good until its certificate or its issuer ends") {
  CHECK(judge_service(facts(reach::whole, service(365, 365)), side::agent).how == outcome::good);
  CHECK(judge_service(facts(reach::whole, service(30, 365)), side::agent).how == outcome::good);
  CHECK(judge_service(facts(reach::whole, service(29, 365)), side::agent).how == outcome::note);
  CHECK(judge_service(facts(reach::whole, service(365, 29)), side::agent).how == outcome::note);
  CHECK(says(judge_service(facts(reach::whole, service(365, 365)), side::agent),
             "ras:4280 is ras.example (muster ras 0.1), certificate until 2028-01-15"));
  for (const std::uint64_t days : {1, 100})
    check_well_formed(judge_service(facts(reach::whole, service(days, 365)), side::service));
}

TEST_CASE("check 47: a service that could not be judged is not seen") {
  auto from = facts(reach::whole, service(365, 365));
  from.judged = false;
  for (const auto where : {side::agent, side::service}) {
    const auto line = judge_service(from, where);
    check_well_formed(line);
    CHECK(line.how == outcome::unseen);
  }
}

TEST_CASE("an anchor is named by its digests") {
  anchor_facts seen;
  seen.path = "/etc/muster/anchor.pem";
  seen.keys = {"00112233"};
  seen.ends = {present.milliseconds + day};
  seen.now = present;
  CHECK(judge_anchor(seen, side::agent) == good("anchor", "/etc/muster/anchor.pem: certificate 00112233"));
  auto ended = seen;
  ended.ends = {present.milliseconds - day};
  CHECK(judge_anchor(ended, side::agent).how == outcome::bad);
  auto replaced = ended;
  replaced.trust = 7;
  replaced.trust_ends = wall_time{present.milliseconds + day};
  CHECK(judge_anchor(replaced, side::agent).how == outcome::good);
  CHECK(says(judge_anchor(replaced, side::agent), "trust list 7"));
  replaced.trust_ends = wall_time{present.milliseconds - day};
  CHECK(judge_anchor(replaced, side::agent).how == outcome::note);
  for (const auto& one : {seen, ended, replaced})
    check_well_formed(judge_anchor(one, side::agent));
}

TEST_CASE("an anchor that cannot be used says where to get it") {
  anchor_facts seen;
  seen.path = "/a";
  seen.problem = "why";
  struct {
    errc why;
    side where;
    outcome how;
    const char* advice;
  } const cases[] = {
      {errc::not_found, side::agent, outcome::bad, "copy anchor.pem"},
      {errc::malformed, side::agent, outcome::bad, "copy anchor.pem"},
      {errc::denied, side::agent, outcome::bad, "chmod 644"},
      {errc::not_found, side::service, outcome::bad, "start the service"},
      {errc::denied, side::service, outcome::unseen, "root"},
  };
  for (const auto& one : cases) {
    CAPTURE(to_string(one.why));
    seen.why = one.why;
    const auto line = judge_anchor(seen, one.where);
    check_well_formed(line);
    CHECK(line.how == one.how);
    CHECK(advises(line, one.advice));
  }
}
