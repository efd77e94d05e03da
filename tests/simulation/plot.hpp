// What a seed decides of a life before anything happens.
#pragma once

#include "tests/simulation/operators.hpp"

namespace muster::simulation {

/// 0: never.
struct plot {
  std::size_t machines = 3;
  habits people;
  temper machines_do;
  disk_mood disk;
  std::size_t crashes_one_in = 0;  ///< of the steps
  std::size_t hangs_one_in = 0;    ///< of the steps
  std::size_t jumps_one_in = 0;    ///< of the steps
  std::size_t steps = 0;           ///< of turmoil
  bool from_nothing = false;       ///< every machine has to enrol
  std::size_t seconds_one_in = 0;  ///< of the steps: a second host of a machine's identity comes, or goes
  bool relays = false;             ///< second hosts have a key of their own, and the machine's TPM
  std::size_t restores_one_in = 0; ///< of the steps: the disk is copied, or put back to the copy
  std::size_t stops_one_in = 0;    ///< of the steps: the service is stopped in order
  bool ships_heads = false;        ///< heads of the log go to a file that no restore touches
};

plot plot_of(std::uint64_t seed);
std::string to_string(const plot& of);

} // namespace muster::simulation
