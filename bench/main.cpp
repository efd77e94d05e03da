// muster-bench: measures the budgets.
#include "bench/load.hpp"
#include "bench/measurements.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <iostream>

namespace {

using namespace muster;

/// A group of numbers that are measured together.
struct group {
  std::vector<std::string_view> keys;
  status (*measure)(const bench::options&, bench::report&);
};

const std::array groups{
    group{{"attestation_cpu_ratio_p256", "attestations_per_s", "heartbeat_cpu_us", "rss_per_agent_bytes"},
          bench::measure_service},
    group{{"attestation_cpu_ratio_rsa2048"}, bench::measure_rsa},
    group{{"attestation_cpu_ratio_p256_100k_policy"}, bench::measure_large_policy},
    group{{"first_full_log_100k_ms"}, bench::measure_full_log},
    group{{"whatif_nodes_per_s"}, bench::measure_what_if},
    group{{"ima_entries_per_s"}, bench::measure_ima},
    group{{"event_logs_per_s"}, bench::measure_event_logs},
    group{{"worst_case_cost_ratio"}, bench::measure_worst_case},
    group{{"agent_rss_anon_bytes"}, bench::measure_agent},
};

/// Exit status: 0 everything was measured, whether or not the budgets were met; 1 something was not measured.
int measure(const bench::options& how, const std::string& json) {
  bench::report numbers;
  bool whole = true;
  for (const auto& one : groups) {
    if (std::none_of(one.keys.begin(), one.keys.end(), [&](auto key) { return how.wants(key); })) continue;
    const auto done = one.measure(how, numbers);
    if (done) continue;
    std::cerr << "muster-bench: not measured:";
    for (const auto key : one.keys)
      if (std::none_of(numbers.begin(), numbers.end(), [&](const auto& n) { return n.key == key; }))
        std::cerr << ' ' << key;
    std::cerr << ": " << done.fault().check << '\n';
    whole = false;
  }
  bench::print_table(std::cout, numbers);
  if (!json.empty())
    if (const auto written = bench::write_json(json, numbers); !written) {
      std::cerr << "muster-bench: " << written.fault().check << '\n';
      whole = false;
    }
  return whole ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"muster-bench: measures the budgets of Muster. The machine should be idle."};
  bench::options how;
  std::string json;
  std::vector<std::string> only;
  app.add_option("--json", json, "File for the numbers, as one flat object");
  app.add_option("--sessions", how.sessions, "Machines that are connected at once")
      ->check(CLI::Range(1, 9'000))
      ->capture_default_str();
  app.add_option("--rounds", how.rounds, "Rounds; the median counts")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--only", only, "Measure only the group of this number; may be repeated");
  app.add_option("--input", how.input, "Of worst_case_cost_ratio, only inputs whose name has this in it");

  bench::load_plan plan;
  auto* load = app.add_subcommand("load", "")->group("");
  load->add_option("--port", plan.port)->required();
  load->add_option("--service", plan.service_name)->required();
  load->add_option("--anchor", plan.anchor)->required();
  load->add_option("--vendor", plan.vendor)->required();
  load->add_option("--evidence", plan.evidence)->required();
  load->add_option("--machines", plan.machines)->required();
  load->add_option("--in-flight", plan.in_flight)->required();
  load->add_flag("--rsa", plan.rsa);

  CLI11_PARSE(app, argc, argv);
  if (*load) return bench::serve_load(plan);
  for (auto& key : only) {
    const bool known = std::any_of(groups.begin(), groups.end(), [&](const auto& one) {
      return std::find(one.keys.begin(), one.keys.end(), key) != one.keys.end();
    });
    if (!known) {
      std::cerr << "muster-bench: there is no number " << key << '\n';
      return 2;
    }
    how.only.insert(key);
  }
  return measure(how, json);
}
