#include "service/references/trial_guard.hpp"

#include <algorithm>

namespace muster::service {

status check_guard(const trial_outcome& tried, const std::string& group, unsigned percent,
                   std::string_view remedy) {
  // A machine that cannot be read counts as good now and bad afterwards.
  const auto turning_bad = tried.turning_bad + tried.unreadable;
  const auto good = tried.good + tried.unreadable;
  if (turning_bad <= std::max(machines_always_allowed, good * percent / 100)) return {};
  auto text = "guard: " + std::to_string(turning_bad) + " of the " + std::to_string(good)
              + " good machines of group " + group
              + " would turn untrusted, more than one machine and more than " + std::to_string(percent)
              + " %";
  if (!tried.causes.empty()) {
    const auto& first = tried.causes.front();
    text += "; commonest cause, on " + std::to_string(first.machines)
            + (first.machines == 1 ? " machine: " : " machines: ") + first.example.check + " "
            + first.example.subject;
  }
  return fault{errc::denied, text + "; " + std::string{remedy}};
}

} // namespace muster::service
