#include "tests/liar/search.hpp"

#include <algorithm>

namespace muster::liar {

namespace {

/// Neighbouring seeds share a scene, so a scene is rarely needed again later.
constexpr std::size_t remembered_scenes = 4096;

} // namespace

const truth& search::truth_about(const scene& where) {
  const auto known = known_.find(where);
  if (known != known_.end()) return known->second;
  if (known_.size() >= remembered_scenes) known_.clear();
  return known_.emplace(where, truth_of(on_, where)).first->second;
}

std::optional<counterexample> search::try_one(const strategy& one) {
  if (std::ranges::any_of(one.lies,
                          [&](const lie& l) { return std::ranges::find(open_, l.move) != open_.end(); })) {
    ++tally_.skipped;
    return {};
  }
  const auto& is = truth_about(one.where);
  if (!honest_is_bad(is.honest)) {
    ++tally_.good_anyway;
    return {};
  }
  ++tally_.tried;
  if (first_above(play(on_, one.where, telling_of(one.lies)), is) == nullptr) return {};
  return shrunk(one, is);
}

std::optional<counterexample> search::shrunk(strategy one, const truth& is) {
  const auto still = [&](const strategy& fewer) {
    return first_above(play(on_, fewer.where, telling_of(fewer.lies)), is) != nullptr;
  };
  // Drops one lie at a time, then two that may undo each other. Starts again after a success, because a
  // dropped lie may have needed another.
  for (std::size_t width = 1; width <= 2;) {
    const auto before = one.lies.size();
    for (std::size_t i = 0; i + width <= one.lies.size();) {
      auto fewer = one;
      const auto first = fewer.lies.begin() + static_cast<std::ptrdiff_t>(i);
      fewer.lies.erase(first, first + static_cast<std::ptrdiff_t>(width));
      if (still(fewer))
        one = std::move(fewer);
      else
        ++i;
    }
    width = one.lies.size() < before ? 1 : width + 1;
  }
  const auto lied = play(on_, one.where, telling_of(one.lies));
  const auto* above = first_above(lied, is);
  if (above == nullptr) return {};
  return counterexample{one, *above, best_of(is, static_cast<std::size_t>(above - lied.data()), *above)};
}

std::string explained(const scene& where, const telling& lies, stage& on) {
  std::string out;
  const auto watch = [&](std::string_view when, const judge& by) {
    out += "  " + std::string{when} + ": " + std::string{to_string(by.shown())} + "\n";
    const auto state = by.state();
    for (const auto& one : state.findings)
      if (one.level != severity::note)
        out += "      " + one.check + " " + one.subject + ": " + one.sentence + "\n";
  };
  out += "honest:\n";
  play(on, where, {}, watch);
  out += "lied:\n";
  play(on, where, lies, watch);
  return out;
}

std::string to_string(const counterexample& of, const stage& on) {
  auto out = to_string(of.how, on);
  out += "\n    shown ";
  out += of.lied.when;
  out += " as " + std::string{to_string(of.lied.what)} + ", the truth is shown as "
         + std::string{to_string(of.best)};
  return out;
}

} // namespace muster::liar
