#include "bench/long_evidence.hpp"
#include "bench/measurements.hpp"
#include "bench/round.hpp"

#include <iostream>

namespace muster::bench {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t ratio_turns = 5; // of each session in one round
constexpr unsigned pairs = 9;

/// A policy such as operators write, which all machines of the load satisfy.
constexpr std::string_view demanding_policy = R"(version: 1
ima:
  exclude_matching: ['/srv/jobs/[0-9]+/output', '/srv/www/[a-z0-9.-]+/uploads/.*', '/home/[^/]+/\.cache/.*',
                     '/opt/[a-z]+/var/.*', '/data/(raw|cooked)/[0-9]{4}/.*']
require:
  secure_boot: required
  boot_aggregate: required
  ima_policy: command-line
  dbx: {entries: 1}
  command_line:
    matches: ['.* ima_policy=tcb( .*)?']
    must_not_match: ['(.* )?init=.*', '(.* )?lockdown=none( .*)?']
)";

fs::path real_logs() { return fs::path{MUSTER_SOURCE_DIR} / "tests/data/vm/grub-sb"; }

/// A service and its load; all machines are trusted.
class routine {
public:
  static result<routine> prepare(std::size_t machines, std::string_view policy) {
    auto folder = scratch_folder::make();
    if (!folder) return folder.fault();
    auto made = service::prepare(folder->path(), machines + 1, service::pace::of_a_load, policy);
    if (!made) return made.fault();
    return routine{std::move(*folder), std::move(*made), machines};
  }

  /// `teacher`: the folder with the logs of the machine that becomes the reference.
  status begin(const options& how, const fs::path& teacher, bool rsa) {
    if (auto started = service_.start(); !started) return started;
    auto first = load::start(plan(teacher, 1, 1, false));
    if (!first) return first.fault();
    for (const auto step : {task::enrol, task::connect, task::attest, task::hang_up})
      if (auto done = first->run(step, 1); !done) return done;
    if (auto accepted = service_.accept_reference(first->first_node()); !accepted) return accepted;
    auto made = load::start(plan(real_logs(), machines_, how.in_flight, rsa));
    if (!made) return made.fault();
    load_.emplace(std::move(*made));
    for (const auto step : {task::enrol, task::connect, task::attest})
      if (auto done = load_->run(step, machines_); !done) return done;
    return service_.wait_for_trusted(machines_ + 1);
  }

  result<round_cost> round(signature_verify& unit) {
    return measure_round(service_, *load_, unit, task::attest, ratio_turns * machines_);
  }
  status end() { return service_.wait_for_trusted(machines_ + 1); }
  fs::path folder() const { return folder_.path(); }

private:
  routine(scratch_folder folder, service s, std::size_t machines)
      : folder_{std::move(folder)}, service_{std::move(s)}, machines_{machines} {}

  load_plan plan(const fs::path& evidence, std::size_t machines, std::size_t in_flight, bool rsa) const {
    return {service_.port(),   std::string{service::name},
            service_.anchor(), service_.vendor(),
            evidence,          machines,
            in_flight,         rsa};
  }

  scratch_folder folder_;
  service service_;
  std::optional<load> load_;
  std::size_t machines_;
};

} // namespace

status measure_rsa(const options& how, report& out) {
  std::cerr << "bench: attestations with RSA-2048 keys" << std::endl;
  auto side = routine::prepare(how.sessions, {});
  if (!side) return side.fault();
  if (auto begun = side->begin(how, real_logs(), true); !begun) return begun;
  auto key = crypto::private_key::make_rsa(2048);
  if (!key) return key.fault();
  signature_verify unit{std::move(*key)};
  std::vector<double> costs, ratios, units;
  for (unsigned i = 0; i < how.rounds; ++i) {
    const auto cost = side->round(unit);
    if (!cost) return cost.fault();
    costs.push_back(cost->service_us);
    units.push_back(cost->verify_us);
    ratios.push_back(cost->ratio());
  }
  if (auto trusted = side->end(); !trusted) return trusted;
  out.push_back({"", "one OpenSSL RSA-2048 verify", median(units), "us"});
  out.push_back({"", "routine attestation with RSA-2048, CPU of ras", median(costs), "us"});
  out.push_back(
      {"attestation_cpu_ratio_rsa2048", "routine attestation / RSA-2048 verify", median(ratios), "x"});
  return {};
}

status measure_large_policy(const options& how, report& out) {
  std::cerr << "bench: 100,000 references and a policy with patterns, beside the small policy" << std::endl;
  auto small = routine::prepare(how.sessions, {});
  if (!small) return small.fault();
  auto large = routine::prepare(how.sessions, demanding_policy);
  if (!large) return large.fault();
  const auto logs = large->folder() / "evidence";
  if (auto made = write_long_evidence(logs); !made) return made;
  if (auto begun = small->begin(how, real_logs(), false); !begun) return begun;
  if (auto begun = large->begin(how, logs, false); !begun) return begun;
  signature_verify unit{crypto::private_key::make_ec(crypto::curve::p256)};
  std::vector<double> quotients, of_small, of_large;
  for (unsigned i = 0; i < pairs; ++i) {
    const auto one = small->round(unit);
    if (!one) return one.fault();
    const auto other = large->round(unit);
    if (!other) return other.fault();
    of_small.push_back(one->ratio());
    of_large.push_back(other->ratio());
    quotients.push_back(other->service_us / one->service_us);
  }
  for (auto* side : {&*small, &*large})
    if (auto trusted = side->end(); !trusted) return trusted;
  out.push_back({"", "routine attestation / P-256 verify, small policy", median(of_small), "x"});
  out.push_back({"", "the same with 100,000 references and patterns", median(of_large), "x"});
  out.push_back({"attestation_cpu_ratio_p256_100k_policy", "the large against the small", median(quotients),
                 "x", budget_kind::at_most, 1.10});
  return {};
}

} // namespace muster::bench
