// A machine with its keys, and the state that its agent keeps.
#pragma once

#include "bench/soft_machine.hpp"
#include "node/ra_agent/kept_heads.hpp"
#include "tests/liar/machine.hpp"

namespace muster::simulation {

struct attester {
  bench::soft_machine keys;
  liar::machine real;
  bool enrolled = false; ///< has a certificate
  /// Paths of files that no reference knows and that ran in this boot.
  std::vector<std::string> implants{};
  std::uint64_t boots = 0;                ///< in this life
  node::kept_heads heads{};               ///< of the service's log
  std::uint64_t restores_before_head = 0; ///< `ledger::restores` when the newest head came
  bool has_lost_head = false;             ///< holds a head of records that a restore took away

  void reboot() {
    real.power_on();
    implants.clear();
    ++boots;
  }
  /// The prefix of all paths of its implants.
  std::string name_of_implants() const { return "/usr/local/bin/" + real.name + "-"; }
  void implant(const std::string& path) {
    real.measure(liar::file_line(path, "an implant at " + path));
    implants.push_back(path);
  }
};

} // namespace muster::simulation
