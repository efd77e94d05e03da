// The clocks of this machine as a port: programs take it as a dependency, tests pass their own.
#pragma once

#include "messages/vocabulary/ids.hpp"
#include "messages/vocabulary/result.hpp"

#include <chrono>
#include <memory>

namespace muster::runtime {

/// What time it is. Any thread may ask.
class clock {
public:
  clock() = default;
  clock(const clock&) = delete;
  clock& operator=(const clock&) = delete;
  virtual ~clock() = default;

  /// CLOCK_BOOTTIME: runs on while the machine sleeps and never jumps. Used for leases and deadlines.
  virtual boot_time since_boot() const noexcept = 0;
  /// For display and certificates only.
  virtual wall_time wall() const noexcept = 0;
  /// The boot of the kernel that `since_boot` counts from.
  virtual boot_id boot() const noexcept = 0;
};

/// CPU time of the calling thread, from an arbitrary start.
std::chrono::nanoseconds thread_cpu_time();

/// The clocks of the kernel. `boot_id_file` is /proc/sys/kernel/random/boot_id in production.
/// fault io: the file cannot be read; malformed: it does not hold a boot id.
result<std::shared_ptr<const clock>>
make_machine_clock(const std::string& boot_id_file = "/proc/sys/kernel/random/boot_id");

} // namespace muster::runtime
