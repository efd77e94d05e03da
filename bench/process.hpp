// A process that we started: its cost, and its end.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace muster::bench {

class process {
public:
  struct plan {
    std::vector<std::string> command; ///< the path of the program comes first
    std::filesystem::path output;     ///< appended standard output and error; empty: inherited
    bool converse = false;            ///< pipes to its standard input and from its standard output
  };
  static result<process> start(const plan& how);
  /// Ends it: SIGTERM, and SIGKILL if it is still running after 15 s.
  ~process();
  process(process&& other) noexcept;
  process& operator=(process&&) = delete;
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  pid_t id() const noexcept { return pid_; }
  bool running();
  /// As the destructor.
  void stop();

  /// CPU time of all its threads since its start, as the scheduler counted it.
  result<std::chrono::nanoseconds> cpu_time() const;
  /// RssAnon of /proc/PID/status: memory that it does not share.
  result<std::uint64_t> anonymous_bytes() const;

  /// With `converse`: lines to and from the process. fault: it ended, or its line begins with "fault ".
  status send_line(const std::string& line);
  result<std::string> read_line();
  /// Whether there is input to read, or the process has ended; waits at most `within`.
  bool answered(std::chrono::milliseconds within);

private:
  process(pid_t pid, int to, int from) noexcept : pid_{pid}, to_{to}, from_{from} {}

  pid_t pid_ = -1; // -1: ended, or moved from
  int to_ = -1;
  int from_ = -1;
  std::string unread_;
};

} // namespace muster::bench
