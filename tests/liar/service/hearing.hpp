// Many lives before one service, and what is wrong with what people saw.
#pragma once

#include "tests/liar/service/wired_life.hpp"

namespace muster::liar {

/// What is told there, and how it is to be shown: as the judge (tests/liar/judge.hpp) shows the same, with
/// the same findings, and no better than the truth. A case that `open_cases` lists may be shown better.
struct plea {
  std::string words;
  scene where;
  telling lies; ///< null: the truth
  std::optional<level> at_most{};
};

/// The named cases with `text` in their words: each lie, the truth about its machine, honest cases, and
/// machines that are trusted, or "no better" would say nothing.
std::vector<plea> named_pleas(std::string_view text, stage& on);
/// A strategy of the random search.
std::optional<plea> plea_of(std::uint64_t seed, stage& on);

struct finding_of_fact {
  std::string seen;    ///< levels, or why there are none
  std::string failure; ///< empty: it is as it must be
};

/// Most lives of one hearing: their groups are no more than a service has policies for.
inline constexpr std::size_t most_lives = 64;

/// One for each of at most `most_lives` pleas. fault: the service does not run; the text has the end of its
/// log.
result<std::vector<finding_of_fact>> hear(std::span<const plea> all, stage& on);

} // namespace muster::liar
