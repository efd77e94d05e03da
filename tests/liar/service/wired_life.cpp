#include "tests/liar/service/wired_life.hpp"

#include "tests/liar/badness.hpp"

#include <algorithm>

namespace muster::liar {

namespace {

// Numbers of groups with the same law: 0 is shared by all lives, 1 is its twin.
constexpr std::size_t twin_number = 1;
constexpr std::size_t first_own_number = 2;

status become_bad(machine& m, const badness& how) {
  if (!how.befall(m)) return fault{errc::unsupported, "this machine cannot be bad in this way"};
  if (how.when == happens::at_boot) m.power_on();
  return {};
}

} // namespace

wired_life::wired_life(stage& on, const scene& what, telling lies, std::size_t number)
    : what_{what}, lies_{std::move(lies)}, good_{on.good(what.cast)}, own_{what.cast, what.law, 0},
      twin_{what.cast, what.law, twin_number}, other_{what.cast, what.other_law, 0}, m_{good_}, l_{m_,
                                                                                                   good_} {
  if (what.how == plot::teacher) own_.number = first_own_number + number;
}

std::vector<group> wired_life::groups() const {
  return what_.how == plot::teacher ? std::vector{own_} : std::vector{own_, twin_, other_};
}

status wired_life::begin(court& at) {
  auto enrolled = at.enrol(own_);
  if (!enrolled) return enrolled.fault();
  machine_ = *std::move(enrolled);
  is_in_ = own_;
  if (what_.how == plot::teacher) return {};
  if (what_.how == plot::fell || what_.how == plot::known_bad)
    if (auto told = machine_->tell(honest_account(m_), m_.tpm); !told) return told;
  if (auto bad = become_bad(m_, all_badness()[what_.badness]); !bad) return bad;
  if (what_.how == plot::known_bad)
    if (auto told = machine_->tell(honest_account(m_), m_.tpm); !told) return told;
  if (what_.suspends) m_.tpm.resume();
  l_.told = honest_account(m_);
  return {};
}

status wired_life::tell(court& at, unsigned round) {
  if (round != 0 && !what_.continues) l_.told = honest_account(m_);
  if (lies_) lies_(l_, round);
  if (auto told = machine_->tell(l_.told, m_.tpm); !told) return told;
  // An increment continues from the record.
  const auto from = machine_->told_from();
  whole_ = from && l_.tells_whole_list(static_cast<std::size_t>(*from)) && (*from == 0 || whole_);
  return what_.how == plot::teacher ? teach(at) : look(at, "at once", own_);
}

/// The restart must not change what is shown. The twin of the group then judges the record again.
status wired_life::judge_again(court& at) {
  if (what_.how == plot::teacher) return {};
  const auto stored = at.look(*machine_, own_);
  if (!stored) return stored.fault();
  if (*stored != sights_.back()) return fault{errc::mismatch, "a restart changed what is shown"};
  return look(at, "judged again after a restart", twin_);
}

status wired_life::judge_elsewhere(court& at) { return look(at, "under another policy", other_); }
status wired_life::judge_back(court& at) { return look(at, "under the first one again", own_); }

status wired_life::look(court& at, std::string_view when, const group& in) {
  if (what_.how == plot::teacher) return {};
  if (is_in_ != in)
    if (auto moved = at.move(*machine_, in); !moved) return moved;
  is_in_ = in;
  const auto shown = at.look(*machine_, in);
  if (!shown) return fault{shown.fault().code, std::string{when} + ": " + shown.fault().check};
  seen_.push_back({when, shown->shown, whole_});
  sights_.push_back(*shown);
  return {};
}

status wired_life::teach(court& at) {
  const auto shown = at.look(*machine_, own_);
  if (!shown) return shown.fault();
  auto pupil = at.enrol(own_);
  if (!pupil) return pupil.fault();
  auto other = good_;
  if (auto bad = become_bad(other, all_badness()[what_.badness]); !bad) return bad;
  if (auto told = (*pupil)->tell(honest_account(other), other.tpm); !told) return told;
  const auto before = at.look(**pupil, own_);
  if (!before) return before.fault();
  // An operator who accepts an untrusted machine has seen that, so nothing is learnt from it here.
  const auto learnt =
      shown->shown == level::untrusted ? status{fault{errc::denied, ""}} : at.learn(own_, *machine_);
  if (!learnt && learnt.fault().code != errc::denied) return learnt;
  const auto after = learnt ? at.look(**pupil, own_) : before;
  if (!after) return after.fault();
  seen_.push_back({"another machine by what was learnt", std::max(before->shown, after->shown), whole_});
  sights_.push_back(*after);
  machine_ = *std::move(pupil);
  return {};
}

} // namespace muster::liar
