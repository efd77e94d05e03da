#include "actors/runtime/system_config.hpp"

#include <caf/atom.hpp>

#include <algorithm>
#include <thread>

namespace muster::runtime {

system_config::system_config(scheduler how) {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  set("scheduler.max-threads", how.threads == 0 ? cores : how.threads);
  set("scheduler.max-throughput", how.throughput);
  // CAF's default, work stealing, polls while it is idle: under light load the service would use several
  // times the CPU that its work needs. One shared queue sleeps instead.
  set("scheduler.policy", caf::atom("sharing"));
}

} // namespace muster::runtime
