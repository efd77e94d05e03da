// A machine as it really is: what its firmware, its kernel and its TPM did.
#pragma once

#include "messages/vocabulary/ids.hpp"
#include "tests/liar/boot_story.hpp"
#include "tests/liar/chip.hpp"
#include "tests/liar/ima_story.hpp"

namespace muster::liar {

struct machine {
  std::string name;
  boot_story boot; ///< what firmware and boot loader measure at each power-on
  ima_story start; ///< what the kernel measures then; line 0 is boot_aggregate, computed anew
  ima_story list;  ///< what this kernel's list holds
  /// Entries since the reset, of all kernels, and what root extended: their PCRs were extended with exactly
  /// that. A line without data is a digest that root extended as such.
  ima_story extended;
  chip tpm;
  boot_id id;

  /// From the reset of the TPM to the last file of the start.
  void power_on();
  /// The same after the power went.
  void power_on_after_cut();
  /// The kernel measures.
  void measure(ima_line line);
  /// Root extends, and no kernel's list has it.
  void extend(ima_line line);
  /// Another kernel takes over without the firmware: it has a boot id and a list of its own, which begins
  /// with `carried` and its boot_aggregate.
  void kexec(ima_story carried);
  /// The PCRs that boot_aggregate covers.
  ima_line aggregate() const;

  void new_id();

private:
  void start_up();
};

/// A machine of tests/data/vm, whole, or with the first `files` lines of its list. It is on.
machine real_machine(const std::string& name, std::size_t files = ~std::size_t{0});
/// A machine that starts a unified kernel image through systemd's stub; small. It is on.
machine made_machine();

} // namespace muster::liar
