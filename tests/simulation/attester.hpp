// A machine and its keys: what an agent has to tell, and what it keeps.
#pragma once

#include "bench/soft_machine.hpp"
#include "node/ra_agent/kept_heads.hpp"
#include "tests/liar/machine.hpp"

namespace muster::simulation {

struct attester {
  bench::soft_machine keys;
  liar::machine real;
  bool enrolled = false; ///< has a certificate
  /// Paths of what no reference knows and this boot used.
  std::vector<std::string> implants{};
  std::uint64_t boots = 0;                ///< of this life
  node::kept_heads heads{};               ///< of the service's log
  std::uint64_t restores_before_head = 0; ///< of the service's disk, when the newest head came
  bool has_lost_head = false;             ///< of records that a restore took away

  void reboot() {
    real.power_on();
    implants.clear();
    ++boots;
  }
  /// What all paths of its implants begin with.
  std::string name_of_implants() const { return "/usr/local/bin/" + real.name + "-"; }
  void implant(const std::string& path) {
    real.measure(liar::file_line(path, "an implant at " + path));
    implants.push_back(path);
  }
};

} // namespace muster::simulation
