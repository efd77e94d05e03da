// What a seed decides about a life before it begins.
#pragma once

#include "tests/simulation/operators.hpp"

namespace muster::simulation {

/// Each `_one_in` is an average number of steps of turmoil; 0: never.
struct plot {
  std::size_t machines = 3;
  habits people;
  failure_rates machines_do;
  disk_mood disk;
  std::size_t crashes_one_in = 0;  ///< the service crashes
  std::size_t hangs_one_in = 0;    ///< the disk hangs
  std::size_t jumps_one_in = 0;    ///< the wall clock jumps
  std::size_t steps = 0;           ///< length of the turmoil
  bool from_nothing = false;       ///< every machine has to enrol
  std::size_t seconds_one_in = 0;  ///< a second host of a machine's identity comes or goes
  bool relays = false;             ///< second hosts have their own key, and use the machine's TPM
  std::size_t restores_one_in = 0; ///< the disk is copied, or put back to the copy
  std::size_t stops_one_in = 0;    ///< the service is stopped in an orderly way
  bool ships_heads = false;        ///< heads of the log go to a file that no restore touches
};

plot plot_of(std::uint64_t seed);
std::string to_string(const plot& of);

} // namespace muster::simulation
