// Where lines of the log go: standard error, without waiting for whoever reads it.
#pragma once

#include <spdlog/sinks/base_sink.h>

#include <cstdint>
#include <mutex>

namespace muster::runtime {

/// A pipe that nobody empties, a terminal that was stopped or a journal that hangs would keep each actor that
/// logs, and with it the whole program. So a line is waited for once, for a moment; then lines are left out
/// until the descriptor takes one again, and "log.lines_lost" says how many. A line is at most PIPE_BUF bytes
/// (POSIX: such a write to a pipe is whole): the end of a longer one is left out.
class stderr_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
  /// `descriptor` stays the caller's.
  explicit stderr_sink(int descriptor = 2) noexcept : descriptor_{descriptor} {}

private:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override {}
  bool takes(int wait_ms) const noexcept;
  void write(const char* data, std::size_t size) noexcept;
  void tell_lost(const spdlog::details::log_msg& at);

  int descriptor_;
  std::uint64_t lost_ = 0;
};

} // namespace muster::runtime
