// One machine's life before a judge, with lies or without.
#pragma once

#include "tests/liar/liar.hpp"
#include "tests/liar/stage.hpp"

#include <functional>
#include <optional>

namespace muster::liar {

enum class plot : std::uint8_t {
  stranger,    ///< bad from the first attestation on
  fell,        ///< it attested as a good machine, then it became bad
  known_bad,   ///< and attested that honestly, then it lies
  two_stories, ///< bad from the first attestation on, and two attestations in one boot
  teacher,     ///< good itself; what it teaches is what another machine, the bad one, is judged by
  member,      ///< of a group whose upgrade is staged; it lies while both sets pass, and when that is over
  canary ///< one of three that teach their group's upgrade, and whose quorum is two; the others are good
};
inline constexpr std::size_t plot_count = 7;
std::string_view to_string(plot of) noexcept;

/// How a group is upgraded; of plots with a campaign.
struct upgrading {
  std::size_t by = 0;             ///< which of the upgrades
  version reached = version::old; ///< by the bad machine
  ending ends = ending::enforced;
  bool bad_canary = false; ///< the canary is as bad as the other machine

  friend auto operator<=>(const upgrading&, const upgrading&) = default;
};

struct scene {
  std::size_t cast = 0;
  std::size_t law = 0;
  std::size_t other_law = 0; ///< that it is judged by again
  std::size_t badness = 0;
  plot how = plot::stranger;
  bool suspends = false;  ///< between the badness and the lies
  bool continues = false; ///< the second of two stories continues the first
  upgrading group{};

  friend auto operator<=>(const scene&, const scene&) = default;
};
std::string to_string(const scene& of, const stage& on);
/// Whether the group is upgraded.
constexpr bool is_of_campaign(plot of) noexcept { return of == plot::member || of == plot::canary; }
/// Whether there are two rounds of lies.
constexpr bool has_two_rounds(plot of) noexcept { return of == plot::two_stories || of == plot::member; }

/// Then every machine is shown as stale or worse.
inline constexpr std::string_view after_the_lease = "after the lease";

/// What was shown at one point of it.
struct shown_at {
  std::string_view when;
  level what;
  bool whole = true; ///< what was told of the list by then is all that the TPM was extended with
  /// Nothing that it told since was taken, and whole logs were withheld: what silence would be shown as.
  std::optional<level> silent{};
};

/// "at once: trusted, ..."
std::string to_string(const std::vector<shown_at>& all);

/// Lies of one round; null: none.
using telling = std::function<void(liar&, unsigned round)>;

/// Who looks over the judge's shoulder.
using watching = std::function<void(std::string_view when, const judge&)>;

/// Empty: this machine cannot be bad in this way.
std::vector<shown_at> play(stage& on, const scene& what, const telling& lies, const watching& watch = {});

/// What a machine is shown as that tells the truth.
struct truth {
  std::vector<shown_at> honest; ///< what its kernel's logs give
  std::vector<shown_at> whole;  ///< and with them, in the list, what a kexec lost
};
truth truth_of(stage& on, const scene& what);

/// The best that it may be shown as then. Who tells the whole list tells the truth about the whole boot, and
/// is shown no better than that; all others no better than the worst that a truthful machine is shown as. Who
/// withholds what was asked for is shown no better than a machine that says nothing.
level best_of(const truth& is, std::size_t point, const shown_at& lied);

/// Where the liar is shown better than the truth; null: nowhere.
const shown_at* first_above(const std::vector<shown_at>& lied, const truth& is);

} // namespace muster::liar
