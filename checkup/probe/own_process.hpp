// A checkup in a process of its own: a driver that hangs in the kernel cannot hold up the caller.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>

namespace muster::checkup {

struct report {
  int exit_status = 1;
  std::string text;
};

/// Runs `make` in a child process, writes its text to `out` and returns its exit status. A thread that the
/// kernel does not let end would keep its process from ending, and whoever waits for it. So nobody waits for
/// the child: it is left to init. Call it before any other thread was started. If the child ends without a
/// report, a sentence goes to `err`, and the status is 1.
int in_own_process(const std::function<report()>& make, std::ostream& out, std::ostream& err);

} // namespace muster::checkup
