#include "actors/runtime/stop_deadline.hpp"

#include <cstdlib>

namespace muster::runtime {

stop_deadline::stop_deadline(log out, std::chrono::milliseconds within, std::function<void()> end)
    : log_{std::move(out)}, within_{within}, end_{std::move(end)} {}

stop_deadline::~stop_deadline() {
  {
    const std::lock_guard guard{lock_};
    over_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void stop_deadline::begin() {
  const std::lock_guard guard{lock_};
  if (!over_ && !thread_.joinable()) thread_ = std::thread{[this] { wait(); }};
}

void stop_deadline::wait() {
  {
    std::unique_lock guard{lock_};
    if (changed_.wait_for(guard, within_, [this] { return over_; })) return;
  }
  log_.error(
      "stop.overdue",
      {{"after_ms", within_.count()},
       {"what", "a part of the program still waits, for a disk that hangs perhaps; the process ends all "
                "the same, and nothing that was acknowledged is lost"}});
  if (!end_) std::_Exit(EXIT_FAILURE);
  end_();
}

} // namespace muster::runtime
