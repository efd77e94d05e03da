// muster: the command line of operators and their scripts.
#include "cli/client/shown_status.hpp"
#include "cli/command_line.hpp"

#include <cstdlib>
#include <iostream>
#include <poll.h>
#include <unistd.h>
#include <vector>

namespace {

/// Whether standard output is a pipe whose reader has closed it, as in `muster nodes | head`.
bool reader_left() {
  pollfd out{STDOUT_FILENO, POLLOUT, 0};
  return ::poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP)) != 0;
}

} // namespace

int main(int argc, char** argv) {
  using namespace muster::cli;
  environment around;
  if (const char* socket = std::getenv("MUSTER_SOCKET")) around.socket = socket;
  if (::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr) around.tint = colours::ansi;
  const std::vector<std::string> arguments{argv + (argc > 0 ? 1 : 0), argv + argc};
  const int status = run(arguments, around, MUSTER_VERSION, std::cout, std::cerr);
  std::cout.flush();
  if (!std::cout) { // a full disk must not look like good news
    if (reader_left()) return status;
    std::cerr << "muster: cannot write the answer\n";
    return exit_error;
  }
  return status;
}
