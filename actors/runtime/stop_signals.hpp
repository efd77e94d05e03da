// SIGTERM, SIGINT and SIGHUP as calls on a thread of their own, instead of signal handlers.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <functional>
#include <memory>

namespace muster::runtime {

enum class stop_signal { terminate, interrupt, hangup };

/// Blocks SIGTERM, SIGINT and SIGHUP in the calling thread and in every thread that it starts from now on,
/// and ignores SIGPIPE (a peer that went away is an error code to us, never a signal). The first line of a
/// `main`: a thread that exists already would still die of them.
void block_stop_signals() noexcept;

/// Listens for the signals that `block_stop_signals` blocked, until it is destroyed.
class stop_signals {
public:
  /// `handler` is called once for each signal, on a thread of this object: it should send a message and
  /// return.
  using handler = std::function<void(stop_signal)>;

  /// fault io: no descriptor could be had.
  static result<stop_signals> watch(handler on_signal);

  /// Ends the thread; afterwards `handler` is not called any more.
  ~stop_signals();
  stop_signals(stop_signals&&) noexcept;
  stop_signals& operator=(stop_signals&&) noexcept;

private:
  class watcher;
  explicit stop_signals(std::unique_ptr<watcher> w) noexcept;
  std::unique_ptr<watcher> watcher_;
};

} // namespace muster::runtime
