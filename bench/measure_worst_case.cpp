#include "appraisal/extraction/extraction.hpp"
#include "bench/long_evidence.hpp"
#include "bench/measurements.hpp"
#include "bench/service.hpp"
#include "bench/signature_verify.hpp"
#include "bench/whole_attestation.hpp"
#include "bench/worst_inputs.hpp"
#include "tpm/evidence/boot_aggregate.hpp"
#include "tpm/evidence/boot_replay.hpp"

#include <iomanip>
#include <iostream>
#include <sstream>

namespace muster::bench {

namespace {

constexpr double budget = 3;
/// An input is judged repeatedly for at least this long, so that a quick one is measured as precisely as any
/// other.
constexpr std::chrono::milliseconds least_time{20};

constexpr std::string_view excluded[] = {"/var/log", "/var/cache", "/var/lib/docker", "/run/user",
                                         "/srv/data"};
constexpr std::string_view excluded_patterns[] = {
    "/srv/jobs/[0-9]+/output", "/srv/www/[a-z0-9.-]+/uploads/.*", "/home/[^/]+/\\.cache/.*",
    "/opt/[a-z]+/var/.*",      "/data/(raw|cooked)/[0-9]{4}/.*",  "/var/spool/[a-z]+/[0-9a-f]+",
    "/tmp/build-[0-9]+/.*",    "/mnt/[^/]+/(media|backup)/.*"};
constexpr std::string_view signed_patterns[] = {"/opt/signed/.*", "/opt/signed by us/[^/]+/bin/.*",
                                                "/usr/local/[a-z ]+/sbin/.*", "/srv/[^/]+/plugins/.*\\.so"};
constexpr std::size_t denied_digests = 1'000;

status add_patterns(std::vector<appraisal::pattern>& out, std::span<const std::string_view> texts) {
  for (const auto text : texts) {
    auto made = appraisal::make_path_pattern(std::string{text});
    if (!made) return made.fault();
    out.push_back(*std::move(made));
  }
  return {};
}

status add_key(appraisal::signature_rules& out, const crypto::private_key& key, std::uint32_t id) {
  auto pinned = appraisal::pinned_key::from_spki(key.pub().spki(), id);
  if (!pinned) return pinned.fault();
  out.keys.push_back(*std::move(pinned));
  return {};
}

/// A policy such as operators write, with a little of everything.
result<std::shared_ptr<const appraisal::policy>> make_policy(const input_parts& parts, baseline kind) {
  appraisal::policy out;
  for (const auto place : excluded)
    out.exclude.emplace_back(place);
  if (auto added = add_patterns(out.exclude_matching, excluded_patterns); !added) return added.fault();
  for (std::size_t i = 0; i < denied_digests; ++i)
    out.denied.add({hash_algorithm::sha256,
                    crypto::digest{crypto::sha256(as_bytes("denied " + std::to_string(i)))}, "CVE"});
  out.denied.add({hash_algorithm::sha256, crypto::digest{crypto::sha256(as_bytes(denied_content))}, "CVE"});
  out.signatures.mode = appraisal::signature_mode::accept;
  if (auto added = add_key(out.signatures, parts.p256, p256_key_id); !added) return added.fault();
  if (auto added = add_key(out.signatures, parts.rsa, rsa_key_id); !added) return added.fault();
  if (kind != baseline::honest)
    if (auto added = add_patterns(out.signatures.required, signed_patterns); !added) return added.fault();
  out.buffers.keyrings.push_back({".ima", crypto::sha256(as_bytes("key"))});
  out.buffers.critical_data.push_back({std::string{ruled_label}, crypto::sha256(as_bytes("data"))});
  for (const auto* text : {"root=/dev/vda2 .*", "root=UUID=[0-9a-f-]+ ro .*"}) {
    auto made = appraisal::pattern::make(text);
    if (!made) return made.fault();
    out.buffers.kexec_command_line.push_back(*std::move(made));
  }
  for (const auto* text : {"(.* )?init=.*", "(.* )?lockdown=none( .*)?"}) {
    auto made = appraisal::pattern::make(text);
    if (!made) return made.fault();
    out.require.command_line_excludes.push_back(*std::move(made));
  }
  if (const auto defect = appraisal::defect_of(out); !defect.empty()) return fault{errc::internal, defect};
  return std::make_shared<const appraisal::policy>(std::move(out));
}

/// The set learnt from the machine with the long log: a hundred thousand files, and its boot.
result<std::shared_ptr<const appraisal::reference_set>>
make_reference(soft_machine& machine, const evidence_input& honest, const judges& alone) {
  const auto quoted = whole_attestation::make(machine, honest, alone);
  if (!quoted) return quoted.fault();
  const auto judged = quoted->run(alone);
  if (!judged) return judged.fault();
  const auto teaches = appraisal::may_teach(
      {"bench", &*judged->outcome.claims, &judged->outcome.files, {}, endorsement::vendor}, *alone.policy);
  if (!teaches) return teaches.fault();
  auto content = appraisal::extract(*teaches, {}, "bench");
  if (!content) return content.fault();
  return appraisal::reference_set::make(*std::move(content));
}

/// SHA-256 of PCR 0 to 9 after that boot log: the value of a genuine boot_aggregate.
result<crypto::digest> aggregate_of(byte_view boot_log) {
  const auto events = tpm::parse_event_log(boot_log);
  if (!events) return events.fault();
  const auto values = tpm::values_after(&*events, routine_selection());
  if (!values) return values.fault();
  tpm::pcr_selection covered;
  if (auto added = covered.add(hash_algorithm::sha256, tpm::pcr_mask(0, 9)); !added) return added.fault();
  return tpm::digest_of(*values, covered, hash_algorithm::sha256);
}

/// The honest evidence of one kind, and the rules that it is judged by.
struct side {
  judges by;
  std::optional<whole_attestation> evidence;
};

class worst_case {
public:
  worst_case(soft_machine machine, input_parts parts)
      : machine_{std::move(machine)}, parts_{std::move(parts)} {}

  status prepare(const evidence_input& honest) {
    std::shared_ptr<const appraisal::reference_set> reference;
    for (std::size_t i = 0; i < baseline_count; ++i) {
      const auto kind = static_cast<baseline>(i);
      auto policy = make_policy(parts_, kind);
      if (!policy) return policy.fault();
      auto& made = sides_[i];
      made.by.policy = *std::move(policy);
      if (reference == nullptr) {
        auto learnt = make_reference(machine_, honest, made.by);
        if (!learnt) return learnt.fault();
        reference = *std::move(learnt);
      }
      made.by.reference = reference;
      const bool is_signed = kind == baseline::honest_p256_signed || kind == baseline::honest_rsa_signed;
      auto evidence =
          whole_attestation::make(machine_, is_signed ? honest_signed(parts_, kind) : honest, made.by);
      if (!evidence) return evidence.fault();
      made.evidence = *std::move(evidence);
      const auto judged = made.evidence->run(made.by);
      if (!judged) return judged.fault();
      if (judged->listed != 0)
        return fault{errc::internal, "worst case: the honest evidence has a finding: " + judged->first};
    }
    return {};
  }

  struct cost {
    double ns = 0;    ///< for each byte
    double ratio = 0; ///< to honest evidence
    std::size_t findings = 0;
  };

  result<cost> measure(const worst_input& input, unsigned rounds) {
    const auto& honest = sides_[static_cast<std::size_t>(input.compared)];
    const auto evidence = whole_attestation::make(machine_, input.make(parts_), honest.by);
    if (!evidence) return named(input, evidence.fault());
    cost out;
    std::vector<double> costs, ratios;
    for (unsigned round = 0; round < rounds; ++round) {
      const auto usual = ns_per_byte(*honest.evidence, honest.by, out.findings);
      if (!usual) return usual.fault();
      const auto dear = ns_per_byte(*evidence, honest.by, out.findings);
      if (!dear) return named(input, dear.fault());
      costs.push_back(*dear);
      ratios.push_back(*dear / *usual);
    }
    out.ns = median(costs);
    out.ratio = median(ratios);
    return out;
  }

private:
  static fault named(const worst_input& input, const fault& why) {
    return {why.code, std::string{input.name} + ": " + why.check};
  }

  static result<double> ns_per_byte(const whole_attestation& evidence, const judges& by,
                                    std::size_t& findings) {
    std::chrono::nanoseconds spent{0};
    unsigned times = 0;
    for (; spent < least_time; ++times) {
      const auto judged = evidence.run(by);
      if (!judged) return judged.fault();
      spent += judged->spent;
      findings = judged->listed;
    }
    return static_cast<double>(spent.count()) / times / static_cast<double>(evidence.size());
  }

  soft_machine machine_;
  input_parts parts_;
  std::array<side, baseline_count> sides_;
};

std::string line_of(const worst_input& input, const worst_case::cost& cost) {
  std::ostringstream out;
  out << input.name << std::fixed << std::setprecision(1) << ": " << cost.ns << " ns a byte, "
      << cost.findings << " findings";
  return out.str();
}

} // namespace

status measure_worst_case(const options& how, report& out) {
  std::cerr << "bench: evidence that is made to be dear" << std::endl;
  auto logs = make_long_evidence();
  if (!logs) return logs.fault();
  const auto aggregate = aggregate_of(logs->boot_log);
  if (!aggregate) return aggregate.fault();
  auto rsa = crypto::private_key::make_rsa(2048);
  if (!rsa) return rsa.fault();
  const auto folder = scratch_folder::make();
  if (!folder) return folder.fault();
  const auto vendor = lab::vendor::create(folder->path() / "vendor");
  if (!vendor) return vendor.fault();
  auto machine = soft_machine::make(*vendor);
  if (!machine) return machine.fault();
  worst_case work{
      *std::move(machine),
      {logs->boot_log, crypto::private_key::make_ec(crypto::curve::p256), *std::move(rsa), *aggregate}};
  if (auto ready = work.prepare({std::move(logs->boot_log), std::move(logs->ima_log)}); !ready) return ready;

  // The full list only if nothing else was asked for: it is long.
  const bool detailed = how.only.contains("worst_case_cost_ratio");
  worst_case::cost worst;
  std::string_view name;
  for (const auto table : {worst_boot_logs(), worst_ima_lists()})
    for (const auto& input : table) {
      if (input.name.find(how.input) == std::string_view::npos) continue;
      const auto cost = work.measure(input, how.rounds);
      if (!cost) return cost.fault();
      if (detailed) out.push_back({"", line_of(input, *cost), cost->ratio, "x"});
      if (cost->ratio <= worst.ratio) continue;
      worst = *cost;
      name = input.name;
    }
  out.push_back({"", "the dearest evidence is " + std::string{name}, worst.ns, "ns/byte"});
  out.push_back({"worst_case_cost_ratio", "the dearest evidence / honest evidence, a byte", worst.ratio, "x",
                 budget_kind::at_most, budget});
  return {};
}

} // namespace muster::bench
