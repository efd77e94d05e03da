// What a program does when its stop does not come to an end.
#pragma once

#include "actors/runtime/log.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace muster::runtime {

/// Ends the process some time after it was told to stop, unless this is destroyed before: a thread that waits
/// for a disk which hangs would hold it for ever. Whoever was told that something is done was told so when it
/// was on the disk, so that nothing is lost with it. Made before all that may hang, so that it is destroyed
/// behind it.
class stop_deadline {
public:
  /// `end` is called on a thread of its own; without one the process exits at once with status 1.
  stop_deadline(log out, std::chrono::milliseconds within, std::function<void()> end = {});
  ~stop_deadline();
  stop_deadline(const stop_deadline&) = delete;
  stop_deadline& operator=(const stop_deadline&) = delete;

  /// The time runs from the first call. On any thread.
  void begin();

private:
  void wait();

  log log_;
  std::chrono::milliseconds within_;
  std::function<void()> end_;
  std::mutex lock_;
  std::condition_variable changed_;
  bool over_ = false;
  std::thread thread_;
};

} // namespace muster::runtime
