// What breaks if this fails: a configuration, a certificate or a log of records that is damaged looks well.
#include "checkup/program_lines.hpp"
#include "tests/checkup/well_formed.hpp"

using namespace muster;
using namespace muster::checkup;
using namespace muster::checkup::testing;

TEST_CASE("each problem of a configuration is a line") {
  CHECK(judge_configuration("/f", errc::internal, {})
        == lines{good("configuration", "/f can be read and understood")});
  const auto two = judge_configuration("/f", errc::malformed, "/f:1: a\n\n/f:2: b\n");
  REQUIRE(two.size() == 2);
  CHECK(two[0].says == "/f:1: a");
  CHECK(two[1].says == "/f:2: b");
  for (const auto& one : two) {
    check_well_formed(one);
    CHECK(one.how == outcome::bad);
  }
  CHECK(judge_configuration("/f", errc::denied, "/f: Permission denied")[0].how == outcome::unseen);
  CHECK(advises(judge_configuration("/f", errc::io, "/f: no")[0], "--config"));
}

TEST_CASE("the identity of a machine") {
  identity_facts seen;
  seen.state = "/s";
  seen.now = {1'800'000'000'000};
  CHECK(judge_identity(seen).how == outcome::unseen);
  seen.seen = true;
  CHECK(judge_identity(seen).how == outcome::note);
  CHECK(advises(judge_identity(seen), "muster node approve"));
  auto enrolled = seen;
  enrolled.enrolled = true;
  enrolled.not_after = {seen.now.milliseconds + 1};
  CHECK(judge_identity(enrolled).how == outcome::good);
  auto ended = enrolled;
  ended.not_after = {seen.now.milliseconds - 1};
  CHECK(judge_identity(ended).how == outcome::note);
  auto damaged = seen;
  damaged.problem = "/s/node.crt: it is empty";
  CHECK(judge_identity(damaged).how == outcome::bad);
  auto left = enrolled;
  left.unregistered = true;
  CHECK(judge_identity(left).how == outcome::bad);
  CHECK(advises(judge_identity(left), "/s/unregistered"));
  for (const auto& one : {seen, enrolled, ended, damaged, left})
    check_well_formed(judge_identity(one));
}

TEST_CASE("a join token is wanted until the machine is enrolled, and then it is one too many") {
  const join_token_facts here{"/t", {}, false};
  const join_token_facts gone{"/t", fault{errc::not_found, "/t: open: no such file"}, false};
  const join_token_facts open{"/t", fault{errc::denied, "/t: other users may read it"}, false};
  const join_token_facts closed{"/t", fault{errc::io, "/t: open: permission denied"}, false};
  CHECK(judge_join_token(here).how == outcome::good);
  CHECK(judge_join_token(gone).how == outcome::bad);
  CHECK(judge_join_token(open).how == outcome::bad);
  CHECK(judge_join_token(closed).how == outcome::unseen);
  for (auto one : {here, gone, open, closed}) {
    check_well_formed(judge_join_token(one));
    one.enrolled = true;
    CHECK(judge_join_token(one).how == outcome::note);
    check_well_formed(judge_join_token(one));
  }
  auto left = here;
  left.enrolled = true;
  CHECK(advises(judge_join_token(left), "remove /t"));
}

TEST_CASE("the log's head as an agent keeps it") {
  CHECK(judge_kept_head({}).how == outcome::unseen);
  CHECK(judge_kept_head({true, {}, {}}).how == outcome::note);
  const auto kept = judge_kept_head({true, 12, {1'800'000'000'000}});
  CHECK(kept.how == outcome::good);
  CHECK(says(kept, "12 records, signed 2027-01-15T08:00:00Z"));
}

TEST_CASE("check 47: a service that lost records, or stores nothing, is not in order") {
  log_facts seen;
  CHECK(judge_log(seen).how == outcome::unseen);
  seen.records = std::uint64_t{7};
  CHECK(judge_log(seen).how == outcome::good);
  auto unentered = seen;
  unentered.unentered = 1;
  CHECK(judge_log(unentered).how == outcome::bad);
  auto lost = seen;
  lost.rolled_back = true;
  CHECK(judge_log(lost).how == outcome::bad);
  CHECK(advises(judge_log(lost), "muster log head"));
  for (const auto& one : {seen, unentered, lost})
    check_well_formed(judge_log(one));

  CHECK(judge_ready(200U, "ready").how == outcome::good);
  CHECK(judge_ready(503U, "verdicts cannot be stored").how == outcome::bad);
  CHECK(says(judge_ready(503U, "verdicts cannot be stored"), "503: verdicts cannot be stored"));
  CHECK(judge_ready(fault{errc::timeout, "no answer"}, {}).how == outcome::bad);
  CHECK(judge_ready(fault{errc::denied, "no permission"}, {}).how == outcome::unseen);
  for (const auto& one :
       {judge_ready(200U, {}), judge_ready(503U, {}), judge_ready(fault{errc::io, "no"}, {})})
    check_well_formed(one);
}

TEST_CASE("a service that listens on loopback is told") {
  CHECK(judge_listen("0.0.0.0:4280", false).empty());
  REQUIRE(judge_listen("127.0.0.1:4280", true).size() == 1);
  check_well_formed(judge_listen("127.0.0.1:4280", true)[0]);
}
