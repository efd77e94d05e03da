// One life of a machine before a real service: the points are those of `play` (tests/liar/trial.hpp) that the
// wire can reach.
#pragma once

#include "tests/liar/service/court.hpp"
#include "tests/liar/trial.hpp"

namespace muster::liar {

/// Campaigns are left out: an upgrade of a group is a change of what judges it, which tests/system leads over
/// the wire.
constexpr bool can_be_wired(plot of) noexcept { return !is_of_campaign(of); }

/// Plays one scene in steps, so that many lives share a restart. Caller: the order is begin, then for each
/// round tell, judge_again once the service was restarted, judge_elsewhere, judge_back.
class wired_life {
public:
  /// `number`: of its own group, if what is learnt from it is not for others.
  wired_life(stage& on, const scene& what, telling lies, std::size_t number);
  wired_life(const wired_life&) = delete;
  wired_life& operator=(const wired_life&) = delete;

  /// Where it is judged.
  std::vector<group> groups() const;
  bool has_round(unsigned number) const { return number == 0 || has_two_rounds(what_.how); }

  /// Up to where the lies begin.
  status begin(court& at);
  status tell(court& at, unsigned round);
  status judge_again(court& at);
  status judge_elsewhere(court& at);
  status judge_back(court& at);

  const std::vector<shown_at>& seen() const noexcept { return seen_; }
  /// What people saw at these points, with what was found. A level of `seen` is the better one where two
  /// count.
  const std::vector<sight>& sights() const noexcept { return sights_; }
  /// What the service said of it last.
  std::string words(court& at) const { return at.words_of(*machine_); }

private:
  /// In that group, where it is moved unless it is there.
  status look(court& at, std::string_view when, const group& in);
  status teach(court& at);

  scene what_;
  telling lies_;
  machine good_;
  group own_;
  group twin_; ///< another with the same law
  group other_;
  group is_in_;
  machine m_;
  liar l_;
  std::unique_ptr<wired_machine> machine_;
  bool whole_ = true;
  std::vector<shown_at> seen_;
  std::vector<sight> sights_;
};

} // namespace muster::liar
