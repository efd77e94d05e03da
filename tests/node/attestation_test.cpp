// Both halves of an attestation without a network: RAC Tools on a real software TPM, and the service's
// appraisal.
#include "appraisal/attestation/running_attestation.hpp"
#include "crypto/secret.hpp"
#include "tests/node/agent_tools.hpp"

using namespace muster;
using namespace muster::test;

namespace {

/// The service's knowledge of one machine, and its demands.
class verifier {
public:
  explicit verifier(agent_tools& tools) : tools_{tools} {
    ak_ = must(tools.ask<result<node::machine_identity>>(node::measured_boot{})).ak_public;
    exporter_.fill(8);
    spki_.fill(9);
    id_.raw.fill(7);
  }

  appraisal::attestation_inputs inputs(appraisal::logs_wanted logs) {
    appraisal::attestation_inputs in{{},
                                     {id_, exporter_, spki_},
                                     must(tpm::trust_recorded_ak(ak_)),
                                     recorded,
                                     {},
                                     std::make_shared<appraisal::policy>(),
                                     {}};
    in.challenge.number.value = ++number_;
    in.challenge.nonce = crypto::make_nonce();
    in.challenge.logs = logs;
    must(in.challenge.selection.add(hash_algorithm::sha256, tpm::pcr_mask(0, 14)));
    return in;
  }

  node::evidence_order order(const appraisal::attestation_inputs& in) const {
    node::evidence_order out;
    out.number = in.challenge.number;
    out.nonce = in.challenge.nonce;
    out.selection = in.challenge.selection;
    out.want_boot_log = in.challenge.logs == appraisal::logs_wanted::whole;
    out.ima_first = appraisal::first_entry_wanted(in.challenge, in.recorded.get());
    out.node = id_;
    out.exporter = exporter_;
    out.node_spki = spki_;
    return out;
  }

  appraisal::attestation_outcome judge(appraisal::attestation_inputs in, node::quoted_evidence quoted) {
    const auto number = in.challenge.number;
    appraisal::running_attestation running{std::move(in)};
    running.take_part0(frame::adopt(std::move(quoted.manifest)), quoted.attest, quoted.signature,
                       quoted.values);
    sent = 0;
    for (bool last = quoted.last; !last;) {
      const auto part = must(tools_.read(number));
      sent += part.body.size();
      running.take_log_part(
          part.log == node::log_kind::boot ? appraisal::log_kind::boot : appraisal::log_kind::ima, part.body);
      last = part.last;
    }
    auto outcome = std::move(running).finish();
    if (outcome.boot) recorded = std::make_shared<const appraisal::recorded_boot>(*outcome.boot);
    return outcome;
  }

  appraisal::attestation_outcome attest(appraisal::logs_wanted logs) {
    auto in = inputs(logs);
    auto quoted = must(tools_.quote(order(in)));
    return judge(std::move(in), std::move(quoted));
  }

  std::shared_ptr<const appraisal::recorded_boot> recorded;
  std::size_t sent = 0; ///< bytes of logs in the last attestation

private:
  agent_tools& tools_;
  bytes ak_;
  node_id id_;
  bytes32 exporter_{};
  bytes32 spki_{};
  std::uint64_t number_ = 0;
};

constexpr auto whole = appraisal::logs_wanted::whole;
constexpr auto increment = appraisal::logs_wanted::increment;
using end = appraisal::attestation_end;

} // namespace

TEST_CASE("evidence of a simulated machine verifies, first whole and then only the new entries") {
  workshop place;
  auto& machine = place.create("m");
  lab::software what;
  what.files = 3000; // more than one part
  must(machine.boot(what));
  agent_tools tools{machine};
  verifier service{tools};

  const auto first = service.attest(whole);
  REQUIRE(first.end == end::verified);
  CHECK(first.claims);
  CHECK(service.recorded->ima.entries == 3001);
  CHECK(service.sent > node::max_log_part);

  REQUIRE(service.attest(increment).end == end::verified);
  CHECK(service.sent == 0);

  must(machine.run("/usr/bin/implant", "evil"));
  const auto third = service.attest(increment);
  REQUIRE(third.end == end::verified);
  CHECK(service.recorded->ima.entries == 3002);
  CHECK(service.sent < 500);

  must(machine.run("/usr/bin/other", "evil"));
  REQUIRE(service.attest(whole).end == end::verified);
  CHECK(service.recorded->ima.entries == 3003);
}

TEST_CASE("a list that grows between quote and reading runs ahead, and is verified up to the quote") {
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  agent_tools tools{machine};
  verifier service{tools};
  auto in = service.inputs(whole);
  auto quoted = must(tools.quote(service.order(in)));
  must(machine.run("/usr/bin/late", "content"));
  REQUIRE(service.judge(std::move(in), std::move(quoted)).end == end::verified);
  CHECK(service.recorded->ima.entries == 201);
  REQUIRE(service.attest(increment).end == end::verified);
  CHECK(service.recorded->ima.entries == 202);
}

TEST_CASE("evidence is bound to its challenge, channel and node") {
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  agent_tools tools{machine};
  verifier service{tools};
  const std::pair<const char*, void (*)(node::evidence_order&)> wrong[] = {
      {"nonce", [](auto& o) { o.nonce[0] ^= 1; }},       {"node", [](auto& o) { o.node.raw[0] ^= 1; }},
      {"exporter", [](auto& o) { o.exporter[0] ^= 1; }}, {"key", [](auto& o) { o.node_spki[0] ^= 1; }},
      {"number", [](auto& o) { ++o.number.value; }},
  };
  for (const auto& [what, spoil] : wrong) {
    CAPTURE(what);
    auto in = service.inputs(whole);
    auto order = service.order(in);
    spoil(order);
    auto quoted = must(tools.quote(order));
    quoted.last = true; // part 0 alone decides
    CHECK(service.judge(std::move(in), std::move(quoted)).end == end::failed);
  }
}

TEST_CASE("a machine without logs still proves its PCRs, and says that it has no logs") {
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  std::filesystem::remove(machine.boot_log());
  std::filesystem::remove(machine.ima_log());
  agent_tools tools{machine};
  verifier service{tools};
  const auto in = service.inputs(whole);
  const auto quoted = must(tools.quote(service.order(in)));
  CHECK(quoted.last);
  CHECK(tools.read(in.challenge.number).fault().code == errc::conflict);
}

TEST_CASE("an empty file of the boot log is no log") {
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  std::filesystem::resize_file(machine.boot_log(), 0);
  std::filesystem::remove(machine.ima_log());
  agent_tools tools{machine};
  verifier service{tools};
  const auto in = service.inputs(whole);
  CHECK(must(tools.quote(service.order(in))).last); // neither log follows
  CHECK(tools.ask<node::boot_survey>(node::survey_atom::value).boot_log == node::file_state::absent);
}

TEST_CASE("a new quote ends the reading of the earlier evidence") {
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  agent_tools tools{machine};
  verifier service{tools};
  const auto first = service.inputs(whole);
  must(tools.quote(service.order(first)));
  const auto second = service.inputs(whole);
  must(tools.quote(service.order(second)));
  CHECK(tools.read(first.challenge.number).fault().code == errc::conflict);
  CHECK(tools.read(second.challenge.number).ok());
}

TEST_CASE("a machine whose TPM is off says so, and works again once it is on") {
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  agent_tools tools{machine};
  verifier service{tools};
  must(machine.off());
  const auto in = service.inputs(whole);
  CHECK_FALSE(tools.quote(service.order(in)).ok());
  const auto survey = tools.ask<node::boot_survey>(node::survey_atom::value);
  CHECK_FALSE(survey.chip_problem.empty());
}

TEST_CASE("a survey sees the software that the machine booted") {
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  agent_tools tools{machine};
  const auto survey = tools.ask<node::boot_survey>(node::survey_atom::value);
  CHECK(survey.chip_problem.empty());
  CHECK(survey.manufacturer == "IBM");
  CHECK(survey.banks.size() == 3);
  CHECK(survey.boot_log == node::file_state::present);
  CHECK(survey.ima_log == node::file_state::present);
  CHECK(survey.ima_measures);
  CHECK(survey.command_line.empty());
}
