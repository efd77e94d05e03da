#include "bench/measurements.hpp"
#include "bench/service.hpp"
#include "crypto/digest.hpp"
#include "lab/files.hpp"
#include "lab/ima_list.hpp"

#include <fstream>
#include <iostream>

namespace muster::bench {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t long_log_entries = 100'000;
constexpr double ms = 1e6; // nanoseconds

/// The logs of a real machine, whose IMA log goes on until it has that many entries more.
status write_evidence(const fs::path& folder) {
  const auto real = fs::path{MUSTER_SOURCE_DIR} / "tests/data/vm/grub-sb";
  const auto boot = lab::read_file(real / "binary_bios_measurements");
  if (!boot) return boot.fault();
  auto ima = lab::read_file(real / "binary_runtime_measurements");
  if (!ima) return ima.fault();
  for (std::size_t i = 0; i < long_log_entries; ++i) {
    const auto path = "/usr/lib/x86_64-linux-gnu/package/plugin-" + std::to_string(i) + ".so";
    append(*ima, lab::ima_entry(lab::ima_data(path, crypto::sha256(as_bytes(path)))));
  }
  if (auto made = lab::make_empty_folder(folder); !made) return made;
  if (auto kept = lab::replace_file(folder / "binary_bios_measurements", *boot); !kept) return kept;
  return lab::replace_file(folder / "binary_runtime_measurements", *ima);
}

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
    if (auto made = write_evidence(folder_ / "evidence"); !made) return made;
    if (auto started = service_.start(); !started) return started;
    const std::size_t machines = how_.rounds + 1U; // each has one first attestation
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
