#include "bench/measurements.hpp"
#include "bench/service.hpp"
#include "lab/files.hpp"
#include "lab/machine.hpp"

#include <iostream>
#include <sstream>
#include <thread>

namespace muster::bench {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds working{5}; // many attestations at the interval set here

std::string configuration(const fs::path& folder, const service& with, const lab::machine& machine) {
  std::ostringstream out;
  out << "service:\n  addresses: [\"127.0.0.1:" << with.port() << "\"]\n  name: " << service::name
      << "\n  anchor: " << with.anchor().string() << "\ntpm: " << machine.tpm_address()
      << "\nstate: " << (folder / "agent").string()
      << "\nplatform:\n  boot_id: " << machine.boot_id().string()
      << "\n  boot_log: " << machine.boot_log().string() << "\n  ima_log: " << machine.ima_log().string()
      << "\n  facts: " << machine.facts().string() << "\njitter: 0s\n";
  return out.str();
}

/// Switches the machine off at the end, whatever happened: its TPM is a process.
class powered {
public:
  explicit powered(lab::machine machine) : machine_{std::move(machine)} {}
  ~powered() { (void)machine_.off(); }
  powered(const powered&) = delete;
  powered& operator=(const powered&) = delete;
  lab::machine& machine() noexcept { return machine_; }

private:
  lab::machine machine_;
};

} // namespace

status measure_agent(const options&, report& out) {
  std::cerr << "bench: raagent on a machine of the lab" << std::endl;
  const auto program = program_folder() / "raagent";
  if (!fs::exists(program)) return fault{errc::not_found, program.string() + " is missing; build it first"};
  const auto folder = scratch_folder::make();
  if (!folder) return folder.fault();
  auto with = service::prepare(folder->path(), 1, service::pace::of_an_agent);
  if (!with) return with.fault();
  if (auto started = with->start(); !started) return started;
  const auto vendor = lab::vendor::open(with->vendor());
  if (!vendor) return vendor.fault();
  auto created = lab::machine::create(folder->path() / "node", &*vendor);
  if (!created) return created.fault();
  powered node{std::move(*created)};
  if (auto booted = node.machine().boot({}); !booted) return booted;
  const auto file = folder->path() / "node.yaml";
  if (auto kept = lab::replace_file(file, as_bytes(configuration(folder->path(), *with, node.machine())));
      !kept)
    return kept;
  auto agent = process::start({{program.string(), "--config", file.string()}, folder->path() / "agent.log"});
  if (!agent) return agent.fault();

  const auto last = std::chrono::steady_clock::now() + trusted_within;
  for (auto attested = with->count_attested(); !attested || *attested == 0;
       attested = with->count_attested()) {
    if (!agent->running() || std::chrono::steady_clock::now() > last) {
      const auto words = lab::read_file(folder->path() / "agent.log");
      return fault{errc::timeout,
                   "raagent did not attest: " + (words ? printable(as_text(*words), 1500) : "")};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
  }
  std::this_thread::sleep_for(working);
  const auto bytes = agent->anonymous_bytes();
  if (!bytes) return bytes.fault();
  out.push_back({"agent_rss_anon_bytes", "raagent, RssAnon", static_cast<double>(*bytes), "bytes",
                 budget_kind::at_most, 4 * 1024 * 1024});
  return {};
}

} // namespace muster::bench
