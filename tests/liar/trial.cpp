#include "tests/liar/trial.hpp"

#include "tests/liar/badness.hpp"
#include "tests/liar/led_campaign.hpp"
#include "tests/liar/lesson.hpp"

#include <algorithm>
#include <utility>

namespace muster::liar {

using service::context_ptr;

namespace {

/// False: the machine cannot be bad in this way.
bool become_bad(machine& m, const badness& how) {
  if (!how.befall(m)) return false;
  if (how.when == happens::at_boot) m.power_on();
  return true;
}

/// Whether the difference between the old set and what `teacher` teaches shows a content of `pupil` that the
/// good machine lacks.
bool shows_badness(const machine& teacher, const machine& pupil, const machine& good) {
  const auto has = [](const ima_story& in, byte_view digest, bool anywhere) {
    return std::ranges::any_of(in, [&](const ima_line& line) {
      const auto path = path_of(line);
      return (anywhere || (!path.empty() && path != "boot_aggregate")) && same(digest_in(line), digest);
    });
  };
  return std::ranges::any_of(pupil.list, [&](const ima_line& line) {
    const auto digest = digest_in(line);
    return !digest.empty() && !has(good.list, digest, true) && has(teacher.extended, digest, false);
  });
}

class performance {
public:
  performance(stage& on, const scene& what, const telling& lies, const watching& watch)
      : on_{on}, what_{what}, lies_{lies}, watch_{watch}, good_{on.good(what.cast)} {}

  std::vector<shown_at> run() {
    if (what_.how == plot::teacher) return run_teacher();
    if (what_.how == plot::member) return run_member();
    if (what_.how == plot::canary) return run_canary();
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
    end_the_lease(player.by);
    return std::move(out_);
  }

private:
  bool begins_known() const { return what_.how == plot::fell || what_.how == plot::known_bad; }

  void note(std::string_view when, const judge& by, level shown) {
    out_.push_back({when, shown, whole_, silent_ ? std::optional{silent_->shown()} : std::nullopt});
    if (watch_) watch_(when, by);
  }

  level again(judge& by, const context_ptr& under) {
    if (silent_) silent_->reappraise(under);
    return by.reappraise(under);
  }

  void end_the_lease(judge& by) {
    if (silent_) silent_->wait_for_lease_end();
    note(after_the_lease, by, by.wait_for_lease_end());
  }

  level tell(acquaintance& player, liar& l, unsigned number) {
    if (lies_) lies_(l, number);
    const auto before = player.by.state().attested;
    // If no evidence was accepted since an earlier round, the silent machine of that round stays.
    auto silent = silent_ ? std::move(silent_) : l.told.withholds ? std::optional{player.by} : std::nullopt;
    silent_.reset();
    const auto shown = player.by.attest(l.told, player.m.tpm);
    if (silent && l.told.withholds && player.by.state().attested == before) {
      silent->hear_nothing();
      silent_ = std::move(silent);
    }
    const auto from = player.by.told_from();
    // An increment continues from the record.
    whole_ = from && l.tells_whole_list(static_cast<std::size_t>(*from)) && (*from == 0 || recorded_whole_);
    if (player.by.state().attested != before) recorded_whole_ = whole_;
    return shown;
  }

  void round(acquaintance& player, liar& l, unsigned number) {
    note("at once", player.by, tell(player, l, number));
    const auto here = player.by.context();
    note("judged again after a restart", player.by, again(player.by, later(here)));
    note("under another policy", player.by, again(player.by, on_.context(what_.cast, what_.other_law)));
    note("under the first one again", player.by, again(player.by, here));
  }

  std::vector<shown_at> run_teacher() {
    auto teacher = on_.stranger(what_.cast, what_.law);
    liar l{teacher.m, good_};
    if (lies_) lies_(l, 0);
    const auto shown = teacher.by.attest(l.told, teacher.m.tpm);
    auto pupil = on_.stranger(what_.cast, what_.law);
    if (!become_bad(pupil.m, all_badness()[what_.badness])) return {};
    const auto before = pupil.by.attest(honest_account(pupil.m), pupil.m.tpm);
    // An operator who accepts an untrusted teacher has seen why it is untrusted. An operator also sees an
    // implant's content if the teacher's TPM was extended with it as that of a file. In both cases nothing is
    // learnt here, and the set in force stays.
    const bool told = shown == level::untrusted || shows_badness(teacher.m, pupil.m, good_);
    const auto learnt = told ? nullptr : lesson_of(teacher.by);
    note("another machine by what was learnt", pupil.by,
         learnt ? std::max(before, pupil.by.reappraise(with_reference(pupil.by.context(), learnt))) : before);
    return std::move(out_);
  }

  const upgrade& by() const { return upgrades()[what_.group.by]; }

  std::vector<shown_at> run_member() {
    const auto next = on_.next_set(what_.cast, what_.law, what_.group.by);
    if (!next) return {};
    auto player = on_.acquainted(what_.cast, what_.law);
    led_campaign campaign{player.by.context(), player.by.now()};
    if (!campaign.propose(next)) return {};
    const auto both = campaign.stage();
    if (!both) return {};
    player.by.reappraise(both);
    if (!bring_to(player.m, by(), what_.group.reached)) return {};
    if (!become_bad(player.m, all_badness()[what_.badness])) return {};
    if (what_.suspends) player.m.tpm.resume();
    liar l{player.m, *on_.next(what_.cast, what_.group.by)};
    note("while both sets pass", player.by, tell(player, l, 0));
    note("again after a restart", player.by, again(player.by, later(both)));
    note("when the campaign was over", player.by, again(player.by, campaign.end(what_.group.ends)));
    if (!what_.continues) l.told = honest_account(player.m);
    note("at once, after the campaign", player.by, tell(player, l, 1));
    note("and again after a restart", player.by, again(player.by, later(player.by.context())));
    end_the_lease(player.by);
    return std::move(out_);
  }

  std::vector<shown_at> run_canary() {
    if (on_.next(what_.cast, what_.group.by) == nullptr) return {};
    const auto& bad = all_badness()[what_.badness];
    auto pupil = on_.acquainted(what_.cast, what_.law);
    led_campaign campaign{pupil.by.context(), pupil.by.now()};
    auto canary = on_.stranger(what_.cast, what_.law, 1);
    canary.by.attest(honest_account(canary.m), canary.m.tpm);
    if (!bring_to(canary.m, by(), version::next) || !bring_to(pupil.m, by(), what_.group.reached)) return {};
    if (!become_bad(pupil.m, bad) || (what_.group.bad_canary && !become_bad(canary.m, bad))) return {};
    const auto before = pupil.by.attest(honest_account(pupil.m), pupil.m.tpm);
    liar l{canary.m, *on_.next(what_.cast, what_.group.by)};
    note("the canary, at once", canary.by, tell(canary, l, 0));
    const auto judged_by = [&](const context_ptr& context, std::string_view of_canary,
                               std::string_view of_another) {
      note(of_canary, canary.by, context ? again(canary.by, context) : canary.by.shown());
      const auto of_it = std::exchange(whole_, true);
      auto silent = std::exchange(silent_, std::nullopt);
      note(of_another, pupil.by, context ? std::max(before, pupil.by.reappraise(context)) : before);
      whole_ = of_it;
      silent_ = std::move(silent);
    };
    const bool proposed =
        campaign.propose_lesson({&canary.by, &partner(2), &partner(3)}, 2, rules_of(laws()[what_.law]));
    const auto both = proposed ? campaign.stage() : nullptr;
    judged_by(both, "the canary, while both sets pass", "another machine, while both sets pass");
    judged_by(both ? campaign.end(what_.group.ends) : nullptr, "the canary, when the campaign was over",
              "another machine, when the campaign was over");
    return std::move(out_);
  }

  const judge& partner(std::uint8_t number) {
    return on_.canary(what_.cast, what_.law, what_.group.by, number);
  }

  stage& on_;
  const scene& what_;
  const telling& lies_;
  const watching& watch_;
  const machine& good_;
  std::vector<shown_at> out_;
  bool whole_ = true;
  bool recorded_whole_ = true;
  std::optional<judge> silent_; ///< of a silent machine, while a liar withholds whole logs without success
};

} // namespace

std::string_view to_string(plot of) noexcept {
  constexpr std::string_view words[] = {"bad from the start",
                                        "good, then bad",
                                        "bad and known to be",
                                        "two stories",
                                        "teacher",
                                        "member of a group that is upgraded",
                                        "canary"};
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
  if (!is_of_campaign(of.how)) return out;
  out += "; ";
  out += upgrades()[of.group.by].name;
  out += ", the bad machine is ";
  out += to_string(of.group.reached);
  out += ", then ";
  out += to_string(of.group.ends);
  if (of.group.bad_canary) out += "; the canary is as bad";
  return out;
}

std::string to_string(const std::vector<shown_at>& all) {
  std::string out;
  for (const auto& one : all)
    out += std::string{out.empty() ? "" : ", "} + std::string{one.when} + ": "
           + std::string{to_string(one.what)};
  return out;
}

std::vector<shown_at> play(stage& on, const scene& what, const telling& lies, const watching& watch) {
  return performance{on, what, lies, watch}.run();
}

truth truth_of(stage& on, const scene& what) {
  truth out{play(on, what, {}), {}};
  const bool all = std::ranges::all_of(out.honest, &shown_at::whole);
  out.whole = all ? out.honest : play(on, what, [](liar& l, unsigned) { l.tell_whole_list(); });
  return out;
}

level best_of(const truth& is, std::size_t point, const shown_at& lied) {
  if (lied.silent) return *lied.silent;
  const auto best = is.whole.at(point).what;
  return lied.whole ? best : std::min(best, is.honest.at(point).what);
}

const shown_at* first_above(const std::vector<shown_at>& lied, const truth& is) {
  for (std::size_t i = 0; i < std::min(lied.size(), is.honest.size()); ++i)
    if (lied[i].what > best_of(is, i, lied[i])) return &lied[i];
  return nullptr;
}

} // namespace muster::liar
