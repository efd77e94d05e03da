// One machine's life before a judge, with or without lies.
#pragma once

#include "tests/liar/liar.hpp"
#include "tests/liar/stage.hpp"

#include <functional>
#include <optional>

namespace muster::liar {

enum class plot : std::uint8_t {
  stranger,    ///< bad from the first attestation on
  fell,        ///< attested as good, then became bad
  known_bad,   ///< attested as good, became bad, attested that honestly, then lies
  two_stories, ///< bad from the first attestation on, with two attestations in one boot
  teacher,     ///< good itself; another machine, the bad one, is judged by what it teaches
  member,      ///< of a group with a staged upgrade; lies while both sets pass, and again afterwards
  canary       ///< one of three that teach their group's upgrade with a quorum of two; the others are good
};
inline constexpr std::size_t plot_count = 7;
std::string_view to_string(plot of) noexcept;

/// How a group is upgraded, in plots with a campaign.
struct upgrading {
  std::size_t by = 0;             ///< index into `upgrades`
  version reached = version::old; ///< by the bad machine
  ending ends = ending::enforced;
  bool bad_canary = false; ///< the canary is as bad as the other machine

  friend auto operator<=>(const upgrading&, const upgrading&) = default;
};

struct scene {
  std::size_t cast = 0;
  std::size_t law = 0;
  std::size_t other_law = 0; ///< by which the machine is judged again
  std::size_t badness = 0;
  plot how = plot::stranger;
  bool suspends = false;  ///< between becoming bad and lying
  bool continues = false; ///< the second story continues the first
  upgrading group{};

  friend auto operator<=>(const scene&, const scene&) = default;
};
std::string to_string(const scene& of, const stage& on);
/// Whether the group is upgraded.
constexpr bool is_of_campaign(plot of) noexcept { return of == plot::member || of == plot::canary; }
/// Whether there are two rounds of lies.
constexpr bool has_two_rounds(plot of) noexcept { return of == plot::two_stories || of == plot::member; }

/// The point at which every machine is shown as stale or worse.
inline constexpr std::string_view after_the_lease = "after the lease";

/// How the machine was shown at one point of its life.
struct shown_at {
  std::string_view when;
  level what;
  bool whole = true; ///< the list reported so far is all that the TPM was extended with
  /// Set if whole logs were withheld and no evidence was accepted since: how a silent machine would be shown.
  std::optional<level> silent{};
};

/// "at once: trusted, ..."
std::string to_string(const std::vector<shown_at>& all);

/// Tells the lies of one round; null: none.
using telling = std::function<void(liar&, unsigned round)>;

/// Observes the judge at each point.
using watching = std::function<void(std::string_view when, const judge&)>;

/// Plays a scene. Empty: this machine cannot be bad in this way.
std::vector<shown_at> play(stage& on, const scene& what, const telling& lies, const watching& watch = {});

/// How a truthful machine is shown.
struct truth {
  std::vector<shown_at> honest; ///< by its kernel's logs
  std::vector<shown_at> whole;  ///< by these logs with the entries that a kexec lost
};
truth truth_of(stage& on, const scene& what);

/// The best level that a liar may be shown at that point. A liar that tells the whole list tells the truth
/// about the whole boot, and is shown no better than that truth. Any other is shown no better than the worse
/// of the two truths. A liar that withholds requested logs is shown no better than a silent machine.
level best_of(const truth& is, std::size_t point, const shown_at& lied);

/// The first point at which the liar is shown better than allowed; null: none.
const shown_at* first_above(const std::vector<shown_at>& lied, const truth& is);

} // namespace muster::liar
