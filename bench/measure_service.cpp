#include "bench/load.hpp"
#include "bench/measurements.hpp"
#include "bench/round.hpp"
#include "bench/service.hpp"

#include <fstream>
#include <iostream>
#include <thread>

namespace muster::bench {

namespace {

constexpr std::size_t turns = 5;  // of each session in one round
constexpr std::size_t beats = 20; // of each session in one round
constexpr std::chrono::seconds settling{2};

class session_bench {
public:
  static result<session_bench> prepare(const options& how) {
    auto folder = scratch_folder::make();
    if (!folder) return folder.fault();
    auto service = service::prepare(folder->path(), how.sessions);
    if (!service) return service.fault();
    return session_bench{how, std::move(*folder), std::move(*service)};
  }

  status run(report& out) {
    status done = make_known();
    if (done) done = measure_memory(out);
    if (done) done = measure_attestations(out);
    if (done) done = measure_beats(out);
    if (!done) return fault{done.fault().code, done.fault().check + last_words()};
    return {};
  }

private:
  session_bench(options how, scratch_folder folder, service s)
      : how_{std::move(how)}, folder_{std::move(folder)}, service_{std::move(s)} {}

  void say(const std::string& what) const { std::cerr << "bench: " << what << std::endl; }

  status make_known() {
    if (auto started = service_.start(); !started) return started;
    say("making " + std::to_string(how_.sessions) + " machines");
    auto made = load::start(
        {service_.port(), std::string{service::name}, service_.anchor(), service_.vendor(),
         std::filesystem::path{MUSTER_SOURCE_DIR} / "tests/data/vm/grub-sb", how_.sessions, how_.in_flight});
    if (!made) return made.fault();
    load_.emplace(std::move(*made));
    say("they enrol and attest; one becomes the reference");
    for (const auto step : {task::enrol, task::connect, task::attest})
      if (auto done = load_->run(step, how_.sessions); !done) return done;
    if (auto accepted = service_.accept_reference(load_->first_node()); !accepted) return accepted;
    if (auto trusted = service_.wait_for_trusted(how_.sessions); !trusted) return trusted;
    if (auto named = service_.name_all(); !named) return named;
    return load_->run(task::hang_up, how_.sessions);
  }

  status measure_memory(report& out) {
    say("the service starts anew");
    service_.stop();
    if (auto started = service_.start(); !started) return started;
    std::this_thread::sleep_for(settling);
    const auto without = service_.running().anonymous_bytes();
    if (!without) return without.fault();
    for (const auto step : {task::connect, task::attest})
      if (auto done = load_->run(step, how_.sessions); !done) return done;
    std::this_thread::sleep_for(settling);
    const auto with = service_.running().anonymous_bytes();
    if (!with) return with.fault();
    without_ = *without;
    out.push_back({"", "ras, RssAnon without a session", static_cast<double>(*without), "bytes"});
    out.push_back({"rss_per_agent_bytes", "ras, RssAnon for each connected agent", for_each(*with), "bytes",
                   budget_kind::at_most, 30 * 1024});
    return {};
  }

  status measure_attestations(report& out) {
    std::vector<double> costs, ratios, verifies;
    for (unsigned round = 0; round < how_.rounds; ++round) {
      const auto cost = measure_round(task::attest, turns * how_.sessions);
      if (!cost) return cost.fault();
      costs.push_back(cost->service_us);
      verifies.push_back(cost->verify_us);
      ratios.push_back(cost->service_us / cost->verify_us);
      say("attestation " + std::to_string(costs.back()) + " us, P-256 verify "
          + std::to_string(verifies.back()) + " us, ratio " + std::to_string(ratios.back()));
    }
    if (auto trusted = service_.wait_for_trusted(how_.sessions); !trusted) return trusted;
    const auto with = service_.running().anonymous_bytes();
    if (!with) return with.fault();
    out.push_back({"", "the same after all rounds", for_each(*with), "bytes"});
    out.push_back({"", "one OpenSSL P-256 verify", median(verifies), "us"});
    out.push_back({"", "routine attestation, CPU of ras", median(costs), "us"});
    out.push_back({"attestation_cpu_ratio_p256", "routine attestation / P-256 verify", median(ratios), "x",
                   budget_kind::at_most, 2.2});
    out.push_back({"attestations_per_s", "routine attestations for each second of ras' CPU",
                   1e6 / median(costs), "/s"});
    return {};
  }

  status measure_beats(report& out) {
    if (auto held = load_->run(task::hold, how_.sessions); !held) return held;
    std::vector<double> costs;
    for (unsigned round = 0; round < how_.rounds; ++round) {
      const auto cost = measure_round(task::beat, beats * how_.sessions);
      if (!cost) return cost.fault();
      costs.push_back(cost->service_us);
      say("heartbeat " + std::to_string(costs.back()) + " us");
    }
    out.push_back({"heartbeat_cpu_us", "heartbeat without challenge, CPU of ras", median(costs), "us",
                   budget_kind::at_most, 25});
    if (auto answered = load_->run(task::release, how_.sessions); !answered) return answered;
    return load_->run(task::hang_up, how_.sessions);
  }

  result<round_cost> measure_round(task what, std::size_t times) {
    return bench::measure_round(service_, *load_, *verify_, what, times);
  }

  double for_each(std::uint64_t with) const {
    return (static_cast<double>(with) - static_cast<double>(without_)) / static_cast<double>(how_.sessions);
  }

  std::string last_words() const {
    std::ifstream in{service_.log()};
    std::string line, last;
    while (std::getline(in, line))
      last = line;
    return last.empty() ? "" : "; ras said last: " + printable(last, 300);
  }

  options how_;
  scratch_folder folder_;
  service service_;
  std::optional<load> load_;
  std::unique_ptr<signature_verify> verify_ =
      std::make_unique<signature_verify>(crypto::private_key::make_ec(crypto::curve::p256));
  std::uint64_t without_ = 0;
};

} // namespace

status measure_service(const options& how, report& out) {
  auto bench = session_bench::prepare(how);
  if (!bench) return bench.fault();
  return bench->run(out);
}

} // namespace muster::bench
