#include "actors/runtime/stop_and_reload.hpp"

#include <utility>

namespace muster::runtime {

status stop_and_reload::watch(std::function<void()> on_stop) {
  auto signals = stop_signals::watch([this, on_stop = std::move(on_stop)](stop_signal signal) {
    if (signal == stop_signal::hangup) return set(&stop_and_reload::reload_);
    if (on_stop) on_stop();
    set(&stop_and_reload::stop_);
  });
  if (!signals) return signals.fault();
  signals_ = *std::move(signals);
  return {};
}

void stop_and_reload::stop() { set(&stop_and_reload::stop_); }

void stop_and_reload::wait(const std::function<void()>& reload) {
  std::unique_lock guard{lock_};
  while (!stop_) {
    changed_.wait(guard, [this] { return stop_ || reload_; });
    if (stop_ || !std::exchange(reload_, false)) continue;
    guard.unlock();
    reload();
    guard.lock();
  }
}

void stop_and_reload::set(bool stop_and_reload::*what) {
  const std::lock_guard guard{lock_};
  this->*what = true;
  changed_.notify_one();
}

} // namespace muster::runtime
