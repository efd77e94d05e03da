#include "appraisal/command_line_events.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <span>
#include <string>

namespace muster::appraisal {

namespace {

constexpr unsigned grub_pcr = 8;
constexpr unsigned systemd_boot_pcr = 12;

constexpr std::string_view linux_commands[] = {"linux", "linuxefi", "linux16"};
// They start a kernel with arguments that are written otherwise, or start another that starts Linux.
// `chainloader` hands its arguments to a PE image, which a kernel is.
constexpr std::string_view other_loaders[] = {
    "appleloader",   "chainloader", "freedos",        "kfreebsd",   "knetbsd",      "kopenbsd",
    "legacy_kernel", "multiboot",   "multiboot2",     "ntldr",      "plan9",        "pxechain",
    "truecrypt",     "uki",         "xen_hypervisor", "xnu_kernel", "xnu_kernel64", "xnu_resume"};
// They run the command that their arguments are, which is then not measured by itself.
constexpr std::string_view wrappers[] = {"!", "time"};

bool is_among(std::string_view word, std::span<const std::string_view> list) noexcept {
  return std::ranges::find(list, word) != list.end();
}

std::string_view first_word(std::string_view text) noexcept { return text.substr(0, text.find(' ')); }

std::string_view behind_first_word(std::string_view text) noexcept {
  const auto at = text.find(' ');
  return at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
}

enum class command_kind : std::uint8_t { none = 0, linux = 1, other_loader = 2 };

struct command {
  command_kind kind = command_kind::none;
  std::string_view arguments;
};

command command_in(std::string_view text) noexcept {
  while (is_among(first_word(text), wrappers))
    text = behind_first_word(text);
  const auto name = first_word(text);
  if (is_among(name, linux_commands)) return {command_kind::linux, behind_first_word(text)};
  if (is_among(name, other_loaders)) return {command_kind::other_loader, behind_first_word(text)};
  return {};
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool is_hex_digit(char c) noexcept { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// The arguments as GRUB measures them with the command: without the quotes around those with blanks, and
/// without the backslash before a quote or a backslash. One before "x" and two digits is not added by GRUB.
/// Null if that is the line itself.
std::optional<std::string> unquoted(std::string_view line) {
  auto i = line.find_first_of("\"\\");
  if (i == std::string_view::npos) return std::nullopt;
  std::string out{line.substr(0, i)};
  for (; i < line.size(); ++i) {
    if (line[i] == '"') continue;
    const auto next = line.substr(i + 1);
    const bool hex = next.size() >= 3 && next[0] == 'x' && is_hex_digit(next[1]) && is_hex_digit(next[2]);
    if (line[i] == '\\' && !next.empty() && !hex) ++i;
    out += line[i];
  }
  return out;
}

/// "/vmlinuz", "(hd0,gpt1)/vmlinuz", a quote for a blank, "2048+20000" and "+20" (blocks of a disk).
bool begins_as_file(std::string_view text) noexcept {
  if (text.starts_with('/') || text.starts_with('(') || text.starts_with('"')) return true;
  const auto digits = std::ranges::find_if_not(text, is_digit);
  return digits != text.end() && *digits == '+';
}

// `printable` writes a NUL so: behind it comes what the kernel does not read, or text of another width.
bool has_nul(std::string_view text) noexcept { return text.find("\\x00") != std::string_view::npos; }

bool shown_whole(const boot_event& e) noexcept { return !e.text.empty() && !has_nul(e.text); }

/// What GRUB measured into its PCR, taken apart once.
class grub_events {
public:
  explicit grub_events(const boot_content& boot) {
    for (const auto& e : boot.events)
      if (const auto told = command_in(e.text); e.pcr == grub_pcr && told.kind == command_kind::linux)
        commands_.push_back(told.arguments);
    std::ranges::sort(commands_);
    commands_.erase(std::unique(commands_.begin(), commands_.end()), commands_.end());
    answered_.resize(commands_.size());
    for (const auto& e : boot.events)
      if (const auto of = e.pcr == grub_pcr ? command_of(e.text) : none; of != none) answered_[of] = true;
  }

  /// Whether an event of PCR 8 can be a command line, and how well that is proven.
  std::optional<line_proof> judge(const boot_event& e) const {
    if (!shown_whole(e)) return line_proof::doubtful;
    const auto told = command_in(e.text);
    if (told.kind == command_kind::other_loader) return line_proof::doubtful;
    if (told.kind == command_kind::linux && !answered_[find(told.arguments)]) return line_proof::doubtful;
    if (command_of(e.text) != none) return line_proof::whole;
    if (begins_as_file(e.text)) return line_proof::doubtful;
    return std::nullopt;
  }

private:
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  std::size_t find(std::string_view arguments) const {
    const auto found = std::ranges::lower_bound(commands_, arguments);
    return found != commands_.end() && *found == arguments
               ? static_cast<std::size_t>(found - commands_.begin())
               : none;
  }
  /// The command whose text `line` is. Some GRUBs join the arguments without quotes.
  std::size_t command_of(std::string_view line) const {
    if (commands_.empty()) return none;
    if (const auto as_it_is = find(line); as_it_is != none) return as_it_is;
    const auto bare = unquoted(line);
    return bare ? find(*bare) : none;
  }

  std::vector<std::string_view> commands_; // arguments of those that start Linux, sorted
  std::vector<bool> answered_;             // whether the text of each was measured, too
};

} // namespace

std::vector<command_line_event> command_line_events(const boot_content& boot) {
  std::vector<command_line_event> out;
  const grub_events grub{boot};
  for (const auto& e : boot.events) {
    if (e.pcr == systemd_boot_pcr)
      out.push_back({&e, shown_whole(e) ? line_proof::whole : line_proof::doubtful});
    else if (e.pcr == grub_pcr)
      if (const auto proof = grub.judge(e)) out.push_back({&e, *proof});
  }
  return out;
}

const boot_event* proven_command_line(const boot_content& boot) {
  const auto candidates = command_line_events(boot);
  if (candidates.size() != 1 || candidates.front().proof != line_proof::whole) return nullptr;
  return candidates.front().event;
}

std::string kernels_text_of(const boot_event& line) {
  return line.pcr == grub_pcr ? "BOOT_IMAGE=" + line.text : line.text;
}

} // namespace muster::appraisal
