// A machine and its keys: what an agent has to tell.
#pragma once

#include "bench/soft_machine.hpp"
#include "tests/liar/machine.hpp"

namespace muster::simulation {

struct attester {
  bench::soft_machine keys;
  liar::machine real;
  bool enrolled = false; ///< has a certificate
  /// Paths of what no reference knows and this boot used.
  std::vector<std::string> implants;

  void reboot() {
    real.power_on();
    implants.clear();
  }
  /// What all paths of its implants begin with.
  std::string name_of_implants() const { return "/usr/local/bin/" + real.name + "-"; }
  void implant(const std::string& path) {
    real.measure(liar::file_line(path, "an implant at " + path));
    implants.push_back(path);
  }
};

} // namespace muster::simulation
