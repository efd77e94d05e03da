// One life of a machine before a real service. Its points are those of `play` (tests/liar/trial.hpp) that can
// be reached over the wire.
#pragma once

#include "tests/liar/service/court.hpp"
#include "tests/liar/trial.hpp"

namespace muster::liar {

/// Campaigns are left out, because tests/system runs upgrades of a group over the wire.
constexpr bool can_be_wired(plot of) noexcept { return !is_of_campaign(of); }

/// Plays one scene in steps, so that many lives share a restart. The caller keeps this order: `begin`; then
/// for each round `tell`, a restart of the service, `judge_again`, `judge_elsewhere`, `judge_back`.
class wired_life {
public:
  /// `number` gives a teacher its own group, so that its lesson does not affect other lives.
  wired_life(stage& on, const scene& what, telling lies, std::size_t number);
  wired_life(const wired_life&) = delete;
  wired_life& operator=(const wired_life&) = delete;

  /// The groups in which the machine is judged.
  std::vector<group> groups() const;
  bool has_round(unsigned number) const { return number == 0 || has_two_rounds(what_.how); }

  /// Plays up to the point where the lies begin.
  status begin(court& at);
  status tell(court& at, unsigned round);
  status judge_again(court& at);
  status judge_elsewhere(court& at);
  status judge_back(court& at);

  const std::vector<shown_at>& seen() const noexcept { return seen_; }
  /// What people saw at these points, with findings. Where two levels count, `seen` has the better one.
  const std::vector<sight>& sights() const noexcept { return sights_; }
  /// What the service said about the machine last.
  std::string words(court& at) const { return at.words_of(*machine_); }

private:
  /// Looks at the machine in that group, and first moves it there if necessary.
  status look(court& at, std::string_view when, const group& in);
  status teach(court& at);

  scene what_;
  telling lies_;
  machine good_;
  group own_;
  group twin_; ///< another group with the same law
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
