#include "actors/runtime/system_config.hpp"

#include <caf/atom.hpp>

#include <algorithm>
#include <thread>

namespace muster::runtime {

system_config::system_config(scheduler how) {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  set("scheduler.max-threads", how.threads == 0 ? cores : how.threads);
  set("scheduler.max-throughput", how.throughput);
  // CAF's default, work stealing, polls while it has nothing to do: under light load the service would burn
  // several times the CPU of its work. One shared queue sleeps.
  set("scheduler.policy", caf::atom("sharing"));
}

} // namespace muster::runtime
