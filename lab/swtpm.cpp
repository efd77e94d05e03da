#include "lab/swtpm.hpp"

#include "lab/descriptor.hpp"
#include "lab/files.hpp"
#include "tpm/device/address.hpp"

#include <charconv>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

// glibc 2.36 declares these without C linkage.
extern "C" {
#include <sys/pidfd.h>
}

namespace muster::lab {
namespace {

bool ready(int fd, int milliseconds) {
  pollfd wanted{fd, POLLIN, 0};
  return ::poll(&wanted, 1, milliseconds) == 1;
}

std::filesystem::path pid_file(const std::filesystem::path& folder) { return folder / "swtpm.pid"; }

// The swtpm that serves this state, if it is alive. The pid in a file may belong to another process by now;
// the process's command line decides.
pid_t live_process(const std::filesystem::path& folder, const std::filesystem::path& state) {
  const auto text = read_file(pid_file(folder));
  if (!text) return 0;
  pid_t pid = 0;
  std::from_chars(as_text(*text).data(), as_text(*text).data() + text->size(), pid);
  if (pid <= 1) return 0;
  const auto command = read_file("/proc/" + std::to_string(pid) + "/cmdline");
  if (!command || as_text(*command).find("dir=" + state.string()) == std::string_view::npos) return 0;
  return pid;
}

// Runs a program until it has made itself a daemon. The daemon inherits no descriptor: an open pipe would
// keep its reader waiting until the daemon ends.
result<int> run_to_daemon(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const auto& word : words)
    arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files{};
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  pid_t child = 0;
  const int failed = ::posix_spawnp(&child, arguments.front(), &files, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&files);
  if (failed == ENOENT) return fault{errc::not_found, words.front() + " is not installed"};
  if (failed != 0) return fault{errc::io, words.front() + ": " + std::strerror(failed)};
  int how = 0;
  while (::waitpid(child, &how, 0) < 0)
    if (errno != EINTR) return fault{errc::io, words.front() + ": lost"};
  return WIFEXITED(how) ? WEXITSTATUS(how) : -1;
}

bool connect_to(int fd, const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto name = path.string();
  if (name.size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, name.c_str(), name.size() + 1);
  return ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

} // namespace

status swtpm::start(const std::string& name) const {
  const auto socket = folder_ / name;
  if (auto fits = tpm::parse_chip_address("swtpm:path=" + socket.string()); !fits) return fits.fault();
  if (running()) return fault{errc::conflict, "the software TPM runs already"};
  const auto log = folder_ / "swtpm.log";
  const auto ended = run_to_daemon(
      {"swtpm", "socket", "--tpm2", "--tpmstate", "dir=" + state().string(), "--server",
       "type=unixio,path=" + socket.string(), "--ctrl", "type=unixio,path=" + socket.string() + ".ctrl",
       "--flags", "not-need-init,startup-clear", "--pid", "file=" + pid_file(folder_).string(), "--log",
       "file=" + log.string() + ",level=1,truncate", "--daemon"});
  if (!ended) return ended.fault();
  if (*ended != 0) {
    const auto said = read_file(log);
    return fault{errc::io, "swtpm ended with " + std::to_string(*ended) + ": "
                               + printable(said ? as_text(*said) : std::string_view{}, 512)};
  }
  return {};
}

bool swtpm::running() const { return live_process(folder_, state()) != 0; }

status swtpm::stop() const {
  constexpr int patience_ms = 5000;
  const auto pid = live_process(folder_, state());
  if (pid != 0) {
    const descriptor process{::pidfd_open(pid, 0)};
    for (const int signal : {SIGTERM, SIGKILL}) {
      if (process.get() < 0) break; // it died between the check and pidfd_open
      ::pidfd_send_signal(process.get(), signal, nullptr, 0);
      if (ready(process.get(), patience_ms)) break;
    }
    if (running()) return fault{errc::timeout, "swtpm does not end"};
  }
  std::error_code ignored;
  std::filesystem::remove(pid_file(folder_), ignored);
  return {};
}

void shut_down(const std::filesystem::path& socket) {
  constexpr std::array<std::uint8_t, 12> command{0x80, 0x01, 0, 0, 0, 12, 0, 0, 0x01, 0x45, 0, 0};
  constexpr int patience_ms = 1000;
  const descriptor fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (fd.get() < 0 || !connect_to(fd.get(), socket)) return;
  if (::send(fd.get(), command.data(), command.size(), MSG_NOSIGNAL) != ssize_t{command.size()}) return;
  std::array<std::uint8_t, 64> answer{};
  if (ready(fd.get(), patience_ms)) static_cast<void>(::recv(fd.get(), answer.data(), answer.size(), 0));
}

} // namespace muster::lab
