// SIGTERM, SIGINT and SIGHUP as calls on a thread of their own, instead of signal handlers.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <functional>
#include <memory>

namespace muster::runtime {

enum class stop_signal { terminate, interrupt, hangup };

/// Blocks SIGTERM, SIGINT and SIGHUP in the calling thread and in every thread that it starts from now on,
/// and ignores SIGPIPE (to us a peer that went away is an error code, never a signal). Must be the first line
/// of `main`: in a thread that exists already, such a signal would still end the process.
void block_stop_signals() noexcept;

/// Listens for the signals that `block_stop_signals` blocked, until it is destroyed.
class stop_signals {
public:
  /// Called once for each signal, on this object's own thread. It should send a message and return.
  using handler = std::function<void(stop_signal)>;

  /// fault io: no descriptor was available.
  static result<stop_signals> watch(handler on_signal);

  /// Ends the thread. The handler is not called afterwards.
  ~stop_signals();
  stop_signals(stop_signals&&) noexcept;
  stop_signals& operator=(stop_signals&&) noexcept;

private:
  class watcher;
  explicit stop_signals(std::unique_ptr<watcher> w) noexcept;
  std::unique_ptr<watcher> watcher_;
};

} // namespace muster::runtime
