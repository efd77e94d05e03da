// What people see. What breaks if these fail: a node looks trusted although the service knows that it lost
// records.
#include "messages/build.hpp"
#include "messages/view.hpp"
#include "schemas/wire.capnp.h"
#include "service/cache/show.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;

namespace {

const moment now{boot_id{}, {1000}, {1'700'000'000'000}};

known_node node_with(verdict what) {
  known_node out;
  out.node.standing = standing::enrolled;
  out.state.verdict = what;
  out.state.lease = make_lease({boot_id{}, {500}, {}}, std::chrono::seconds{60});
  out.state.valid_until = {1'700'000'060'000};
  return out;
}

display shown(verdict what, records_trust records) {
  auto node = node_with(what);
  node.records = records;
  return display_of(node, now);
}

} // namespace

TEST_CASE("while the records are rolled back no lease counts, and distrust stays") {
  CHECK(shown(verdict::affirming, records_trust::intact) == display::trusted);
  CHECK(shown(verdict::warning, records_trust::intact) == display::warning);
  CHECK(shown(verdict::affirming, records_trust::rolled_back) == display::stale);
  CHECK(shown(verdict::warning, records_trust::rolled_back) == display::stale);
  CHECK(shown(verdict::contraindicated, records_trust::rolled_back) == display::untrusted);
}

TEST_CASE(
    "check 33: a lease from before an acknowledged loss belongs to restored records and no longer counts") {
  auto node = node_with(verdict::affirming);
  node.after_loss = 42;
  CHECK(display_of(node, now) == display::stale);
  node.state.lease.after_loss = 41; // of an earlier loss
  CHECK(display_of(node, now) == display::stale);
  node.state.lease.after_loss = 42;
  CHECK(display_of(node, now) == display::trusted);
  node.state.attested = {}; // whatever the wall clock says
  CHECK(display_of(node, now) == display::trusted);
}

TEST_CASE("a node with rolled back records shows no lease in any field") {
  auto node = node_with(verdict::affirming);
  node.records = records_trust::rolled_back;
  const auto parsed = parse_view<rest::Node>(
      frame::adopt(build<rest::Node>([&](rest::Node::Builder out) { put_node(out, node, now); })));
  REQUIRE(parsed.ok());
  parsed->read([](rest::Node::Reader in) {
    CHECK(text_of(in.getShown()) == "stale");
    CHECK(text_of(in.getFreshness()) == "stale");
    CHECK(in.getValidUntil().size() == 0);
  });
}

TEST_CASE("only a status that ends by itself has an end") {
  struct {
    verdict what;
    standing how;
    bool ends;
  } const table[] = {{verdict::affirming, standing::enrolled, true},
                     {verdict::warning, standing::enrolled, true},
                     {verdict::contraindicated, standing::enrolled, false},
                     {verdict::none, standing::enrolled, false},
                     {verdict::affirming, standing::revoked, false}};
  for (const auto& one : table) {
    auto node = node_with(one.what);
    node.node.standing = one.how;
    const auto parsed = parse_view<rest::Node>(
        frame::adopt(build<rest::Node>([&](rest::Node::Builder out) { put_node(out, node, now); })));
    REQUIRE(parsed.ok());
    CHECK(parsed->read([](rest::Node::Reader in) { return in.getValidUntil().size() != 0; }) == one.ends);
  }
}

TEST_CASE("a node's details say that the records are rolled back, why it was revoked, and what it owes") {
  auto node = node_with(verdict::affirming);
  node.records = records_trust::rolled_back;
  node.node.standing = standing::revoked;
  node.node.revoked_by = "uid=0 pid=7";
  node.node.revoked_reason = "stolen";
  node.state.owes_whole_logs = true;
  const auto parsed = parse_view<rest::NodeDetail>(frame::adopt(
      build<rest::NodeDetail>([&](rest::NodeDetail::Builder out) { put_detail(out, node, now); })));
  REQUIRE(parsed.ok());
  parsed->read([](rest::NodeDetail::Reader in) {
    CHECK(in.getRolledBack());
    CHECK(text_of(in.getRevokedBy()) == "uid=0 pid=7");
    CHECK(text_of(in.getRevokedReason()) == "stolen");
    CHECK(in.getOwesWholeLogs());
  });
}

TEST_CASE("the output shows what extended a PCR after the boot log, and that nothing explains it") {
  auto node = node_with(verdict::contraindicated);
  tpm::phase_path path;
  REQUIRE(path.add(tpm::os_phase::sysinit));
  REQUIRE(path.add(tpm::os_phase::ready));
  node.state.after_log = {{11, path}, {12, tpm::unexplained{}}};
  const auto parsed = parse_view<rest::NodeDetail>(frame::adopt(
      build<rest::NodeDetail>([&](rest::NodeDetail::Builder out) { put_detail(out, node, now); })));
  REQUIRE(parsed.ok());
  parsed->read([](rest::NodeDetail::Reader in) {
    const auto extended = in.getAfterLog();
    REQUIRE(extended.size() == 2);
    CHECK(extended[0].getPcr() == 11);
    REQUIRE(extended[0].getPhases().size() == 2);
    CHECK(text_of(extended[0].getPhases()[1]) == "ready");
    CHECK(extended[1].getPcr() == 12);
    CHECK(extended[1].getPhases().size() == 0);
  });
}

TEST_CASE("a machine's settings, its certificate and its own statements are shown") {
  auto node = node_with(verdict::affirming);
  node.node.tuning = {std::chrono::seconds{20}, std::chrono::milliseconds{500}, "debug"};
  node.node.certificate_serial = {0x0a, 0x0b};
  node.node.certificate_not_after = {1'700'000'000'000};
  node.node.facts = build<wire::MachineFacts>([](wire::MachineFacts::Builder out) {
    out.setArchitecture("x86_64");
    out.setNodeKeyHome("file");
    auto boot = out.initMeasuredBoot();
    boot.setTpm("IBM 1.0");
    auto banks = boot.initBanks(2);
    banks.set(0, 0x0b);
    banks.set(1, 0xffff);
    boot.setEventLog(true);
    boot.setImaPolicy("tcb");
    boot.setSecureBoot("on");
  });
  const auto parsed = parse_view<rest::NodeDetail>(frame::adopt(
      build<rest::NodeDetail>([&](rest::NodeDetail::Builder out) { put_detail(out, node, now); })));
  REQUIRE(parsed.ok());
  parsed->read([](rest::NodeDetail::Reader in) {
    CHECK(text_of(in.getTuning().getBeat()) == "20s");
    CHECK(text_of(in.getTuning().getJitter()) == "500ms");
    CHECK(text_of(in.getTuning().getLogLevel()) == "debug");
    CHECK(text_of(in.getCertificateSerial()) == "0a0b");
    CHECK(text_of(in.getCertificateNotAfter()) == "2023-11-14T22:13:20Z");
    CHECK(text_of(in.getArchitecture()) == "x86_64");
    CHECK(text_of(in.getNodeKeyHome()) == "file");
    const auto boot = in.getMeasuredBoot();
    CHECK(text_of(boot.getTpm()) == "IBM 1.0");
    REQUIRE(boot.getBanks().size() == 2);
    CHECK(text_of(boot.getBanks()[0]) == "sha256");
    CHECK(text_of(boot.getBanks()[1]) == "unknown");
    CHECK(boot.getEventLog());
    CHECK(text_of(boot.getImaPolicy()) == "tcb");
    CHECK(text_of(boot.getSecureBoot()) == "on");
  });
}
