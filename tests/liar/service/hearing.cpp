#include "tests/liar/service/hearing.hpp"

#include "lab/files.hpp"
#include "tests/liar/known_open.hpp"
#include "tests/liar/named_case.hpp"
#include "tests/liar/strategy.hpp"

#include <algorithm>

namespace muster::liar {

namespace {

constexpr std::pair<const char*, const char*> good_machines[] = {
    {"made", "default"},           {"direct-tis", "default"}, {"bank-sha256-only", "default"},
    {"grub-sb-initrd", "default"}, {"grub-sb", "strict"},     {"grub-sb", "servers"},
    {"grub-sb", "structure"},      {"grub-sb", "sha1-list"},  {"grub-sb", "known-only"}};

/// A life before the service, and the reason if it broke off.
struct party {
  const plea* is;
  std::unique_ptr<wired_life> life;
  std::string trouble;
};

/// Runs a step of each life that has not broken off.
template <class Step> void for_each(std::vector<party>& all, unsigned round, const Step& step) {
  for (auto& one : all)
    if (one.trouble.empty() && one.life->has_round(round))
      if (const auto done = step(*one.life); !done) one.trouble = done.fault().check;
}

status play_all(std::vector<party>& all, court& at) {
  for_each(all, 0, [&](wired_life& one) { return one.begin(at); });
  for (unsigned round = 0; round < 2; ++round) {
    for_each(all, round, [&](wired_life& one) { return one.tell(at, round); });
    if (auto again = at.restart(); !again) return again;
    for_each(all, round, [&](wired_life& one) { return one.judge_again(at); });
    for_each(all, round, [&](wired_life& one) { return one.judge_elsewhere(at); });
    for_each(all, round, [&](wired_life& one) { return one.judge_back(at); });
  }
  return {};
}

/// The first point at which the service and the judge differ; empty: none.
std::string difference(const plea& is, const wired_life& life, stage& on) {
  std::vector<sight> judged;
  play(on, is.where, is.lies, [&](std::string_view, const judge& by) { judged.push_back(sight_of(by)); });
  const auto& seen = life.sights();
  for (std::size_t i = 0; i < seen.size(); ++i)
    if (i >= judged.size() || seen[i] != judged[i])
      return std::string{life.seen()[i].when} + ", with " + seen[i].findings + "; the judge shows "
             + (i < judged.size() ? std::string{to_string(judged[i].shown)} + " with " + judged[i].findings
                                  : "nothing");
  return {};
}

std::string failure_of(const party& one, stage& on) {
  if (!one.trouble.empty()) return one.trouble;
  const auto& seen = one.life->seen();
  const auto is = truth_of(on, one.is->where);
  if (first_above(seen, is) != nullptr) return "better than the truth: " + to_string(is.honest);
  if (one.is->at_most && seen.front().what > *one.is->at_most)
    return "better than " + std::string{to_string(*one.is->at_most)};
  const auto other = difference(*one.is, *one.life, on);
  return other.empty() ? other : "not as the judge: " + other;
}

bool is_open(std::string_view words) {
  return std::ranges::any_of(open_cases(), [&](const open_case& one) { return words == one.words; });
}

finding_of_fact find(const party& one, stage& on) {
  auto failure = is_open(one.is->words) ? std::string{} : failure_of(one, on);
  if (!failure.empty()) failure += " (" + to_string(one.is->where, on) + ")";
  return {to_string(one.life->seen()), std::move(failure)};
}

fault with_log(const fault& why, const std::filesystem::path& log) {
  constexpr std::size_t enough = 4000;
  const auto words = lab::read_file(log);
  const auto text = words ? as_text(*words) : std::string_view{};
  return {why.code, why.check + "\nEnd of the service's log:\n"
                        + std::string{text.substr(text.size() - std::min(text.size(), enough))}};
}

} // namespace

std::vector<plea> named_pleas(std::string_view text, stage& on) {
  std::vector<plea> out;
  const auto asked = [&](std::string_view words) { return words.find(text) != std::string_view::npos; };
  const auto told = [&](const scene& where) {
    return std::ranges::any_of(out, [&](const plea& one) { return !one.lies && one.where == where; });
  };
  for (const auto& one : named_cases()) {
    if (!asked(one.words) || !can_be_wired(one.how)) continue;
    const auto where = scene_of(one, on);
    if (!told(where)) out.push_back({"the truth, where " + std::string{one.words}, where, {}});
    out.push_back({one.words, where, one.lie});
  }
  for (const auto& one : honest_cases())
    if (asked(one.words))
      out.push_back({one.words,
                     scene_of({one.words, one.cast, one.law, one.badness, plot::fell, nullptr}, on),
                     {},
                     one.at_most});
  for (const auto& [cast, law] : good_machines)
    if (auto words = "a good machine: " + std::string{cast} + ", policy " + law; asked(words))
      out.push_back(
          {std::move(words), scene_of({"", cast, law, "nothing", plot::stranger, nullptr}, on), {}});
  return out;
}

std::optional<plea> plea_of(std::uint64_t seed, stage& on) {
  const auto how = strategy_of(seed, on);
  if (!can_be_wired(how.where.how)) return {};
  const auto open = open_moves();
  if (std::ranges::any_of(how.lies, [&](const lie& one) { return std::ranges::count(open, one.move) != 0; }))
    return {};
  if (play(on, how.where, {}).empty()) return {}; // this machine cannot be bad in this way
  return plea{"seed " + std::to_string(seed) + ": " + to_string(how, on), how.where, telling_of(how.lies)};
}

result<std::vector<finding_of_fact>> hear(std::span<const plea> all, stage& on) {
  std::vector<party> parties;
  std::vector<group> groups;
  for (const auto& one : all) {
    parties.push_back({&one, std::make_unique<wired_life>(on, one.where, one.lies, parties.size()), {}});
    for (const auto& is_judged_in : parties.back().life->groups())
      groups.push_back(is_judged_in);
  }
  const auto folder = bench::scratch_folder::make();
  if (!folder) return folder.fault();
  const auto log = folder->path() / "ras.log";
  auto at = court::open(folder->path(), on, groups);
  if (!at) return with_log(at.fault(), log);
  if (const auto played = play_all(parties, **at); !played) return with_log(played.fault(), log);
  std::vector<finding_of_fact> out;
  for (const auto& one : parties)
    out.push_back(find(one, on));
  return out;
}

} // namespace muster::liar
