#include "checkup/probe/own_process.hpp"

#include "files/descriptor.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <ostream>
#include <sys/wait.h>
#include <unistd.h>

namespace muster::checkup {

namespace {

/// The child: the report goes through the pipe, its exit status first and a NUL last. Its end of the pipe may
/// stay open for as long as it hangs.
[[noreturn]] void tell(int pipe, const std::function<report()>& make) {
  ::signal(SIGPIPE, SIG_DFL); // nobody reads any more: there is nothing left to do
  // A pipe of the caller's must not stay open while the child hangs.
  if (const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC); null >= 0) {
    ::dup2(null, STDIN_FILENO);
    ::dup2(null, STDOUT_FILENO);
    ::dup2(null, STDERR_FILENO);
  }
  const auto made = make();
  const auto all = static_cast<char>(made.exit_status) + made.text + '\0';
  for (std::size_t done = 0; done < all.size();) {
    const auto n = ::write(pipe, all.data() + done, all.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    done += static_cast<std::size_t>(n);
  }
  std::_Exit(0); // a look that hangs is left behind
}

/// The report without its NUL; empty: the child ended first. A text that is safe to print has no NUL.
std::string read_all(int pipe) {
  std::string out;
  char part[4096];
  for (;;) {
    const auto n = ::read(pipe, part, sizeof part);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return {};
    out.append(part, static_cast<std::size_t>(n));
    if (out.back() == '\0') {
      out.pop_back();
      return out;
    }
  }
}

} // namespace

int in_own_process(const std::function<report()>& make, std::ostream& out, std::ostream& err) {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    err << "checkup: no pipe can be made\n";
    return 1;
  }
  files::descriptor reading{ends[0]};
  files::descriptor writing{ends[1]};
  const auto child = ::fork();
  if (child < 0) {
    err << "checkup: no process can be started\n";
    return 1;
  }
  if (child == 0) tell(writing.get(), make);
  ::close(writing.release());
  const auto all = read_all(reading.get());
  if (all.empty()) {
    err << "checkup: it ended without a report\n";
    return 1;
  }
  out << std::string_view{all}.substr(1);
  ::waitpid(child, nullptr, WNOHANG);
  return all.front();
}

} // namespace muster::checkup
