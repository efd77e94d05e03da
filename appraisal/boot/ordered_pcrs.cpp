#include "appraisal/boot/ordered_pcrs.hpp"

#include "appraisal/boot/appraise_boot.hpp"
#include "appraisal/boot/boot_difference.hpp"
#include "appraisal/boot/boot_words.hpp"
#include "appraisal/boot/start_event.hpp"

#include <algorithm>
#include <optional>

namespace muster::appraisal {

namespace {

constexpr std::size_t listed_for_each_pcr = 3;

struct pcr_differences {
  unsigned pcr = 0;
  hash_algorithm bank = hash_algorithm::sha256;
  event_differences events;
};

/// Whether a blank can begin with this character.
bool may_be_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\\'; }

/// The size of the blank that `text` begins with. Line ends and tabs were made printable.
std::size_t blank_at(std::string_view text) noexcept {
  if (!may_be_blank(text.front())) return 0;
  for (const std::string_view blank : {" ", "\t", "\n", "\\x0a", "\\x09"})
    if (text.starts_with(blank)) return blank.size();
  return 0;
}

/// Makes one blank of several: loaders write the same command line with and without one at its end.
std::string squeezed(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto blank = blank_at(text);
    if (blank != 0) {
      if (!out.empty() && out.back() != ' ') out += ' ';
      text.remove_prefix(blank);
      continue;
    }
    // In one step up to what may be the next blank, because a machine chooses how long its texts are.
    const auto size =
        static_cast<std::size_t>(std::find_if(text.begin() + 1, text.end(), may_be_blank) - text.begin());
    out.append(text.substr(0, size));
    text.remove_prefix(size);
  }
  while (!out.empty() && out.back() == ' ')
    out.pop_back();
  return out;
}

/// `text` with the first `from` replaced by `to`; empty if `from` does not occur.
std::optional<std::string> replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = from.empty() ? std::string::npos : text.find(from);
  if (at == std::string::npos) return std::nullopt;
  return text.replace(at, from.size(), to);
}

/// GRUB measures the command line that it hands over into PCR 8, systemd-boot into PCR 12.
bool is_command_line(unsigned pcr, const event_difference& d) noexcept {
  if (d.found == nullptr || d.found->text.empty() || d.expected == nullptr || d.expected->text.empty())
    return false;
  return d.found->label == "kernel_cmdline" || pcr == 12;
}

/// How the command line changed. It is squeezed only once: all other differences are compared with it, and
/// the machine chooses how long its own line is.
struct command_line_change {
  explicit command_line_change(const event_difference& d)
      : where{&d}, expected{squeezed(d.expected->text)}, found{squeezed(d.found->text)} {}

  const event_difference* where;
  std::string expected;
  std::string found;
};

/// Whether the events differ in nothing but the command line.
bool same_cause(const event_difference& d, const command_line_change& command_line) {
  if (d.expected == nullptr || d.found == nullptr || d.expected->text.empty() || d.found->text.empty())
    return false;
  const auto now = replaced(squeezed(d.expected->text), command_line.expected, command_line.found);
  return now && *now == squeezed(d.found->text);
}

std::string_view base_name(std::string_view path) noexcept { return path.substr(path.rfind('/') + 1); }

struct kind_of_event {
  std::string_view check;
  std::string_view what; ///< begins the sentence
};

kind_of_event kind_of(unsigned pcr, const event_difference& d) noexcept {
  if (pcr == 14) return {"boot.mok", "A list of accepted or refused keys of shim"};
  const bool text = d.found != nullptr ? !d.found->text.empty() : !d.expected->text.empty();
  if (pcr == 8) return {"boot.loader-command", "A command of the boot loader"};
  if (pcr != 9 || text || d.found == nullptr) return {"boot.event", "A step of the boot"};
  const auto name = base_name(d.found->hint);
  if (name.starts_with("initrd") || name.starts_with("initramfs"))
    return {"boot.initrd", "The initial RAM disk"};
  if (name.starts_with("vmlinu") || name.starts_with("linux"))
    return {"boot.kernel-file", "The kernel's file"};
  return {"boot.loader-file", "A file that the boot loader read"};
}

finding command_line_finding(const pcr_differences& in, const event_difference& d) {
  auto f = boot_finding(severity::failure, "boot.command-line", event_subject(in.pcr, d.found, d.expected),
                        "The kernel was started with a command line other than the reference's.",
                        accept_or_repair);
  describe_difference(f, d, in.bank);
  return f;
}

finding event_finding(const pcr_differences& in, const event_difference& d) {
  const auto kind = kind_of(in.pcr, d);
  const std::string_view verb = d.expected == nullptr ? " is not in the reference"
                                : d.found == nullptr  ? " of the reference is missing"
                                                      : " differs from the reference";
  auto f =
      boot_finding(severity::failure, std::string{kind.check}, event_subject(in.pcr, d.found, d.expected),
                   std::string{kind.what}.append(verb).append("."), accept_or_repair);
  describe_difference(f, d, in.bank);
  return f;
}

finding rest_finding(const pcr_differences& in, std::size_t rest) {
  const auto count = in.events.more ? "more than " + std::to_string(rest) : std::to_string(rest);
  return boot_finding(severity::failure, "boot.event", "PCR " + std::to_string(in.pcr),
                      "Further events of PCR " + std::to_string(in.pcr) + " ("
                          + std::string{meaning_of_pcr(in.pcr)} + ") differ: " + count + ".",
                      accept_or_repair);
}

/// A finding about the value alone, for a side without a log, or a log that does not account for the
/// difference.
std::optional<finding> value_finding(const boot_claims& claims, const reference_set& reference, unsigned pcr,
                                     std::string_view why) {
  const auto* expected = reference.pcr(pcr);
  const auto* found = claims.pcr(hash_algorithm::sha256, pcr);
  if (expected == nullptr || (found != nullptr && *found == *expected)) return std::nullopt;
  const auto name = "PCR " + std::to_string(pcr);
  auto f = boot_finding(severity::failure, "boot.pcr-" + std::to_string(pcr), name,
                        name + " (" + std::string{meaning_of_pcr(pcr)} + ") differs from the reference, "
                            + std::string{why},
                        accept_or_repair);
  f.expected = digest_text(hash_algorithm::sha256, *expected);
  f.found = found == nullptr ? "not quoted" : digest_text(hash_algorithm::sha256, *found);
  return f;
}

/// `command_line`, and all that it explains, is reported elsewhere.
void list(const pcr_differences& in, const std::optional<command_line_change>& command_line,
          std::vector<finding>& out) {
  std::size_t listed = 0;
  std::size_t rest = in.events.more ? 1 : 0;
  for (const auto& d : in.events.listed) {
    if (command_line && (&d == command_line->where || same_cause(d, *command_line))) continue;
    if (listed < listed_for_each_pcr) {
      out.push_back(event_finding(in, d));
      ++listed;
    } else {
      ++rest;
    }
  }
  if (rest > 0) out.push_back(rest_finding(in, rest));
}

/// The ordered PCRs, and those of the equal PCRs with events that the reference leaves out.
std::vector<unsigned> pcrs_by_event(const reference_set& reference) {
  std::vector<unsigned> out;
  for (const unsigned pcr : equal_pcrs)
    if (reference.only_by_events(pcr)) out.push_back(pcr);
  out.insert(out.end(), std::begin(ordered_pcrs), std::end(ordered_pcrs));
  return out;
}

/// Whether the machine's log accounts for the quoted value. Claims hold events only of PCRs for which it
/// does.
bool explained(const boot_claims& claims, unsigned pcr) {
  const auto* value = claims.pcr(hash_algorithm::sha256, pcr);
  if (value == nullptr) return false;
  return std::ranges::any_of(claims->events, [pcr](const boot_event& e) { return e.pcr == pcr; })
         || std::ranges::all_of(value->view(), [](std::uint8_t byte) { return byte == 0; });
}

/// A PCR that can be compared by its events only, but whose events are not known.
finding unexplained_finding(unsigned pcr) {
  const auto name = "PCR " + std::to_string(pcr);
  return boot_finding(severity::failure, "boot.pcr-" + std::to_string(pcr), name,
                      name + " (" + std::string{meaning_of_pcr(pcr)}
                          + ") cannot be compared: the reference leaves out some of its events, and the "
                            "machine's boot log does not explain its value.",
                      "find out why the machine gives no complete boot log; or learn the reference again, "
                      "with rules that leave no event of this PCR out");
}

} // namespace

std::vector<finding> appraise_ordered_pcrs(const boot_claims& claims, const reference_set& reference) {
  std::vector<finding> out;
  std::vector<pcr_differences> all;
  std::optional<boot_event> start;
  if (reference.only_by_events(0)) start = start_event(claims.get());
  for (const unsigned pcr : pcrs_by_event(reference)) {
    if (claims->unexplained(pcr)) continue; // equal to the reference's value, or reported already
    const auto* expected = comparable_events(claims, reference, pcr);
    if (reference.only_by_events(pcr) && (expected == nullptr || !explained(claims, pcr))) {
      out.push_back(unexplained_finding(pcr));
      continue;
    }
    if (expected != nullptr) {
      auto found = events_of(claims.get(), pcr, reference);
      if (pcr == 0 && start) found.insert(found.begin(), &*start);
      all.push_back({pcr, claims->bank, compare_events(*expected, found)});
    }
    if (expected != nullptr && !all.back().events.listed.empty()) continue; // reported event by event
    const auto why = expected == nullptr
                         ? "and no boot log says why."
                         : "although its events do not: something that is not in the boot log extended it.";
    if (auto f = value_finding(claims, reference, pcr, why)) out.push_back(std::move(*f));
  }

  std::optional<command_line_change> command_line;
  for (const auto& in : all)
    for (const auto& d : in.events.listed)
      if (!command_line && is_command_line(in.pcr, d)) {
        command_line.emplace(d);
        out.insert(out.begin(), command_line_finding(in, d));
      }
  for (const auto& in : all)
    list(in, command_line, out);
  return out;
}

} // namespace muster::appraisal
