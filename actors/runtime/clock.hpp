// The clocks of this machine as a port: programs take it as a dependency, tests give their own.
#pragma once

#include "messages/vocabulary/ids.hpp"
#include "messages/vocabulary/result.hpp"

#include <chrono>
#include <memory>

namespace muster::runtime {

/// What time it is. Safe to ask from any thread.
class clock {
public:
  clock() = default;
  clock(const clock&) = delete;
  clock& operator=(const clock&) = delete;
  virtual ~clock() = default;

  /// CLOCK_BOOTTIME: goes on while the machine sleeps and never jumps. Decides about leases and deadlines.
  virtual boot_time since_boot() const noexcept = 0;
  /// For display and certificates only.
  virtual wall_time wall() const noexcept = 0;
  /// Which boot of the kernel `since_boot` counts from.
  virtual boot_id boot() const noexcept = 0;
};

/// CPU time of the thread that asks, from any start.
std::chrono::nanoseconds thread_cpu_time();

/// The clocks of the kernel. `boot_id_file` is /proc/sys/kernel/random/boot_id in production.
/// fault io: it cannot be read; fault malformed: it holds something else.
result<std::shared_ptr<const clock>>
make_machine_clock(const std::string& boot_id_file = "/proc/sys/kernel/random/boot_id");

} // namespace muster::runtime
