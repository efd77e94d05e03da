#include "actors/runtime/clock.hpp"

#include <ctime>
#include <fstream>
#include <iterator>

namespace muster::runtime {

namespace {

std::uint64_t milliseconds_of(clockid_t which) noexcept {
  timespec now{};
  ::clock_gettime(which, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1000 + static_cast<std::uint64_t>(now.tv_nsec) / 1'000'000;
}

class machine_clock final : public clock {
public:
  explicit machine_clock(boot_id boot) noexcept : boot_{boot} {}

  boot_time since_boot() const noexcept override { return {milliseconds_of(CLOCK_BOOTTIME)}; }
  wall_time wall() const noexcept override { return {milliseconds_of(CLOCK_REALTIME)}; }
  boot_id boot() const noexcept override { return boot_; }

private:
  boot_id boot_;
};

} // namespace

std::chrono::nanoseconds thread_cpu_time() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

result<std::shared_ptr<const clock>> make_machine_clock(const std::string& boot_id_file) {
  std::ifstream in{boot_id_file};
  std::string text(64, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.gcount() <= 0) return fault{errc::io, "clock: the kernel's boot id cannot be read"};
  text.resize(static_cast<std::size_t>(in.gcount()));
  const auto boot = boot_id_from(text);
  if (!boot) return fault{errc::malformed, "clock: the kernel's boot id is not a UUID"};
  return std::shared_ptr<const clock>{std::make_shared<machine_clock>(*boot)};
}

} // namespace muster::runtime
