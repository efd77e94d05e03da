// The load as a separate process, so that the measured CPU time is the service's alone.
#pragma once

#include "bench/fleet.hpp"
#include "bench/process.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace muster::bench {

/// Where the load finds its inputs; both ends use the same plan.
struct load_plan {
  std::uint16_t port = 0; ///< of the service, on 127.0.0.1
  std::string service_name;
  std::filesystem::path anchor;   ///< PEM
  std::filesystem::path vendor;   ///< folder of a `lab::vendor`
  std::filesystem::path evidence; ///< folder with logs
  std::size_t machines = 1000;
  std::size_t in_flight = 64;
  bool rsa = false; ///< attestation keys are RSA-2048 instead of P-256
};

/// Plays the load until standard input ends. The first output line is "ready NODE-ID", with the first
/// machine's id. Answers each line "TASK TIMES" with "done UNCHALLENGED" or "fault WORDS". Returns the exit
/// status.
int serve_load(const load_plan& plan);

/// A running load, as the controlling process sees it.
class load {
public:
  /// Starts this program as the load and waits until its machines are made.
  static result<load> start(const load_plan& plan);

  const std::string& first_node() const noexcept { return first_node_; }
  /// Sends the order and returns at once. `finish` waits for its end, `busy` waits at most `look_for`.
  status begin(task what, std::size_t times);
  bool busy(std::chrono::milliseconds look_for);
  status finish();
  status run(task what, std::size_t times);

private:
  load(process p, std::string first_node) : process_{std::move(p)}, first_node_{std::move(first_node)} {}

  process process_;
  std::string first_node_;
};

} // namespace muster::bench
