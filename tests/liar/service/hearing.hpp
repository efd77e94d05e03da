// Plays many lives before one service, and checks what people saw.
#pragma once

#include "tests/liar/service/wired_life.hpp"

namespace muster::liar {

/// One life. The service must show it as the judge does (tests/liar/judge.hpp), with the same findings, and
/// no better than the truth. A case in `open_cases` may be shown better.
struct plea {
  std::string words;
  scene where;
  telling lies; ///< null: it tells the truth
  std::optional<level> at_most{};
};

/// The named cases with `text` in their words: each lie, the truth about its machine, the honest cases, and
/// trusted machines. Without the trusted ones, "no better" would prove nothing.
std::vector<plea> named_pleas(std::string_view text, stage& on);
/// The strategy that the random search makes from `seed`; empty: it cannot be played over the wire.
std::optional<plea> plea_of(std::uint64_t seed, stage& on);

struct finding_of_fact {
  std::string seen;    ///< the levels shown
  std::string failure; ///< empty: all is as it must be
};

/// Most lives in one hearing, so that their groups do not exceed the number of policies that a service takes.
inline constexpr std::size_t most_lives = 64;

/// One finding for each of at most `most_lives` pleas. fault: the service does not run; the text includes the
/// end of its log.
result<std::vector<finding_of_fact>> hear(std::span<const plea> all, stage& on);

} // namespace muster::liar
