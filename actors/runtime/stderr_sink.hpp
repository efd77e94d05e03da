// Writes log lines to standard error without waiting for its reader.
#pragma once

#include <spdlog/sinks/base_sink.h>

#include <cstdint>
#include <mutex>

namespace muster::runtime {

/// A pipe that is not read, a stopped terminal or a hanging journal would block every actor that logs, and
/// with it the whole program. So the sink waits for the descriptor once, for a moment. After that it leaves
/// lines out until the descriptor takes one again, and "log.lines_lost" says how many. A line has at most
/// PIPE_BUF bytes, since POSIX makes such a write to a pipe atomic; a longer one is cut.
class stderr_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
  /// `descriptor` remains the caller's.
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
