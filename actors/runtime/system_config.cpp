#include "actors/runtime/system_config.hpp"

#include <algorithm>
#include <thread>

namespace muster::runtime {

system_config::system_config(scheduler how) {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  set("scheduler.max-threads", how.threads == 0 ? cores : how.threads);
  set("scheduler.max-throughput", how.throughput);
}

} // namespace muster::runtime
