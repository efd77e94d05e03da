// The boot log, once a quote covers it.
#pragma once

#include "tpm/evidence/after_log.hpp"
#include "tpm/evidence/log_state.hpp"
#include "tpm/evidence/quote.hpp"
#include "tpm/format/event_log.hpp"
#include "tpm/format/event_text.hpp"

namespace muster::tpm {

/// A boot log that was compared with a quote. Only `verify_boot_log` makes one. Each quoted PCR outside IMA's
/// is in exactly one of five sets (bit i for PCR i). Events are returned only for explained PCRs. Caller: a
/// `contradicted` PCR means that the evidence does not verify; it must become a finding, or a second quote if
/// the PCR moved while the evidence was gathered. An `unexplained` PCR is genuine: an operating system may
/// extend it. But so may anyone who became root there, so it must become a finding, too. For an `unlogged`
/// PCR nothing is known except its value.
class verified_boot_log {
public:
  /// The events, and for `phase_pcr` the phases after them, give the quoted value in every bank that is both
  /// in the log and quoted.
  std::uint32_t explained() const noexcept { return explained_; }
  /// Not in `os_pcrs`; the events give another value in at least one such bank. Or IMA extends the PCR,
  /// beginning at the TPM's start value, and so leaves no room for the boot events in the log.
  std::uint32_t contradicted() const noexcept { return contradicted_; }
  /// In `os_pcrs`; extended with something that neither the log nor phases explain.
  std::uint32_t unexplained() const noexcept { return unexplained_; }
  /// Not in `os_pcrs`; extended, although it has no events (or is quoted in no bank of the log).
  std::uint32_t unlogged() const noexcept { return unlogged_; }
  /// Has no events, and still its start value: not measured, and never good (docs/checks.md 16).
  std::uint32_t unmeasured() const noexcept { return unmeasured_; }

  /// The PCRs that were extended after the log, by index: with phases or unexplained.
  const std::vector<tpm::after_log>& after_log() const noexcept { return after_log_; }
  /// The quoted values. A PCR that phases extended has instead the value that the log alone leads to, which
  /// does not depend on the time of the quote. The quote covers that value, because the phases continue from
  /// it to the quoted one.
  const pcr_values& settled() const noexcept { return settled_; }

  /// The banks that were replayed. If that is only SHA-1, nothing stronger was quoted.
  const std::vector<hash_algorithm>& banks() const noexcept { return banks_; }
  /// The bank that `digest` uses, and that decides which text is covered: SHA-256 if it was replayed, else
  /// the strongest one.
  hash_algorithm bank() const noexcept { return bank_; }
  /// The locality of TPM2_Startup, confirmed by PCR 0; 0 if PCR 0 is not explained.
  std::uint8_t locality() const noexcept { return locality_; }

  /// The measured events of explained PCRs, in log order. Types and uncovered data are hints.
  const std::vector<logged_event>& events() const noexcept { return events_; }
  byte_view digest(const logged_event& event) const noexcept { return log_.digest(event, bank_); }
  byte_view digest(const logged_event& event, hash_algorithm bank) const noexcept {
    return log_.digest(event, bank);
  }
  /// Whether the digest covers all of the event's data. `event` is one of `events`.
  bool covers_data(const logged_event& event) const { return covers_data_.at(event.number); }
  event_text text(const logged_event& event) const;

private:
  friend class boot_log_maker;
  explicit verified_boot_log(event_log log) : log_{std::move(log)} {}

  event_log log_;
  std::vector<logged_event> events_;
  std::vector<bool> covers_data_; ///< by number of the event
  std::vector<hash_algorithm> banks_;
  std::vector<tpm::after_log> after_log_;
  pcr_values settled_;
  hash_algorithm bank_ = hash_algorithm::sha256;
  std::uint8_t locality_ = 0;
  std::uint32_t explained_ = 0;
  std::uint32_t contradicted_ = 0;
  std::uint32_t unexplained_ = 0;
  std::uint32_t unlogged_ = 0;
  std::uint32_t unmeasured_ = 0;
};

/// Replays the log in every bank that is both in it and in the quote, and compares (docs/checks.md 11, 12).
/// Extensions after the log must be explained (os_phases.hpp). PCR 0 starts with whichever of the log's
/// `possible_starts` the quote confirms. The values of PCRs in `ima_pcrs` are ignored: IMA entries explain them from the start value on, and an event in such a PCR is
/// a contradiction. fault unsupported: log and quote share no bank that we can compute; or only SHA-1,
/// although a stronger bank was quoted; or SHA-256 was quoted, but the log does not have it. The bytes that
/// `log` was parsed from must outlive the result.
result<verified_boot_log> verify_boot_log(event_log log, const verified_pcrs& quoted,
                                          std::uint32_t ima_pcrs = default_ima_pcrs);

} // namespace muster::tpm
