#include "tests/liar/variation.hpp"

namespace muster::liar {

namespace {

const ima_line& known_line(const machine& good, dice& d) {
  return good.list[good.list.size() < 2 ? 0 : 1 + d.below(good.list.size() - 1)];
}

account nothing_new(machine& m, const machine&, dice&) { return honest_account(m); }

account reboot(machine& m, const machine&, dice&) {
  m.power_on();
  return honest_account(m);
}

account reboot_in_another_order(machine& m, const machine&, dice& d) {
  for (auto i = m.start.size(); i > 2; --i)
    std::swap(m.start[i - 1], m.start[1 + d.below(i - 1)]);
  return reboot(m, m, d);
}

account more_known_files(machine& m, const machine& good, dice& d) {
  for (auto n = 1 + d.below(3); n > 0; --n)
    m.measure(known_line(good, d));
  return honest_account(m);
}

/// The agent reads the list after the quote was made, and the kernel went on in between.
account list_ahead_of_quote(machine& m, const machine& good, dice& d) {
  auto out = honest_account(m);
  out.list.push_back(known_line(good, d));
  return out;
}

account suspend(machine& m, const machine&, dice&) {
  m.tpm.resume();
  return honest_account(m);
}

account kexec_with_list(machine& m, const machine&, dice&) {
  m.kexec(m.list);
  return honest_account(m);
}

constexpr variation ways[] = {
    {"nothing new", nothing_new},
    {"reboot", reboot},
    {"reboot, and the files in another order", reboot_in_another_order},
    {"more files that the reference knows", more_known_files},
    {"the list ahead of the quote", list_ahead_of_quote},
    {"suspend", suspend},
    // The boot log does not say which kernel took over: that is told until the next reset.
    {"kexec that carries its list", kexec_with_list, level::warning},
};

} // namespace

std::span<const variation> variations() { return ways; }

} // namespace muster::liar
