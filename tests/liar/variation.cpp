#include "tests/liar/variation.hpp"

#include <algorithm>

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

account power_cut(machine& m, const machine&, dice&) {
  m.power_on_after_cut();
  return honest_account(m);
}

/// Where a unified kernel was started, systemd measures the phases of the boot.
account reboot_with_phases(machine& m, const machine& good, dice& d) {
  reboot(m, good, d);
  const bool unified = std::ranges::any_of(m.boot.lines, [](const auto& line) { return line.pcr == 11; });
  if (!unified) return honest_account(m);
  constexpr std::string_view phases[] = {"enter-initrd", "leave-initrd", "sysinit", "ready"};
  for (const auto phase : phases)
    m.tpm.extend(11, measured(as_bytes(phase)));
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

/// The agent reads the list after the quote, and the kernel has measured more in between.
account list_ahead_of_quote(machine& m, const machine& good, dice& d) {
  auto out = honest_account(m);
  for (auto n = 1 + d.below(4); n > 0; --n)
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

/// The new kernel starts the same files again.
account kexec_with_list_and_start(machine& m, const machine&, dice&) {
  m.kexec(m.list);
  for (std::size_t i = 1; i < m.start.size(); ++i)
    m.measure(m.start[i]);
  return honest_account(m);
}

account kexec_with_list_ahead(machine& m, const machine& good, dice& d) {
  m.kexec(m.list);
  return list_ahead_of_quote(m, good, d);
}

constexpr variation ways[] = {
    {"nothing new", nothing_new},
    {"reboot", reboot},
    {"reboot after the power went", power_cut},
    {"reboot, and the system says its phases", reboot_with_phases},
    {"reboot, and the files in another order", reboot_in_another_order},
    {"more files that the reference knows", more_known_files},
    {"the list ahead of the quote", list_ahead_of_quote},
    {"suspend", suspend},
    // The boot log does not say which kernel took over, so there is a warning until the next reset.
    {"kexec that carries its list", kexec_with_list, level::warning},
    {"kexec that carries its list, and a start", kexec_with_list_and_start, level::warning},
    {"kexec that carries its list, which is ahead of the quote", kexec_with_list_ahead, level::warning},
};

} // namespace

std::span<const variation> variations() { return ways; }

} // namespace muster::liar
