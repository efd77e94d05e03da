// Root on the machine: what it can do with the TPM, and what it can write.
#pragma once

#include "tests/liar/account.hpp"

namespace muster::liar {

/// Changes `told`, and extends PCRs of `real`. Indices into a log wrap around;
/// in an empty log nothing happens.
class liar {
public:
  liar(machine& real, const machine& good) : told{honest_account(real)}, real_{real}, good_{good} {}

  account told;

  // Real effects on the TPM.
  void extend(unsigned pcr, const measurement& with);
  void suspend() { real_.tpm.resume(); }
  /// Extends, and tells it as a boot event: the digest is of `content`, the data is `shown`.
  void extend_as_event(unsigned pcr, byte_view content, byte_view shown,
                       tpm::event_type type = tpm::event_type::ipl);
  /// Extends, and tells it as a list entry.
  void extend_as_entry(ima_line line);
  /// Extends the whole list of the good machine, and tells it instead of the real list.
  void extend_good_list();
  /// Extends that PCR as a boot of the good machine does, and tells this as further events.
  void extend_good_boot(unsigned pcr);

  // The boot log as text.
  void leave_out_pcr(unsigned pcr);
  void leave_out_event(std::size_t at);
  void repeat_event(std::size_t at);
  void swap_events(std::size_t a, std::size_t b);
  void move_event(std::size_t at, unsigned pcr);
  void retype_event(std::size_t at, tpm::event_type type);
  void reword_event(std::size_t at, byte_view data);
  void insert_event(std::size_t at, boot_line line);
  void cut_boot(std::size_t lines);
  void tell_good_boot() { told.boot = good_.boot; }
  /// Tells the first `n` list entries as events of PCR 10 instead.
  void tell_entries_as_events(std::size_t n);
  void tell_events_as_entries(unsigned pcr);

  // The list as text.
  void leave_out_entry(std::size_t at);
  void repeat_entry(std::size_t at);
  void swap_entries(std::size_t a, std::size_t b);
  void move_entry(std::size_t at, unsigned pcr);
  void relabel_entry(std::size_t at, std::string layout);
  void relabel_all(const std::string& layout);
  /// Tells that entry as a violation.
  void call_violation(std::size_t at);
  /// Changes the words of a violation, which no digest covers.
  void reword_violation(std::size_t at, std::string_view path, byte_view digest);
  void cut_list(std::size_t entries);
  void tell_good_list() { told.list = good_.list; }
  /// Includes what a kexec lost: the truth about the whole boot.
  void tell_whole_list() { told.list = real_.extended; }
  /// Inserts an entry that was never extended.
  void insert_entry(std::size_t at, ima_line line);

  /// Whether the reported entries from `first` on are exactly what the TPM was extended with, byte for byte
  /// and in order (machine::extended). Further entries after them are ahead of the quote, and allowed.
  bool tells_whole_list(std::size_t first) const;

  std::size_t events() const { return told.boot.lines.size(); }
  std::size_t entries() const { return told.list.size(); }
  const machine& real() const { return real_; }
  const machine& good() const { return good_; }
  /// Index of the last entry of `told` without a counterpart in the good list; else of the last entry.
  std::size_t bad_entry() const;
  /// Index of a violation in `told`; else of the last entry.
  std::size_t violation() const;

private:
  machine& real_;
  const machine& good_;
};

} // namespace muster::liar
