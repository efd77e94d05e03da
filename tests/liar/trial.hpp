// One machine's life before a judge, with lies or without.
#pragma once

#include "tests/liar/liar.hpp"
#include "tests/liar/stage.hpp"

#include <functional>

namespace muster::liar {

enum class plot : std::uint8_t {
  stranger,    ///< bad from the first attestation on
  fell,        ///< it attested as a good machine, then it became bad
  known_bad,   ///< and attested that honestly, then it lies
  two_stories, ///< bad from the first attestation on, and two attestations in one boot
  teacher      ///< good itself; what it teaches is what another machine, the bad one, is judged by
};
inline constexpr std::size_t plot_count = 5;
std::string_view to_string(plot of) noexcept;

struct scene {
  std::size_t cast = 0;
  std::size_t law = 0;
  std::size_t other_law = 0; ///< that it is judged by again
  std::size_t badness = 0;
  plot how = plot::stranger;
  bool suspends = false;  ///< between the badness and the lies
  bool continues = false; ///< the second of two stories continues the first

  friend auto operator<=>(const scene&, const scene&) = default;
};
std::string to_string(const scene& of, const stage& on);

/// Then every machine is shown as stale or worse.
inline constexpr std::string_view after_the_lease = "after the lease";

/// What was shown at one point of it.
struct shown_at {
  std::string_view when;
  level what;
};

/// Lies of one round; null: none.
using telling = std::function<void(liar&, unsigned round)>;

/// Who looks over the judge's shoulder.
using watching = std::function<void(std::string_view when, const judge&)>;

/// Empty: this machine cannot be bad in this way.
std::vector<shown_at> play(stage& on, const scene& what, const telling& lies, const watching& watch = {});

/// Where the liar is shown better than the honest machine; null: nowhere.
const shown_at* first_above(const std::vector<shown_at>& lied, const std::vector<shown_at>& honest);

} // namespace muster::liar
