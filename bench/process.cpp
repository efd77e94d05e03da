#include "bench/process.hpp"

#include <csignal>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

extern char** environ;

namespace muster::bench {

namespace {

constexpr std::chrono::seconds end_within{15};
constexpr std::chrono::milliseconds exit_poll{20};

fault system_fault(const std::string& what, int error) {
  return {errc::io, what + ": " + std::generic_category().message(error)};
}

void close_end(int& fd) {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

/// The child's descriptors, set up before the program runs.
class redirections {
public:
  redirections() { ::posix_spawn_file_actions_init(&actions_); }
  ~redirections() { ::posix_spawn_file_actions_destroy(&actions_); }
  redirections(const redirections&) = delete;
  redirections& operator=(const redirections&) = delete;

  void from(int fd, int target) { ::posix_spawn_file_actions_adddup2(&actions_, fd, target); }
  void file(const std::string& path, int target) {
    ::posix_spawn_file_actions_addopen(&actions_, target, path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  }
  const posix_spawn_file_actions_t* get() const noexcept { return &actions_; }

private:
  posix_spawn_file_actions_t actions_{};
};

} // namespace

result<process> process::start(const plan& how) {
  int in[2] = {-1, -1};
  int out[2] = {-1, -1};
  redirections actions;
  if (!how.output.empty()) {
    actions.file(how.output.string(), STDERR_FILENO);
    if (!how.converse) actions.from(STDERR_FILENO, STDOUT_FILENO);
  }
  if (how.converse) {
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) return system_fault("pipe", errno);
    actions.from(in[0], STDIN_FILENO);
    actions.from(out[1], STDOUT_FILENO);
  }
  std::vector<char*> arguments;
  for (const auto& one : how.command)
    arguments.push_back(const_cast<char*>(one.c_str()));
  arguments.push_back(nullptr);
  pid_t pid = -1;
  const int failed = ::posix_spawn(&pid, arguments[0], actions.get(), nullptr, arguments.data(), environ);
  close_end(in[0]);
  close_end(out[1]);
  if (failed == 0) return process{pid, in[1], out[0]};
  close_end(in[1]);
  close_end(out[0]);
  return system_fault(how.command[0], failed);
}

process::process(process&& other) noexcept
    : pid_{std::exchange(other.pid_, -1)}, to_{std::exchange(other.to_, -1)},
      from_{std::exchange(other.from_, -1)}, unread_{std::move(other.unread_)} {}

process::~process() { stop(); }

bool process::running() {
  if (pid_ < 0) return false;
  if (::waitpid(pid_, nullptr, WNOHANG) == 0) return true;
  pid_ = -1;
  return false;
}

void process::stop() {
  close_end(to_);
  close_end(from_);
  if (!running()) return;
  ::kill(pid_, SIGTERM);
  const auto last = std::chrono::steady_clock::now() + end_within;
  while (running()) {
    if (std::chrono::steady_clock::now() > last) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
      pid_ = -1;
      return;
    }
    std::this_thread::sleep_for(exit_poll);
  }
}

result<std::chrono::nanoseconds> process::cpu_time() const {
  clockid_t clock{};
  timespec now{};
  if (pid_ < 0 || ::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &now) != 0)
    return fault{errc::not_found, "CPU time: the process has ended"};
  return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

result<std::uint64_t> process::anonymous_bytes() const {
  std::ifstream in{"/proc/" + std::to_string(pid_) + "/status"};
  for (std::string word; in >> word;)
    if (std::uint64_t kib = 0; word == "RssAnon:" && in >> kib) return kib * 1024;
  return fault{errc::not_found, "RssAnon: the process has ended"};
}

status process::send_line(const std::string& line) {
  const auto text = line + "\n";
  // No line is longer than a pipe takes at once.
  if (::write(to_, text.data(), text.size()) == static_cast<ssize_t>(text.size())) return {};
  return system_fault("the load does not listen", errno);
}

result<std::string> process::read_line() {
  for (;;) {
    if (const auto end = unread_.find('\n'); end != std::string::npos) {
      auto line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      if (line.starts_with("fault ")) return fault{errc::internal, line.substr(6)};
      return line;
    }
    char block[4096];
    const auto got = ::read(from_, block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return fault{errc::io, "the load ended without an answer"};
    unread_.append(block, static_cast<std::size_t>(got));
  }
}

bool process::answered(std::chrono::milliseconds within) {
  if (unread_.find('\n') != std::string::npos) return true;
  pollfd readable{from_, POLLIN, 0};
  return ::poll(&readable, 1, static_cast<int>(within.count())) > 0;
}

} // namespace muster::bench
