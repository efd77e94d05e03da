#include "checkup/clock_line.hpp"

#include "messages/time_text.hpp"

namespace muster::checkup {

namespace {

constexpr const char* subject = "clock";
constexpr const char* set_it =
    "set it: timedatectl set-ntp true, or chronyc makestep; on a virtual machine look "
    "at the host's clock, too";
constexpr std::uint64_t year_2025 = 1'735'689'600'000; // before the first release

std::string seconds(std::uint64_t ms) { return std::to_string((ms + 500) / 1000) + " s"; }

} // namespace

line judge_clock(const clock_facts& seen) {
  const auto now = seen.now.milliseconds;
  const auto here = rfc3339(seen.now);
  if (now < year_2025) return bad(subject, "it says " + here + ", which is long past", set_it);
  if (now + most_difference_ms < seen.newest_signed.milliseconds)
    return bad(subject,
               "it says " + here + ", and " + seen.signed_what + " was signed later, at "
                   + rfc3339(seen.newest_signed),
               set_it);
  std::string difference;
  if (seen.service) {
    const auto there = seen.service->milliseconds;
    const auto apart = now > there ? now - there : there - now;
    const auto* side = now > there ? " ahead of" : " behind";
    if (apart > most_difference_ms)
      return bad(subject,
                 "it is " + seconds(apart) + side + " the service's clock, which says "
                     + rfc3339(*seen.service),
                 std::string{"one of the two is wrong; "} + set_it);
    difference =
        apart < 1000 ? "; it agrees with the service's" : "; " + seconds(apart) + side + " the service's";
  }
  if (seen.synchronised == false)
    return note(subject, here + ", not synchronised with a time server" + difference,
                "install systemd-timesyncd or chrony, and let it reach a time server");
  return good(subject, here + (seen.synchronised ? ", synchronised" : "") + difference);
}

} // namespace muster::checkup
