// What systemd extends into PCR 11 after the boot log: a word for each phase that the system reaches.
#pragma once

#include "crypto/digest.hpp"
#include "messages/vocabulary/hash_algorithm.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace muster::tpm {

/// The PCRs that an operating system may extend after the firmware's log ended (UAPI.7 Linux TPM PCR
/// Registry). Extensions that nothing explains are a finding there, not a contradiction.
inline constexpr std::uint32_t os_pcrs = 0b11111U << 11U;
/// The PCR that systemd-pcrphase (systemd-pcrextend since 255) extends with the phases.
inline constexpr unsigned phase_pcr = 11;

/// In the order in which a system reaches them.
enum class os_phase : std::uint8_t { enter_initrd, leave_initrd, sysinit, ready, shutdown, final };
constexpr os_phase last_of(os_phase) noexcept { return os_phase::final; }
inline constexpr std::size_t os_phase_count = 6;

/// The word that is extended: each bank gets H(word), without a NUL.
std::string_view to_string(os_phase phase) noexcept;
std::optional<os_phase> os_phase_from(std::string_view word) noexcept;

/// The phases that a system went through; only possible sequences can be represented.
/// In a round, each phase comes at most once and in order, and any may be left out. Without systemd in the
/// initial RAM disk, that disk's phases are missing; a system woken from hibernation has enter-initrd and
/// then shutdown. systemctl soft-reboot and kexec go through the phases again without a reset of the TPM.
/// Such a further round begins only after a complete one, which has sysinit, ready, shutdown and final, and
/// either both phases of the initial RAM disk or none. A phase is not good news: its word says that it was
/// reached, but anyone can extend that word. So a PCR that these words explain is trusted no more for it; it
/// is only as good as what the boot log explains.
class phase_path {
public:
  static constexpr unsigned max_rounds = 5;

  /// Returns false and changes nothing if `next` cannot follow.
  [[nodiscard]] bool add(os_phase next);
  /// Judges words by name, as a log of them would list them. Empty if a word is unknown or cannot come where
  /// it is.
  static std::optional<phase_path> of(std::span<const std::string_view> words);

  const std::vector<os_phase>& phases() const noexcept { return phases_; }
  bool empty() const noexcept { return phases_.empty(); }
  /// Whether there is more than one round: programs or the kernel were replaced without a reset of the TPM.
  bool restarted() const noexcept { return round_ > 1; }

  friend bool operator==(const phase_path&, const phase_path&) = default;

private:
  bool whole() const noexcept;

  std::vector<os_phase> phases_;
  unsigned round_ = 1;
  std::uint8_t seen_in_round_ = 0; // bit i: phase i came in this round
};

/// For people: "sysinit, ready".
std::string to_string(const phase_path& path);

/// One bank of a PCR, before and after.
struct bank_move {
  hash_algorithm bank = hash_algorithm::sha256;
  crypto::digest from;
  crypto::digest to;
};

/// The phases that continue `before` and take every bank from `from` to `to`; `before` itself if nothing
/// moved. Empty if there are no such phases, or no banks. At most 1,953 extensions of one bank. Caller: all
/// banks can be computed.
std::optional<phase_path> find_phases(std::span<const bank_move> banks, const phase_path& before);

} // namespace muster::tpm
