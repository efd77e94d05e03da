// How our programs set CAF up.
#pragma once

#include <caf/actor_system_config.hpp>

#include <cstddef>

namespace muster::runtime {

/// CAF's configuration, filled in code. Never call `parse` on it: that would read `caf-application.ini` from
/// the current directory and take every option of CAF from the command line.
/// A program that talks to the net takes `net::io_config`, which loads CAF's I/O as well.
class system_config : public caf::actor_system_config {
public:
  struct scheduler {
    /// Threads that run actors; 0 is one for each core.
    std::size_t threads = 0;
    /// Messages that an actor handles before others get their turn. CAF's default is unbounded: a broker that
    /// keeps sending to itself would then stop all I/O.
    std::size_t throughput = 64;
  };

  system_config() : system_config(scheduler{}) {}
  explicit system_config(scheduler how);
};

} // namespace muster::runtime
