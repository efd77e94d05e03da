// What a program does when its stop does not finish.
#pragma once

#include "actors/runtime/log.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace muster::runtime {

/// Ends the process some time after it was asked to stop, unless this object is destroyed first: a thread
/// that waits for a hanging disk would block the stop for ever. Nothing acknowledged is lost, since results
/// are acknowledged only once they are on disk. Caller: construct it before everything that may hang, so that
/// it is destroyed afterwards.
class stop_deadline {
public:
  /// `end` is called on this object's thread; without an `end` the process exits at once with status 1.
  stop_deadline(log out, std::chrono::milliseconds within, std::function<void()> end = {});
  ~stop_deadline();
  stop_deadline(const stop_deadline&) = delete;
  stop_deadline& operator=(const stop_deadline&) = delete;

  /// Starts the time; later calls do nothing. May be called on any thread.
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
