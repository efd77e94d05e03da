#include "tests/liar/strategy.hpp"

#include "tests/liar/badness.hpp"

#include <algorithm>

namespace muster::liar {

namespace {

constexpr std::size_t seeds_of_a_scene = 64;

scene any_scene(dice& d, const stage& on) {
  scene out;
  // Complete machines cost ten times as much as small ones.
  out.cast = d.one_in(32) ? d.below(on.casts()) : d.below(on.small_casts());
  out.law = d.below(laws().size());
  out.other_law = d.below(laws().size());
  out.badness = d.below(all_badness().size());
  out.how = static_cast<plot>(d.below(plot_count));
  out.suspends = d.one_in(4);
  out.continues = d.one_in(2);
  if (is_of_campaign(out.how)) {
    out.cast %= on.small_casts();
    out.group.by = d.below(upgrades().size());
    out.group.reached = static_cast<version>(d.below(version_count));
    out.group.ends = static_cast<ending>(d.below(ending_count));
    out.group.bad_canary = out.how == plot::canary && d.one_in(2);
  }
  return out;
}

} // namespace

bool honest_is_bad(const std::vector<shown_at>& honest) {
  return std::ranges::any_of(
      honest, [](const shown_at& one) { return one.what < level::trusted && one.when != after_the_lease; });
}

strategy strategy_of(std::uint64_t seed, stage& on) {
  dice of_scene{seed / seeds_of_a_scene};
  strategy out{any_scene(of_scene, on), {}};
  dice d{seed ^ 0xa5a5a5a5a5a5a5a5ULL};
  const auto many = 1 + d.below(most_lies);
  for (std::size_t i = 0; i < many; ++i) {
    const auto round = has_two_rounds(out.where.how) ? static_cast<unsigned>(d.below(2)) : 0U;
    out.lies.push_back({d.below(moves().size()), d.next(), round});
  }
  return out;
}

strategy strategy_of(byte_view input, stage& on) {
  const auto byte = [&](std::size_t at) { return at < input.size() ? std::size_t{input[at]} : 0; };
  strategy out;
  out.where.cast = byte(0) % on.small_casts();
  out.where.law = byte(1) % laws().size();
  out.where.other_law = byte(2) % laws().size();
  out.where.badness = byte(3) % all_badness().size();
  out.where.how = static_cast<plot>(byte(4) % plot_count);
  out.where.suspends = (byte(5) & 1U) != 0;
  out.where.continues = (byte(5) & 2U) != 0;
  if (is_of_campaign(out.where.how)) {
    const auto more = byte(5) >> 2U;
    out.where.group.by = more % upgrades().size();
    out.where.group.reached = static_cast<version>(more / 4 % version_count);
    out.where.group.ends = static_cast<ending>(byte(2) % ending_count);
    out.where.group.bad_canary = out.where.how == plot::canary && out.where.continues;
  }
  for (std::size_t at = 6; at + 2 < input.size() && out.lies.size() < most_lies; at += 3)
    out.lies.push_back({byte(at) % moves().size(), byte(at + 1),
                        has_two_rounds(out.where.how) ? static_cast<unsigned>(byte(at + 2) & 1U) : 0U});
  return out;
}

telling telling_of(const std::vector<lie>& lies) {
  return [lies](liar& l, unsigned round) {
    for (const auto& one : lies) {
      if (one.round != round) continue;
      dice d{one.seed};
      moves()[one.move].make(l, d);
    }
  };
}

std::string to_string(const strategy& of, const stage& on) {
  auto out = to_string(of.where, on);
  for (const auto& one : of.lies) {
    out += "\n    lie";
    if (has_two_rounds(of.where.how)) out += one.round == 0 ? " in the first story" : " in the second story";
    out += ": ";
    out += moves()[one.move].name;
    out += " (choices " + std::to_string(one.seed) + ")";
  }
  return out;
}

} // namespace muster::liar
