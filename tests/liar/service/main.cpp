// muster-liar-service: the named cases once more, through a real `ras` over TLS.
#define DOCTEST_CONFIG_IMPLEMENT
#include "lab/files.hpp"
#include "tests/liar/asserts.hpp"
#include "tests/liar/known_open.hpp"
#include "tests/liar/named_case.hpp"
#include "tests/liar/service/wired_life.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

namespace {

using namespace muster::liar;
using muster::fault;
using muster::result;
using muster::status;

/// A life, and what it may be shown as.
struct task {
  std::string words;
  scene where;
  telling lies; ///< null: it tells the truth, and is shown as the judge shows it
  std::optional<level> at_most;
  std::unique_ptr<wired_life> life;
  std::string trouble; ///< why it went no further
};

/// `lies` null: what the honest machine of a lie is shown as, once for all lies about it.
void add(std::vector<task>& all, std::string words, const scene& where, telling lies,
         std::optional<level> at_most = {}) {
  const auto same = [&](const task& one) { return !one.lies && !one.at_most && one.where == where; };
  if (!lies && !at_most && std::ranges::any_of(all, same)) return;
  all.push_back({std::move(words), where, std::move(lies), at_most, nullptr, {}});
}

std::vector<task> tasks_with(std::string_view text, const stage& on) {
  std::vector<task> out;
  const auto asked = [&](const char* words) {
    return std::string_view{words}.find(text) != std::string_view::npos;
  };
  for (const auto& one : named_cases()) {
    if (!asked(one.words) || !can_be_wired(one.how)) continue;
    const auto where = scene_of(one, on);
    add(out, "the truth of: " + std::string{one.words}, where, {});
    add(out, one.words, where, one.lie);
  }
  for (const auto& one : honest_cases())
    if (asked(one.words))
      add(out, one.words, scene_of({one.words, one.cast, one.law, one.badness, plot::fell, nullptr}, on), {},
          one.at_most);
  return out;
}

std::size_t left_out() {
  return static_cast<std::size_t>(
      std::ranges::count_if(named_cases(), [](const auto& one) { return !can_be_wired(one.how); }));
}

/// Has each life that is not in trouble do that.
template <class Step> void for_each(std::vector<task>& all, unsigned round, const Step& step) {
  for (auto& one : all)
    if (one.trouble.empty() && one.life->has_round(round))
      if (const auto done = step(*one.life); !done) one.trouble = done.fault().check;
}

status play_all(std::vector<task>& all, court& at) {
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

/// Empty: it is as it must be.
std::string failure_of(const task& one, stage& on) {
  if (!one.trouble.empty()) return one.trouble;
  const auto& seen = one.life->seen();
  const auto is = truth_of(on, one.where);
  const auto levels = "shown: " + to_string(seen) + "; by the judge, honestly: " + to_string(is.honest);
  if (one.at_most && seen.front().what > *one.at_most) return "better than it may be: " + levels;
  if (one.lies) return first_above(seen, is) == nullptr ? std::string{} : "better than the truth: " + levels;
  const bool same =
      std::ranges::equal(seen, std::span{is.honest}.first(std::min(seen.size(), is.honest.size())), {},
                         &shown_at::what, &shown_at::what);
  return same ? std::string{} : "the truth is shown as something else: " + levels;
}

/// Where the service shows a liar as something else than the judge does: no failure, and worth a look.
std::string difference_of(const task& one, stage& on) {
  if (!one.lies) return {};
  const auto judged = play(on, one.where, one.lies);
  const auto& seen = one.life->seen();
  for (std::size_t i = 0; i < std::min(seen.size(), judged.size()); ++i)
    if (seen[i].what != judged[i].what) return "; by the judge: " + to_string(judged);
  return {};
}

bool is_open(const std::string& words) {
  return std::ranges::any_of(open_cases(), [&](const open_case& one) { return words == one.words; });
}

int settle(std::vector<task>& all, court& at, stage& on) {
  std::size_t failed = 0;
  for (auto& one : all) {
    const auto failure = failure_of(one, on);
    if (failure.empty()) {
      std::printf("ok      %s: %s%s\n", one.words.c_str(), to_string(one.life->seen()).c_str(),
                  difference_of(one, on).c_str());
    } else if (is_open(one.words)) {
      std::printf("open    %s: %s\n", one.words.c_str(), failure.c_str());
    } else {
      ++failed;
      std::printf("FAILED  %s (%s): %s\n        ras: %s\n", one.words.c_str(),
                  to_string(one.where, on).c_str(), failure.c_str(), one.life->words(at).c_str());
    }
  }
  std::printf("%zu lives, %zu failed; %zu cases of campaigns are left out\n", all.size(), failed, left_out());
  return failed == 0 ? 0 : 1;
}

int give_up(const fault& why, const std::filesystem::path& log) {
  std::fprintf(stderr, "%s\n", why.check.c_str());
  constexpr std::size_t enough = 4000;
  if (const auto words = muster::lab::read_file(log); words && !words->empty()) {
    const auto text = muster::as_text(*words);
    std::fprintf(stderr, "End of the service's log:\n%s\n",
                 std::string{text.substr(text.size() - std::min(text.size(), enough))}.c_str());
  }
  return 1;
}

int run(std::string_view text) {
  stage on;
  auto all = tasks_with(text, on);
  std::vector<group> groups;
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].life = std::make_unique<wired_life>(on, all[i].where, all[i].lies, i + 1);
    for (const auto& one : all[i].life->groups())
      groups.push_back(one);
  }
  const auto folder = muster::bench::scratch_folder::make();
  if (!folder) return give_up(folder.fault(), {});
  auto at = court::open(folder->path(), on, groups);
  if (!at) return give_up(at.fault(), folder->path() / "ras.log");
  if (const auto played = play_all(all, **at); !played) return give_up(played.fault(), (*at)->log());
  return settle(all, **at, on);
}

} // namespace

int main(int argc, char** argv) {
  doctest::Context context;
  end_on_failed_asserts(context);
  const std::string_view word = argc == 3 ? argv[1] : "";
  if (argc != 1 && word != "--only") {
    std::fputs("Usage: muster-liar-service [--only TEXT]\n"
               "--only: cases that have TEXT in their words.\n"
               "Exit status: 0 nobody is shown too well, 1 somebody is, or it could not be tried, 2 usage\n",
               stderr);
    return 2;
  }
  return run(argc == 3 ? argv[2] : "");
}
