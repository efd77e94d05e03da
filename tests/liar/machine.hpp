// A machine as it really is: what its firmware, its kernels and its TPM did.
#pragma once

#include "messages/vocabulary/ids.hpp"
#include "tests/liar/boot_story.hpp"
#include "tests/liar/chip.hpp"
#include "tests/liar/ima_story.hpp"

namespace muster::liar {

struct machine {
  std::string name;
  boot_story boot; ///< measured by firmware and boot loader at each power-on
  ima_story start; ///< then measured by the kernel; line 0 is boot_aggregate, computed each time
  ima_story list;  ///< the present kernel's list
  /// Exactly what the IMA PCRs were extended with since the reset: the entries of all kernels, and what root
  /// extended. A line without data is a digest that root extended as such.
  ima_story extended;
  chip tpm;
  boot_id id;

  /// Resets the TPM and starts the system, up to the last file of `start`.
  void power_on();
  /// The same after a power loss.
  void power_on_after_cut();
  /// The kernel measures a line: list and TPM get it.
  void measure(ima_line line);
  /// Root extends a line that no kernel's list has.
  void extend(ima_line line);
  /// Another kernel takes over without the firmware. It has its own boot id, and a list of its own that
  /// begins with `carried` and its boot_aggregate.
  void kexec(ima_story carried);
  /// boot_aggregate over the present PCRs 0 to 9.
  ima_line aggregate() const;

  void new_id();

private:
  void start_up();
};

/// A machine of tests/data/vm, complete or with the first `files` lines of its list. It is powered on.
machine real_machine(const std::string& name, std::size_t files = ~std::size_t{0});
/// A small machine that starts a unified kernel image through systemd's stub. It is powered on.
machine made_machine();

} // namespace muster::liar
