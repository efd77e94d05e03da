#include "actors/runtime/stop_signals.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace muster::runtime {

namespace {

sigset_t stop_set() noexcept {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGHUP})
    sigaddset(&set, number);
  return set;
}

} // namespace

void block_stop_signals() noexcept {
  const auto set = stop_set();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

class stop_signals::watcher {
public:
  watcher(int signals, int end, handler on_signal)
      : signals_{signals}, end_{end}, handler_{std::move(on_signal)}, thread_{[this] { run(); }} {}
  watcher(const watcher&) = delete;
  watcher& operator=(const watcher&) = delete;
  ~watcher() {
    eventfd_write(end_, 1);
    thread_.join();
    ::close(signals_);
    ::close(end_);
  }

private:
  void run() {
    std::array<pollfd, 2> waiting{pollfd{signals_, POLLIN, 0}, pollfd{end_, POLLIN, 0}};
    while (true) {
      if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) return;
      if (waiting[1].revents != 0) return;
      if (waiting[0].revents != 0) take_one();
    }
  }

  void take_one() {
    signalfd_siginfo info{};
    if (::read(signals_, &info, sizeof info) != sizeof info) return;
    switch (info.ssi_signo) {
    case SIGTERM: return handler_(stop_signal::terminate);
    case SIGINT: return handler_(stop_signal::interrupt);
    case SIGHUP: return handler_(stop_signal::hangup);
    default: return;
    }
  }

  int signals_;
  int end_;
  handler handler_;
  std::thread thread_; // last: it uses the other members from the start
};

result<stop_signals> stop_signals::watch(handler on_signal) {
  const auto set = stop_set();
  const int signals = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals < 0) return fault{errc::io, "stop-signals: signalfd was refused"};
  const int end = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (end < 0) {
    ::close(signals);
    return fault{errc::io, "stop-signals: eventfd was refused"};
  }
  return stop_signals{std::make_unique<watcher>(signals, end, std::move(on_signal))};
}

stop_signals::stop_signals(std::unique_ptr<watcher> w) noexcept : watcher_{std::move(w)} {}
stop_signals::~stop_signals() = default;
stop_signals::stop_signals(stop_signals&&) noexcept = default;
stop_signals& stop_signals::operator=(stop_signals&&) noexcept = default;

} // namespace muster::runtime
