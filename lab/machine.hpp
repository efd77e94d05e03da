// A simulated machine: a TPM, its firmware's and kernel's measurements, and the log files that record them.
#pragma once

#include "lab/manufacture.hpp"
#include "lab/software.hpp"
#include "messages/vocabulary/result.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster::lab {

/// A machine is a folder:
///   tpm.sock                      the TPM, while the machine is on: `swtpm:path=FOLDER/tpm.sock`
///   boot_id                       as /proc/sys/kernel/random/boot_id
///   binary_bios_measurements      as the kernel's file of that name
///   binary_runtime_measurements   as the kernel's file of that name
///   facts.yaml                    for an agent's `platform.facts`: hostname, operating_system, kernel,
///                                 architecture, product, firmware
///   software                      what it boots, one `key=value` to a line
///   tpm/ hostname lock *.lock swtpm.pid swtpm.log   the lab's own
/// Each operation takes the folder's lock, opens the TPM and closes it afterwards; it waits while an agent
/// has the TPM open. Files are replaced as a whole, so that a reader never sees half of one.
class machine {
public:
  /// Makes the folder and manufactures its TPM; the machine is off. `maker` may be null only for an
  /// endorsement of none. fault conflict: the folder is not empty; limit: its path is too long for a socket.
  static result<machine> create(const std::filesystem::path& folder, const vendor* maker,
                                const manufacture_plan& plan = {});

  /// Takes over a folder whose tpm/ another tool manufactured (swtpm_setup); the machine is off.
  static result<machine> adopt(const std::filesystem::path& folder, std::string hostname = {});

  static result<machine> open(const std::filesystem::path& folder);

  const std::filesystem::path& folder() const noexcept { return folder_; }
  std::filesystem::path socket() const { return folder_ / "tpm.sock"; }
  std::filesystem::path boot_id() const { return folder_ / "boot_id"; }
  std::filesystem::path boot_log() const { return folder_ / "binary_bios_measurements"; }
  std::filesystem::path ima_log() const { return folder_ / "binary_runtime_measurements"; }
  std::filesystem::path facts() const { return folder_ / "facts.yaml"; }
  /// For a configuration: "swtpm:path=...".
  std::string tpm_address() const { return "swtpm:path=" + socket().string(); }

  bool on() const;
  /// The software that it booted last, or would boot.
  result<software> installed() const;

  /// Power cycle, then firmware, boot loader, kernel and IMA according to `what`, which is remembered. The
  /// reset count rises, the boot id is new. The TPM's socket appears once everything is measured: no agent
  /// sees a machine that is only half up. The caller stops the agent of the earlier boot first: on a real
  /// machine it would not have survived.
  ///
  /// With `what.evidence`: that folder has binary_bios_measurements and binary_runtime_measurements of a real
  /// machine (or bios.bin and ima.bin). Their content is extended into the TPM, whose banks become those of
  /// the boot log, and they become this machine's files.
  status boot(const software& what);

  /// Boots the same software again, with the given text appended to the kernel command line.
  status reboot(std::string_view append_to_command_line = {});

  /// Executes a file of that path and content: one IMA entry, first in the list and then in PCR 10. A list
  /// read after a quote is therefore never older than the quote.
  status run(std::string_view path, std::string_view content);

  /// Root extends a PCR with H(text) in every bank; no log records it.
  status extend(unsigned pcr, std::string_view text);

  /// Switches the machine off. No effect if it is off already.
  status off();

  /// Switches it off and deletes the folder.
  status destroy();

private:
  explicit machine(std::filesystem::path folder) : folder_{std::move(folder)} {}
  status power_down() const;
  status boot_locked(const software& what) const;
  status write_facts(const software& what) const;

  std::filesystem::path folder_;
};

} // namespace muster::lab
