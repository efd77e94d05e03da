// A look that may hang, with a time limit.
#pragma once

#include <chrono>
#include <future>
#include <optional>
#include <thread>
#include <utility>

namespace muster::checkup {

/// A look that was begun on a thread of its own.
template <class T> class bounded {
public:
  bounded(std::future<T> answer, std::chrono::steady_clock::time_point end)
      : answer_{std::move(answer)}, end_{end} {}

  /// Waits for the answer until the limit. Empty: there is none; the thread goes on, and the process must end
  /// by `std::_Exit` (`in_own_process` does).
  std::optional<T> take() {
    if (answer_.wait_until(end_) != std::future_status::ready) return std::nullopt;
    return answer_.get();
  }

private:
  std::future<T> answer_;
  std::chrono::steady_clock::time_point end_;
};

/// Begins `look`, which owns all that it uses: it may outlive its caller. The time counts from now.
template <class Look> auto begin_look(std::chrono::milliseconds limit, Look look) {
  using answer = decltype(look());
  std::packaged_task<answer()> task{std::move(look)};
  bounded<answer> out{task.get_future(), std::chrono::steady_clock::now() + limit};
  std::thread{std::move(task)}.detach();
  return out;
}

} // namespace muster::checkup
