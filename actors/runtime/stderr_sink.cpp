#include "actors/runtime/stderr_sink.hpp"

#include <climits>

#include <cerrno>
#include <poll.h>
#include <string>
#include <unistd.h>

namespace muster::runtime {

namespace {

constexpr int patience_ms = 50;

} // namespace

bool stderr_sink::takes(int wait_ms) const noexcept {
  pollfd look{descriptor_, POLLOUT, 0};
  for (;;) {
    const int ready = ::poll(&look, 1, wait_ms);
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

void stderr_sink::write(const char* data, std::size_t size) noexcept {
  while (size > 0) {
    const auto written = ::write(descriptor_, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return; // closed, or full after all: there is nowhere to report it
    data += written;
    size -= static_cast<std::size_t>(written);
    if (size > 0 && !takes(0)) return;
  }
}

void stderr_sink::tell_lost(const spdlog::details::log_msg& at) {
  const auto text = "level=warning event=log.lines_lost count=" + std::to_string(lost_);
  spdlog::memory_buf_t line;
  auto said = at;
  said.payload = text;
  formatter_->format(said, line);
  write(line.data(), line.size());
  lost_ = 0;
}

void stderr_sink::sink_it_(const spdlog::details::log_msg& message) {
  if (!takes(lost_ == 0 ? patience_ms : 0)) {
    ++lost_;
    return;
  }
  if (lost_ != 0) {
    tell_lost(message);
    if (!takes(0)) {
      ++lost_;
      return;
    }
  }
  spdlog::memory_buf_t line;
  formatter_->format(message, line);
  if (line.size() > PIPE_BUF) {
    line.resize(PIPE_BUF);
    line[PIPE_BUF - 1] = '\n';
  }
  write(line.data(), line.size());
}

} // namespace muster::runtime
