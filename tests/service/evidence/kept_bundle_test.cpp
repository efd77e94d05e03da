// What is kept of a machine's attestations, in a real database, and what can be exported from it.
#include "appraisal/bundle/bundle_vouching.hpp"
#include "appraisal/policy/policy_codec.hpp"
#include "crypto/log_head.hpp"
#include "records/log_alarm.hpp"
#include "records/record_codec.hpp"
#include "service/evidence/kept_bundle.hpp"
#include "standing/decision.hpp"
#include "standing/recorded_boot.hpp"
#include "tests/appraisal/bundled.hpp"
#include "tests/appraisal/samples.hpp"
#include "tests/appraisal/vouched.hpp"
#include "tests/service/store/fixture.hpp"

using namespace muster;
using namespace muster::service;
using namespace muster::testing;
using appraisal::logs_wanted;

namespace {

/// A machine and what the service records about it, decision by decision.
class kept_life {
public:
  kept_life() {
    node.id.raw = crypto::sha256(machine.chip().ek().raw());
    node.standing = standing::enrolled;
    node.ek_public = machine.chip().ek().raw();
    node.ak_public = machine.chip().ak().raw();
    node.level = endorsement::vendor;
    node.generation = {1};
    node.name = "web-1";
    write_batch batch;
    batch.put<tables::nodes>(node.id, to_record(node));
    batch.add_policy(to_record(*machine.rules));
    REQUIRE(store_test::commit(db_, std::move(batch)).ok());
  }

  decided attests(logs_wanted logs, const std::function<void(evidence&)>& alter = {}) {
    machine.recorded = recorded_boot_of_state();
    const auto in = challenge_of(machine, logs);
    auto e = machine.answer(in);
    if (alter) alter(e);
    appraisal::attestation_inputs inputs = in;
    auto outcome = std::make_shared<const appraisal::attestation_outcome>(appraise(inputs, e));
    decision_request request;
    request.node = node.id;
    request.epoch = {1};
    request.number = in.challenge.number;
    request.context = context();
    request.outcome = outcome;
    request.evidence = std::make_shared<const appraisal::kept_evidence>(kept_from(machine, in, e));
    request.boot = machine.boot;
    now_.milliseconds += 1000;
    const auto after = decide(state, node, request, {}, {{}, {now_.milliseconds}, now_});
    const node_entry on_record{std::make_shared<const node_record>(node), {}};
    node_change change{node.id, on_record, change_source::evidence};
    record_decision(change, state, after, node, request, now_);
    const auto stored = store_test::commit(db_, take_batch(on_record, change));
    REQUIRE_MESSAGE(stored.ok(), stored.fault().check);
    state = after.ask_full_log ? *change.after.state : *numbered(*change.after.state, *stored);
    return after;
  }

  /// The machine's verified state becomes its own reference.
  void accept() {
    const auto in = challenge_of(machine, logs_wanted::whole);
    const auto out = appraise(in, machine.answer(in));
    machine.reference = appraisal::samples::reference_of(*out.claims, out.files);
    write_batch batch;
    batch.add_reference(to_record(machine.reference->content()));
    REQUIRE(store_test::commit(db_, std::move(batch)).ok());
  }

  result<bytes> exports(std::optional<std::uint64_t> number = {}) const {
    bytes out;
    const auto wanted = number ? std::optional{attestation_number{*number}} : std::nullopt;
    const auto written = write_bundle(*db_.reader, node.id, wanted, now_, [&](byte_view more) {
      append(out, more);
      return status{};
    });
    if (!written) return written.fault();
    CHECK(written->recorded == written->concluded);
    return out;
  }

  appraisal::verified_bundle verified(std::optional<std::uint64_t> number = {}) const {
    const auto file = exports(number);
    REQUIRE_MESSAGE(file.ok(), file.fault().check);
    auto out = verify_file(*file);
    REQUIRE_MESSAGE(out.ok(), out.fault().check);
    CHECK(out->differs.empty());
    return *std::move(out);
  }

  void commit(write_batch batch) { REQUIRE(store_test::commit(db_, std::move(batch)).ok()); }
  store_size size() const { return db_.reader->size().value(); }
  const store_reader& reader() const { return *db_.reader; }

  attesting_machine machine{"grub-sb"};
  node_record node;
  node_state state;

private:
  database make_database() {
    auto made = open_database(folder_.options());
    REQUIRE(made.ok());
    return *std::move(made);
  }

  context_ptr context() const {
    auto out = std::make_shared<appraisal_context>();
    out->policy = machine.rules;
    out->policy_digest = appraisal::digest_of(*machine.rules);
    out->reference = machine.reference;
    if (machine.reference)
      out->reference_digest = crypto::sha256(to_record(machine.reference->content()).content());
    return out;
  }

  std::shared_ptr<const appraisal::recorded_boot> recorded_boot_of_state() const {
    return recorded_boot_of(state);
  }

  store_test::temporary_folder folder_;
  database db_ = make_database();
  wall_time now_{1'000'000};
};

} // namespace

TEST_CASE("every result in the store is found as one of its machine") {
  kept_life life;
  const auto check_all_found = [&](std::size_t expected) {
    const auto stored = life.reader().page<tables::results>({}, store_reader::max_page);
    const auto found = life.reader().results_of(life.node.id, store_reader::max_page);
    REQUIRE(stored.ok());
    REQUIRE(found.ok());
    REQUIRE(stored->size() == found->size());
    for (std::size_t i = 0; i < found->size(); ++i)
      CHECK((*stored)[i].key == (*found)[found->size() - 1 - i]);
    CHECK(found->size() == expected);
  };
  const auto tamper = [](evidence& e) { e.quote.signature.back() ^= 1U; };
  life.attests(logs_wanted::whole);
  life.accept();
  life.attests(logs_wanted::whole); // a change of verdict: kept for good, replaces the first
  check_all_found(1);
  life.attests(logs_wanted::increment);
  check_all_found(2);
  life.attests(logs_wanted::increment); // replaces the one before
  check_all_found(2);
  life.attests(logs_wanted::increment, tamper); // the newest that verified is kept, and so is the failure
  check_all_found(3);
  life.attests(logs_wanted::whole);
  check_all_found(4);
  life.attests(logs_wanted::increment);
  life.attests(logs_wanted::increment);
  check_all_found(5);
}

TEST_CASE("the raw log of a boot is kept whole, however it arrived") {
  kept_life life;
  life.attests(logs_wanted::whole);
  for (int i = 0; i < 40; ++i) {
    life.machine.run("/usr/bin/program-" + std::to_string(i), "x");
    life.attests(logs_wanted::increment);
  }
  bytes log;
  std::uint32_t pieces = 0;
  for (;; ++pieces) {
    const auto piece = life.reader().log_piece(life.node.id, life.state.log, pieces);
    REQUIRE(piece.ok());
    if (!*piece) break;
    if ((*piece)->kind == log_piece_kind::ima) append(log, (*piece)->body.view());
  }
  CHECK(log == life.machine.files().ima_log);
  CHECK(pieces < 10); // small pieces were joined
}

TEST_CASE("an attestation without new entries stores nothing more") {
  kept_life life;
  life.attests(logs_wanted::whole);
  life.attests(logs_wanted::increment);
  const auto results = life.size().results;
  const auto file = life.exports();
  life.attests(logs_wanted::increment);
  CHECK(life.size().results == results);
  CHECK(file->size() == life.exports()->size());
}

TEST_CASE("bundles verify after increments, findings, a new reference and a reboot") {
  kept_life life;
  life.attests(logs_wanted::whole);
  CHECK(life.verified().concluded.verdict == verdict::none);
  life.accept();
  life.attests(logs_wanted::increment);
  CHECK(life.verified().concluded.verdict == verdict::affirming);

  life.machine.run("/usr/bin/implant", "x");
  const auto bad = life.attests(logs_wanted::increment);
  CHECK(bad.state.verdict == verdict::contraindicated);
  const auto number = life.state.number.value;
  auto bundle = life.verified();
  CHECK(bundle.concluded.verdict == verdict::contraindicated);
  CHECK(bundle.concluded.kept.findings == life.state.findings);
  life.machine.run("/usr/bin/another", "y");
  life.attests(logs_wanted::increment);
  life.attests(logs_wanted::increment);
  bundle = life.verified();
  CHECK(bundle.evidence.boot->ima.entries == 76);
  CHECK(bundle.concluded.kept.findings.size() == 2);

  life.machine.boot_from("grub-sb-reboot");
  life.attests(logs_wanted::whole);
  CHECK(life.verified().evidence.boot->boot == life.machine.boot);
  // The previous boot is kept, up to the entry that its quote covers.
  bundle = life.verified(number);
  CHECK(bundle.concluded.verdict == verdict::contraindicated);
  CHECK(bundle.evidence.boot->ima.entries == 75);

  life.machine.boot_from("grub-sb");
  life.attests(logs_wanted::whole);
  const auto gone = life.exports(number);
  REQUIRE_FALSE(gone.ok());
  CHECK(gone.fault().check.find("a boot before the last") != std::string::npos);
}

TEST_CASE(
    "evidence that did not verify leaves the newest that did, and its finding as the service's statement") {
  kept_life life;
  life.accept();
  life.attests(logs_wanted::whole);
  life.attests(logs_wanted::increment);
  for (int i = 0; i < 3; ++i) {
    const auto failed =
        life.attests(logs_wanted::increment, [](evidence& e) { e.quote.signature.back() ^= 1; });
    CHECK(failed.state.verdict == verdict::contraindicated);
  }
  auto bundle = life.verified();
  CHECK(bundle.concluded.verdict == verdict::contraindicated);
  CHECK(bundle.header.number.value == 3); // one challenge was for the reference
  REQUIRE(bundle.header.kept.size() == 1);
  CHECK(bundle.header.kept[0].kind == finding_kind::evidence);
  const auto refused = life.exports(life.state.number.value);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.fault().code == errc::not_found);
  life.attests(logs_wanted::whole);
  CHECK(life.verified().concluded.verdict == verdict::affirming);
  CHECK(life.state.proven.value == 0);
}

TEST_CASE("a finding that evidence cannot give again is in each later bundle that may be kept") {
  kept_life life;
  life.attests(logs_wanted::whole);
  life.accept();
  life.attests(logs_wanted::whole);
  const finding changed{finding_kind::event,
                        severity::failure,
                        "event.boot-log-changed",
                        "boot log",
                        {},
                        {},
                        "The boot log changed within a boot.",
                        "reboot the machine"};
  life.state.findings.push_back(changed);
  life.state.findings_total = 1;
  life.state.verdict = verdict::contraindicated;
  const auto quiet = life.attests(logs_wanted::increment);
  REQUIRE_FALSE(quiet.evidence_kept);
  const auto number = life.state.number.value;
  // An attestation that does not verify leaves the quiet one as the newest that did.
  life.attests(logs_wanted::increment, [](evidence& e) { e.quote.signature.back() ^= 1U; });
  life.attests(logs_wanted::whole);
  CHECK(life.verified(number).concluded.verdict == verdict::contraindicated);
}

TEST_CASE("a bundle that is not kept is refused, and the error names those that are") {
  kept_life life;
  CHECK(life.exports().fault().check == "evidence: this node never attested");
  life.attests(logs_wanted::whole);
  life.machine.run("/usr/bin/program", "x");
  life.attests(logs_wanted::increment);
  const auto refused = life.exports(99);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.fault().code == errc::not_found);
  CHECK(refused.fault().check.ends_with("changed: 2"));
  life.node.id.raw[0] ^= 1;
  CHECK(life.exports().fault().check == "evidence: there is no such node");
}

TEST_CASE("whole logs of the same boot replace the stored ones") {
  kept_life life;
  life.attests(logs_wanted::whole);
  const auto before = life.state.log;
  life.machine.run("/usr/bin/program", "x");
  life.attests(logs_wanted::whole);
  CHECK(life.state.log == before);
  CHECK(life.verified().evidence.boot->ima.entries == 75);
}

TEST_CASE("logs and claims without a reference are swept, and those that others share stay") {
  kept_life life;
  kept_life other; // boots alike, in a database of its own: sizes to compare with
  life.attests(logs_wanted::whole);
  other.attests(logs_wanted::whole);
  CHECK(life.size().loose == 0);
  for (int i = 0; i < 3; ++i) {
    life.machine.boot_from(i % 2 == 0 ? "grub-sb-cmdline" : "grub-sb-initrd");
    life.attests(logs_wanted::whole);
  }
  const auto loose = life.size().loose;
  CHECK(loose > 0);
  write_batch one;
  one.sweep_loose(1);
  life.commit(std::move(one));
  CHECK(life.size().loose == loose - 1);
  write_batch rest;
  rest.sweep_loose(1000);
  life.commit(std::move(rest));
  CHECK(life.size().loose == 0);
  CHECK(life.verified().differs.empty());

  // Forgetting the node frees everything.
  write_batch forget;
  forget.drop_use({*life.state.boot_claims});
  forget.clear_log(life.node.id, life.state.log).clear_log(life.node.id, life.state.last_log);
  forget.sweep_loose(1000);
  life.commit(std::move(forget));
  CHECK_FALSE(life.reader().get<tables::boots>({*life.state.boot_claims}).ok());
  CHECK_FALSE(life.reader().log_piece(life.node.id, life.state.log, 0)->has_value());
}

TEST_CASE(
    "check 02: an export carries the AK's certificate, and the log's proof once a head covers the verdict") {
  kept_life life;
  const certified_service issuer;
  appraisal::bundle_header header;
  header.node = life.node.id;
  appraisal::kept_evidence evidence;
  evidence.ak_public = life.node.ak_public;
  header.evidence = std::make_shared<const appraisal::kept_evidence>(evidence);
  issuer.put_certificate(header, {header.node, {1}});
  const auto log_key = crypto::private_key::make_ec(crypto::curve::p256);
  const auto sign_head = [&] {
    const auto size = life.reader().log_size()->leaves;
    const auto root = life.reader().log_root(size);
    REQUIRE(root.ok());
    write_batch batch;
    batch.put<tables::log_heads>({size}, to_record(*crypto::sign_log_head({size, *root, {9}}, log_key)));
    life.commit(std::move(batch));
  };
  const auto enter = [&](wall_time when, const std::string& text) {
    write_batch batch;
    batch.append_audit(audit_entry(when, "service", "certificate", life.node.id, text));
    life.commit(std::move(batch));
  };
  life.attests(logs_wanted::whole);
  CHECK(life.verified().header.ak_certificate.empty());

  // Other machines enrol in the same millisecond.
  enter({499}, "enrolled, serial 00");
  enter({500}, "enrolled, serial 02");
  write_batch issued;
  issued.put<tables::ak_certificates>(
      life.node.id, to_record(ak_certificate_record{{1}, header.ak_certificate, header.ak_chain, {500}}));
  life.commit(std::move(issued));
  enter({500}, "enrolled, serial 01, " + appraisal::ak_certificate_words(header.ak_certificate));
  for (std::uint64_t i = 0; i < 20; ++i)
    enter({600 + i}, "renewed");
  life.accept();
  life.attests(logs_wanted::whole); // none -> affirming
  const auto unsealed = life.verified();
  CHECK(appraisal::verify_bundle_ak(unsealed.header, issuer.anchors()).ok());
  CHECK_FALSE(unsealed.header.log.has_value());

  sign_head();
  const auto proven = life.verified();
  const auto time = appraisal::verify_log_proof(proven.header, log_key.pub());
  REQUIRE_MESSAGE(time.ok(), time.fault().check);
  CHECK(time->certificate == 2);
  CHECK(time->quote == 23);

  // A routine attestation enters nothing, so its time is not bounded.
  life.attests(logs_wanted::increment);
  sign_head();
  CHECK(appraisal::verify_log_proof(life.verified().header, log_key.pub()).fault().code == errc::not_found);

  // The certificate of another generation does not belong to this bundle.
  write_batch next;
  next.put<tables::ak_certificates>(
      life.node.id, to_record(ak_certificate_record{{2}, header.ak_certificate, header.ak_chain, {500}}));
  life.commit(std::move(next));
  CHECK(life.verified().header.ak_certificate.empty());
}

TEST_CASE("a log that vanished during an export is reported, and nothing is written that would verify") {
  kept_life life;
  life.attests(logs_wanted::whole);
  write_batch batch;
  batch.clear_log(life.node.id, life.state.log);
  life.commit(std::move(batch));
  const auto refused = life.exports();
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.fault().code == errc::conflict);
}
