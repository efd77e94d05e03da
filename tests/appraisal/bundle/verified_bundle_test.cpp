// Bundles: any change is noticed, and by the right check; an unchanged bundle verifies to the same result.
#include "tests/appraisal/bundled.hpp"
#include "tests/appraisal/samples.hpp"

using namespace muster;
using namespace muster::appraisal;
using namespace muster::testing;

namespace {

/// A machine that is its own reference.
attesting_machine referred_machine() {
  attesting_machine m{"grub-sb"};
  const auto in = challenge_of(m, logs_wanted::whole);
  const auto out = appraise(in, m.answer(in));
  REQUIRE(out.end == attestation_end::verified);
  m.recorded = std::make_shared<recorded_boot>(*out.boot);
  m.reference = samples::reference_of(*out.claims, out.files);
  return m;
}

std::string why(const result<verified_bundle>& verified) {
  return verified ? "it verified" : verified.fault().check;
}

template <class T> T made(result<T> in) {
  REQUIRE_MESSAGE(in.ok(), in.fault().check);
  return *std::move(in);
}

/// Builds a bundle from `in` as an attacker would who can write any bytes but sign nothing: evidence that
/// does not verify goes in unchecked, and the digest at the end is right.
std::vector<frame> forged(const bundled& in, const result_content& stated) {
  auto out = parts_before_result(in);
  out.push_back(result_part(to_record(stated).content()));
  bytes32 chain{};
  for (const auto& part : out)
    chain = crypto::sha256({chain, part.view()});
  out.push_back(end_part(chain));
  return out;
}

} // namespace

TEST_CASE("a bundle verifies to the result that it carries, however its bytes are split") {
  auto m = referred_machine();
  const auto parts = made(parts_of(bundle_of(m)));
  const auto file = file_of(parts);
  for (const std::size_t step : {std::size_t{1}, std::size_t{999}, file.size()}) {
    const auto verified = verify_file(file, step);
    REQUIRE_MESSAGE(verified.ok(), verified.fault().check);
    CHECK(verified->differs.empty());
    CHECK(verified->concluded.verdict == verdict::affirming);
    CHECK(verified->evidence.boot->ima.entries == 74);
  }
}

TEST_CASE("evidence of an increment is verified again with the logs from entry 0") {
  auto m = referred_machine();
  m.run("/usr/bin/implant", "x");
  auto whole = bundle_of(m);
  const auto in = challenge_of(m, logs_wanted::increment);
  const auto e = m.answer(in);
  whole.header.number = in.challenge.number;
  whole.header.evidence = std::make_shared<const kept_evidence>(kept_from(m, in, e));
  CHECK(e.ima_log.size() < whole.ima_log.size());
  const auto verified = made(verify(made(parts_of(whole))));
  CHECK(verified.differs.empty());
  CHECK(verified.concluded.verdict == verdict::contraindicated);
  CHECK(verified.evidence.boot->ima.entries == 75);
  REQUIRE(verified.concluded.kept.findings.size() == 1);
  CHECK(verified.concluded.kept.findings[0].subject == "/usr/bin/implant");
}

TEST_CASE("entries after the quoted prefix change nothing") {
  auto m = referred_machine();
  auto earlier = bundle_of(m);
  m.run("/usr/bin/implant", "x");
  earlier.ima_log = bundle_of(m).ima_log;
  const auto verified = made(verify(made(parts_of(earlier))));
  CHECK(verified.concluded.verdict == verdict::affirming);
  CHECK(verified.evidence.boot->ima.entries == 74);
}

TEST_CASE("findings that evidence cannot give are carried as the service's statement") {
  auto m = referred_machine();
  auto in = bundle_of(m);
  in.header.kept = {
      {finding_kind::evidence, severity::failure, "evidence.quote", "evidence", "", "x", "", ""}};
  CHECK(made(verify(made(parts_of(in)))).concluded.verdict == verdict::contraindicated);
  in.header.kept[0].kind = finding_kind::claim;
  CHECK(why(verify(parts_before_result(in))).find("header, byte 0: fields: kept") != std::string::npos);
}

TEST_CASE("each attack on a bundle is noticed by its own check") {
  auto m = referred_machine();
  attesting_machine other{"grub-sb-cmdline"};
  const auto good = bundle_of(m);
  const auto stated = made(verify(made(parts_of(good)))).result;
  const auto with_evidence = [](bundled& in, const std::function<void(kept_evidence&)>& change) {
    auto copy = *in.header.evidence;
    change(copy);
    in.header.evidence = std::make_shared<const kept_evidence>(std::move(copy));
  };
  struct attack {
    const char* name;
    std::function<void(bundled&)> change;
    const char* noticed;
  };
  const attack attacks[] = {
      {"nonce of another challenge",
       [&](bundled& in) { with_evidence(in, [](auto& e) { e.nonce[0] ^= 1; }); }, "header, byte 0: quote"},
      {"exporter of another session",
       [&](bundled& in) { with_evidence(in, [](auto& e) { e.exporter[0] ^= 1; }); }, "header, byte 0: quote"},
      {"node key of another", [&](bundled& in) { with_evidence(in, [](auto& e) { e.node_spki[0] ^= 1; }); },
       "header, byte 0: quote"},
      {"manifest changed", [&](bundled& in) { with_evidence(in, [](auto& e) { e.manifest[60] ^= 1; }); },
       "header, byte 0: "},
      {"AK of another TPM",
       [&](bundled& in) { with_evidence(in, [&](auto& e) { e.ak_public = other.chip().ak().raw(); }); },
       "header, byte 0: "},
      {"quote changed", [&](bundled& in) { with_evidence(in, [](auto& e) { e.attest.back() ^= 1; }); },
       "header, byte 0: "},
      {"node id of another", [](bundled& in) { in.header.node.raw[0] ^= 1; }, "identity: the node id"},
      {"EK of another", [&](bundled& in) { in.header.ek_public = other.chip().ek().raw(); },
       "identity: the node id"},
      {"number of another attestation", [](bundled& in) { in.header.number.value += 1; },
       "manifest: it belongs to another attestation"},
      {"policy swapped",
       [](bundled& in) { in.policy = muster::to_bytes(to_record(policy{}).content()), in.policy[40] ^= 1; },
       "policy, byte "},
      {"reference swapped", [](bundled& in) { in.reference[100] ^= 1; }, "reference: it is not the set"},
      {"reference left out", [](bundled& in) { in.reference.clear(); }, "reference: it is not the set"},
      {"boot log changed", [](bundled& in) { in.boot_log[in.boot_log.size() / 2] ^= 1; }, "boot-log: "},
      {"boot log left out", [](bundled& in) { in.boot_log.clear(); }, "boot-log: "},
      {"IMA log changed", [](bundled& in) { in.ima_log[60] ^= 1; }, "ima-log: "},
      {"IMA log shortened", [](bundled& in) { in.ima_log.resize(in.ima_log.size() - 200); }, "ima-log: "},
      {"IMA log left out", [](bundled& in) { in.ima_log.clear(); }, "ima-log: "},
  };
  for (const auto& one : attacks) {
    CAPTURE(one.name);
    auto in = good;
    one.change(in);
    const auto noticed = why(verify(forged(in, stated)));
    CAPTURE(noticed);
    CHECK(noticed.find(one.noticed) != std::string::npos);
  }
}

TEST_CASE("an edited result is reported field by field, even if the digest at the end fits it") {
  auto m = referred_machine();
  m.run("/usr/bin/implant", "x");
  const auto good = bundle_of(m);
  const auto edited = [&](const std::function<void(result_content&)>& change) {
    return made(verify(made(parts_of(good, change)))).differs;
  };
  using names = std::vector<std::string>;
  CHECK(edited([](auto&) {}).empty());
  CHECK(edited([](auto& r) { r.verdict = verdict::affirming; })
        == names{"verdict: contraindicated against affirming"});
  CHECK(edited([](auto& r) { r.findings.clear(); })
        == names{"findings: ima.unknown-file of /usr/bin/implant is only in the first"});
  CHECK(edited([](auto& r) { r.reference.reset(); }) == names{"referenceDigest"});
  CHECK(edited([](auto& r) { r.policy = bytes32{}; }) == names{"policyDigest"});
  CHECK(edited([](auto& r) { r.vouched_by = endorsement::inventory; }) == names{"endorsement"});
  CHECK(edited([](auto& r) { r.decided = {1}; }) == names{"decidedMs"});
  CHECK(edited([](auto& r) { r.number = {99}; }) == names{"number"});
}

TEST_CASE("another reference or policy with its own digest leads to another result") {
  auto m = referred_machine();
  const auto good = bundle_of(m);
  const auto stated = made(verify(made(parts_of(good)))).result;
  auto in = good;
  policy lenient;
  lenient.of(judged_check::unknown_file) = severity::note;
  in.policy = muster::to_bytes(to_record(lenient).content());
  in.header.policy = crypto::sha256(in.policy);
  CHECK(made(verify(forged(in, stated))).differs == std::vector<std::string>{"policyDigest"});

  attesting_machine other{"grub-sb-cmdline"};
  const auto other_in = challenge_of(other, logs_wanted::whole);
  const auto other_out = appraise(other_in, other.answer(other_in));
  in = good;
  in.reference = muster::to_bytes(
      to_record(samples::reference_of(*other_out.claims, other_out.files)->content()).content());
  in.header.references = {crypto::sha256(in.reference)};
  const auto differs = made(verify(forged(in, stated))).differs;
  CHECK(std::ranges::count(differs, "referenceDigest") == 1);
}

TEST_CASE("no byte of a bundle can change unnoticed") {
  auto m = referred_machine();
  const auto parts = made(parts_of(bundle_of(m)));
  const auto file = file_of(parts);
  const auto result_digest = crypto::sha256(to_record(made(verify(parts)).result).content());
  // Every byte of heads and of the small parts, every hundredth of the large ones.
  std::size_t at = 0;
  std::size_t tried = 0;
  for (const auto& part : parts) {
    const auto size = part.size() + bundle_frames::head_size;
    const std::size_t step = size > 2000 ? 101 : 7;
    for (std::size_t i = 0; i < size; i += i < bundle_frames::head_size ? 1 : step, ++tried) {
      auto copy = file;
      copy[at + i] ^= 0x10;
      const auto verified = verify_file(copy, copy.size());
      CAPTURE(at + i);
      CHECK_FALSE((verified && verified->differs.empty()));
    }
    at += size;
  }
  CHECK(tried > 1000);
  CHECK(crypto::sha256(to_record(made(verify_file(file)).result).content()) == result_digest);
}

TEST_CASE("parts that are out of order, repeated, missing or cut are refused with their position") {
  auto m = referred_machine();
  const auto parts = made(parts_of(bundle_of(m)));
  const auto order = [&](std::initializer_list<std::size_t> which) {
    std::vector<frame> out;
    for (const auto i : which)
      out.push_back(parts.at(i));
    return why(verify(out));
  };
  const auto last = parts.size() - 1;
  CHECK(order({1}).find("policy, byte 0: a part before it is missing") != std::string::npos);
  CHECK(order({0, 0}).find("a part that comes twice") != std::string::npos);
  CHECK(order({0, 1, 1}).find("a part that comes twice") != std::string::npos);
  CHECK(order({0, 2}).find("a part before it is missing") != std::string::npos);
  CHECK(order({0, 1, last}).find("a part before it is missing") != std::string::npos);
  CHECK(order({0, 1, 2}).find("ends before its end part") != std::string::npos);
  CHECK(order({}).find("ends before its end part") != std::string::npos);
  // Only the end follows the result: no second result, which would not be compared, and no log.
  const auto with = [&](std::size_t part) {
    std::vector<frame> out(parts.begin(), parts.end() - 1);
    out.push_back(parts.at(part));
    return why(verify(out));
  };
  CHECK(with(last - 1).find("a part that comes twice") != std::string::npos);
  CHECK(with(last - 2).find("a part out of order") != std::string::npos);
  auto more = parts;
  more.push_back(parts.back());
  CHECK(why(verify(more)).find("a part out of order") != std::string::npos);

  const auto file = file_of(parts);
  CHECK(why(verify_file(byte_view{file}.first(file.size() - 1))).find("in the middle of a part")
        != std::string::npos);
  const bytes huge{0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0};
  CHECK(why(verify_file(huge)).find("over 64 MiB") != std::string::npos);
  CHECK(why(verify_file(as_bytes("#!/bin/sh\necho hello"))).find("not a part of a bundle")
        != std::string::npos);
}

TEST_CASE("the same evidence can be judged under other rules") {
  auto m = referred_machine();
  m.run("/usr/bin/implant", "x");
  const auto bundle = made(verify(made(parts_of(bundle_of(m)))));
  REQUIRE(bundle.concluded.verdict == verdict::contraindicated);
  policy lenient;
  lenient.of(judged_check::unknown_file) = severity::warning;
  CHECK(what_if(bundle, &lenient, nullptr).verdict == verdict::warning);
  CHECK(what_if(bundle, nullptr, nullptr) == bundle.concluded);
  const auto own = samples::reference_of(*bundle.evidence.claims, bundle.evidence.files);
  CHECK(what_if(bundle, nullptr, own.get()).verdict == verdict::affirming);
}

TEST_CASE("check 20: an entry of a PCR that the policy gives to IMA is read even if it comes last") {
  auto m = referred_machine();
  policy given;
  given.ima_pcrs = 1U << 12U;
  m.rules = std::make_shared<const policy>(given);
  m.measure(ima_ng_data("/usr/bin/implant", "x"), "ima-ng", 12);
  const auto bundle = made(verify(made(parts_of(bundle_of(m)))));
  CHECK(bundle.concluded.verdict == verdict::contraindicated);
  CHECK(samples::find(bundle.concluded.kept.findings, "ima.unknown-file") != nullptr);
}

TEST_CASE("check 23: other rules may require signatures that the bundle's own policy did not check") {
  auto m = referred_machine();
  const auto file = made(parts_of(bundle_of(m)));
  policy signing;
  signing.signatures.required = {pattern::make("/.*").value()};
  signing.signatures.keys = {
      pinned_key::from_file(crypto::private_key::make_ec(crypto::curve::p256).pub().spki()).value()};
  bundle_verification by_them{std::make_shared<const policy>(signing)};
  for (const auto& part : file)
    REQUIRE(by_them.take(part).ok());
  const auto read = made(std::move(by_them).finish());
  CHECK(what_if(read, &signing, nullptr).verdict == verdict::contraindicated);
}

TEST_CASE("a quote over fewer PCRs than the service asks for is not evidence") {
  auto m = referred_machine();
  auto in = challenge_of(m, logs_wanted::whole);
  in.challenge.selection = {};
  REQUIRE(in.challenge.selection.add(hash_algorithm::sha256, tpm::pcr_mask(10, 10)).ok());
  auto bundle = bundle_of(m);
  bundle.header.number = in.challenge.number;
  bundle.header.evidence = std::make_shared<const kept_evidence>(kept_from(m, in, m.answer(in)));
  CHECK(why(verify(parts_before_result(bundle))).find("pcr-selection: the quote does not cover")
        != std::string::npos);
}
