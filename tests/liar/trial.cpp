#include "tests/liar/trial.hpp"

#include "tests/liar/badness.hpp"
#include "tests/liar/lesson.hpp"

#include <algorithm>

namespace muster::liar {

namespace {

/// False: it cannot be bad in this way.
bool become_bad(machine& m, const badness& how) {
  if (!how.befall(m)) return false;
  if (how.when == happens::at_boot) m.power_on();
  return true;
}

class performance {
public:
  performance(stage& on, const scene& what, const telling& lies, const watching& watch)
      : on_{on}, what_{what}, lies_{lies}, watch_{watch}, good_{on.good(what.cast)} {}

  std::vector<shown_at> run() {
    if (what_.how == plot::teacher) return run_teacher();
    auto player =
        begins_known() ? on_.acquainted(what_.cast, what_.law) : on_.stranger(what_.cast, what_.law);
    if (!become_bad(player.m, all_badness()[what_.badness])) return {};
    if (what_.how == plot::known_bad) player.by.attest(honest_account(player.m), player.m.tpm);
    if (what_.suspends) player.m.tpm.resume();
    liar l{player.m, good_};
    round(player, l, 0);
    if (what_.how == plot::two_stories) {
      if (!what_.continues) l.told = honest_account(player.m);
      round(player, l, 1);
    }
    note(after_the_lease, player.by, player.by.wait_for_lease_end());
    return std::move(out_);
  }

private:
  bool begins_known() const { return what_.how == plot::fell || what_.how == plot::known_bad; }

  void note(std::string_view when, const judge& by, level shown) {
    out_.push_back({when, shown});
    if (watch_) watch_(when, by);
  }

  void round(acquaintance& player, liar& l, unsigned number) {
    if (lies_) lies_(l, number);
    note("at once", player.by, player.by.attest(l.told, player.m.tpm));
    const auto here = player.by.context();
    note("judged again after a restart", player.by, player.by.reappraise(later(here)));
    note("under another policy", player.by, player.by.reappraise(on_.context(what_.cast, what_.other_law)));
    note("under the first one again", player.by, player.by.reappraise(here));
  }

  std::vector<shown_at> run_teacher() {
    auto teacher = on_.stranger(what_.cast, what_.law);
    liar l{teacher.m, good_};
    if (lies_) lies_(l, 0);
    const auto shown = teacher.by.attest(l.told, teacher.m.tpm);
    auto pupil = on_.stranger(what_.cast, what_.law);
    if (!become_bad(pupil.m, all_badness()[what_.badness])) return {};
    const auto before = pupil.by.attest(honest_account(pupil.m), pupil.m.tpm);
    // What is wrong with a teacher that is shown as untrusted is what whoever accepts it was told. Where
    // nothing is learnt, what was in force stays.
    const auto learnt = shown == level::untrusted ? nullptr : lesson_of(teacher.by);
    note("another machine by what was learnt", pupil.by,
         learnt ? std::max(before, pupil.by.reappraise(with_reference(pupil.by.context(), learnt))) : before);
    return std::move(out_);
  }

  stage& on_;
  const scene& what_;
  const telling& lies_;
  const watching& watch_;
  const machine& good_;
  std::vector<shown_at> out_;
};

} // namespace

std::string_view to_string(plot of) noexcept {
  constexpr std::string_view words[] = {"bad from the start", "good, then bad", "bad and known to be",
                                        "two stories", "teacher"};
  static_assert(std::size(words) == plot_count);
  return words[static_cast<std::size_t>(of)];
}

std::string to_string(const scene& of, const stage& on) {
  std::string out = on.good(of.cast).name;
  out += "; policy ";
  out += laws()[of.law].name;
  out += ", then ";
  out += laws()[of.other_law].name;
  out += "; ";
  out += all_badness()[of.badness].name;
  out += "; ";
  out += to_string(of.how);
  if (of.suspends) out += ", suspended in between";
  if (of.continues) out += ", the second story continues the first";
  return out;
}

std::vector<shown_at> play(stage& on, const scene& what, const telling& lies, const watching& watch) {
  return performance{on, what, lies, watch}.run();
}

const shown_at* first_above(const std::vector<shown_at>& lied, const std::vector<shown_at>& honest) {
  for (std::size_t i = 0; i < std::min(lied.size(), honest.size()); ++i)
    if (lied[i].what > honest[i].what) return &lied[i];
  return nullptr;
}

} // namespace muster::liar
