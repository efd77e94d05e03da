// The lines of a checkup: what was looked at, whether it is in order, and what to do if it is not. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace muster::checkup {

/// What became of one check. The zero value is not good news.
enum class outcome : std::uint8_t {
  unseen = 0, ///< could not be looked at, or gave no answer in time
  good,
  note, ///< works, and could be better
  bad
};

/// "unseen", "good", "note", "bad": the words of the JSON form.
std::string_view to_string(outcome how) noexcept;

/// One check. Texts are safe to print: the functions that make lines use `printable` for foreign text.
struct line {
  std::string subject; ///< the thing that was looked at: "service", "tpm", ...; a program may compare it
  outcome how = outcome::unseen;
  std::string says;
  std::string remedy; ///< what to do; never empty for `unseen` and `bad`

  friend bool operator==(const line&, const line&) = default;
};

using lines = std::vector<line>;

line good(std::string_view subject, std::string says);
line note(std::string_view subject, std::string says, std::string remedy);
line unseen(std::string_view subject, std::string says, std::string remedy);
line bad(std::string_view subject, std::string says, std::string remedy);

/// The line of a check that did not end within its time.
line too_slow(std::string_view subject, std::uint64_t seconds, std::string remedy);

/// Whether nothing is bad and nothing is unseen. Notes do not count. False for no lines.
bool in_order(std::span<const line> all) noexcept;

/// 0 if `in_order`, else 1. These are the exit statuses of `muster doctor` and `raagent --check`, next to 2
/// for a wrong option.
int exit_status_of(std::span<const line> all) noexcept;

/// For people: a line for each check with its remedy below it, and a last line that counts.
std::string text_for_people(std::span<const line> all);

/// {"in_order": BOOL, "checks": [{"subject", "outcome", "says", "remedy"}, ...]} and a line feed.
std::string text_for_programs(std::span<const line> all);

} // namespace muster::checkup
