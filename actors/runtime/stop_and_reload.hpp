// What a daemon waits for once it has started: to be told to stop, or to read its configuration again.
#pragma once

#include "actors/runtime/stop_signals.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>

namespace muster::runtime {

/// Exit statuses of the daemons; docs/operating.md 3 has them for operators.
inline constexpr int daemon_stopped = 0;    ///< as asked, or there was nothing to do
inline constexpr int daemon_cannot_run = 1; ///< could not start or continue; of ras: or stop
inline constexpr int daemon_misconfigured =
    2; ///< command line or configuration: systemd does not start it again

/// Carries SIGTERM, SIGINT and SIGHUP to the thread of `main`. Caller: `block_stop_signals` was called first.
class stop_and_reload {
public:
  /// Listens from now on. `on_stop` is called for each signal to stop, on the signals' own thread.
  /// fault io: no descriptor was left.
  status watch(std::function<void()> on_stop = {});

  /// The same as a signal to stop, without `on_stop`. On any thread.
  void stop();

  /// Blocks until the daemon is to stop. Calls `reload` for each SIGHUP until then, on this thread: while it hangs,
  /// only `on_stop` hears of a signal to stop. Of both at once the stop counts; signals
  /// that arrive during a call make one more.
  void wait(const std::function<void()>& reload);

private:
  void set(bool stop_and_reload::*what);

  std::mutex lock_;
  std::condition_variable changed_;
  bool stop_ = false;
  bool reload_ = false;
  std::optional<stop_signals> signals_; // last: its thread uses the others
};

} // namespace muster::runtime
