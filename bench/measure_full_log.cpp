#include "bench/long_evidence.hpp"
#include "bench/measurements.hpp"
#include "bench/service.hpp"

#include <fstream>
#include <iostream>

namespace muster::bench {

namespace {

namespace fs = std::filesystem;

constexpr double ms = 1e6; // nanoseconds

std::string last_line(const fs::path& log) {
  std::ifstream in{log};
  std::string line, last;
  while (std::getline(in, line))
    last = line;
  return last.empty() ? "" : "; ras said last: " + printable(last, 300);
}

class full_log_bench {
public:
  full_log_bench(const options& how, const fs::path& folder, service s)
      : how_{how}, folder_{folder}, service_{std::move(s)} {}

  status run(report& out) {
    auto done = measure(out);
    if (done) return {};
    return fault{done.fault().code, done.fault().check + last_line(service_.log())};
  }

private:
  status measure(report& out) {
    if (auto made = write_long_evidence(folder_ / "evidence"); !made) return made;
    if (auto started = service_.start(); !started) return started;
    const std::size_t machines = how_.rounds + 1U; // each has only one first attestation
    auto made = load::start({service_.port(), std::string{service::name}, service_.anchor(),
                             service_.vendor(), folder_ / "evidence", machines, 1});
    if (!made) return made.fault();
    for (const auto step : {task::enrol, task::connect})
      if (auto done = made->run(step, machines); !done) return done;
    if (auto done = made->run(task::attest, 1); !done) return done;
    if (auto accepted = service_.accept_reference(made->first_node()); !accepted) return accepted;
    if (auto trusted = service_.wait_for_trusted(1); !trusted) return trusted;

    std::vector<double> costs;
    for (unsigned round = 0; round < how_.rounds; ++round) {
      const auto before = service_.running().cpu_time();
      if (!before) return before.fault();
      if (auto done = made->run(task::attest, 1); !done) return done;
      const auto after = service_.running().cpu_time();
      if (!after) return after.fault();
      costs.push_back(static_cast<double>((*after - *before).count()) / ms);
    }
    if (auto trusted = service_.wait_for_trusted(machines); !trusted) return trusted;
    out.push_back(
        {"first_full_log_100k_ms", "first IMA log of 100,000 entries, CPU of ras", median(costs), "ms"});
    return {};
  }

  const options& how_;
  fs::path folder_;
  service service_;
};

} // namespace

status measure_full_log(const options& how, report& out) {
  std::cerr << "bench: first attestations with 100,000 files each" << std::endl;
  const auto folder = scratch_folder::make();
  if (!folder) return folder.fault();
  auto prepared = service::prepare(folder->path(), how.rounds + 1U);
  if (!prepared) return prepared.fault();
  return full_log_bench{how, folder->path(), std::move(*prepared)}.run(out);
}

} // namespace muster::bench
