#include "appraisal/kernel/command_line_events.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string>

namespace muster::appraisal {

namespace {

constexpr unsigned grub_pcr = 8;
constexpr unsigned systemd_boot_pcr = 12;

constexpr std::string_view linux_commands[] = {"linux", "linuxefi", "linux16"};
// They start a kernel with arguments in another form, or start another program that starts Linux.
// `chainloader` hands its arguments to a PE image, which a kernel is.
constexpr std::string_view other_loaders[] = {
    "appleloader",   "chainloader", "freedos",        "kfreebsd",   "knetbsd",      "kopenbsd",
    "legacy_kernel", "multiboot",   "multiboot2",     "ntldr",      "plan9",        "pxechain",
    "truecrypt",     "uki",         "xen_hypervisor", "xnu_kernel", "xnu_kernel64", "xnu_resume"};
// They run the command in their arguments, which is then not measured by itself.
constexpr std::string_view wrappers[] = {"!", "time"};

bool is_among(std::string_view word, std::span<const std::string_view> list) noexcept {
  return std::ranges::find(list, word) != list.end();
}

std::string_view first_word(std::string_view text) noexcept { return text.substr(0, text.find(' ')); }

std::string_view after_first_word(std::string_view text) noexcept {
  const auto at = text.find(' ');
  return at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
}

enum class command_kind : std::uint8_t { none = 0, linux = 1, other_loader = 2 };

struct command {
  command_kind kind = command_kind::none;
  std::string_view arguments;
};

std::string_view without_wrappers(std::string_view text) noexcept {
  while (is_among(first_word(text), wrappers))
    text = after_first_word(text);
  return text;
}

command command_in(std::string_view text) noexcept {
  text = without_wrappers(text);
  const auto name = first_word(text);
  if (is_among(name, linux_commands)) return {command_kind::linux, after_first_word(text)};
  if (is_among(name, other_loaders)) return {command_kind::other_loader, after_first_word(text)};
  return {};
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool is_hex_digit(char c) noexcept { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// The arguments as GRUB measures them with the command: without the quotes around arguments with blanks, and
/// without the backslash before a quote or a backslash. GRUB does not add a backslash before "x" and two
/// digits. Null if that equals the line itself.
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

// `printable` writes a NUL like this: what follows it is text that the kernel does not read, or text of
// another width.
bool has_nul(std::string_view text) noexcept { return text.find("\\x00") != std::string_view::npos; }

bool shown_whole(const boot_event& e) noexcept { return !e.text.empty() && !has_nul(e.text); }

/// The only Linux command that GRUB measured, and whether its command line was measured, too.
struct linux_command {
  std::string_view arguments;
  bool measured = false;
  bool answered = false;
  bool one_of_several = false; ///< another one has other arguments; then the rest is not set

  explicit linux_command(const boot_content& boot) {
    for (const auto& e : boot.events) {
      if (e.pcr != grub_pcr) continue;
      const auto told = command_in(e.text);
      if (told.kind != command_kind::linux) continue;
      one_of_several = measured && told.arguments != arguments;
      if (one_of_several) return;
      arguments = told.arguments;
      measured = true;
    }
    answered = measured && std::ranges::any_of(boot.events, [this](const boot_event& e) {
                 return e.pcr == grub_pcr && gave(e.text);
               });
  }

  /// Whether `line` is what the command measured. Some versions of GRUB join the arguments without quotes.
  bool gave(std::string_view line) const {
    if (!measured) return false;
    if (line == arguments) return true;
    const auto bare = unquoted(line);
    return bare && *bare == arguments;
  }
};

/// Zero is the worst case: an unknown line can be anything.
enum class line_proof : std::uint8_t { doubtful = 0, whole = 1, no_line = 2 };

line_proof judge_grub(const boot_event& e, const linux_command& started) {
  if (!shown_whole(e)) return line_proof::doubtful;
  const auto told = command_in(e.text);
  if (told.kind == command_kind::other_loader) return line_proof::doubtful;
  if (told.kind == command_kind::linux && !started.answered) return line_proof::doubtful;
  if (started.gave(e.text)) return line_proof::whole;
  return begins_as_file(e.text) ? line_proof::doubtful : line_proof::no_line;
}

line_proof judge(const boot_event& e, const linux_command& started) {
  if (e.pcr == systemd_boot_pcr) return shown_whole(e) ? line_proof::whole : line_proof::doubtful;
  return e.pcr == grub_pcr ? judge_grub(e, started) : line_proof::no_line;
}

} // namespace

bool may_have_command_line(const boot_content& boot) {
  // A Linux command always makes a candidate, whether its line was measured or not.
  return std::ranges::any_of(boot.events, [](const boot_event& e) {
    return e.pcr == systemd_boot_pcr
           || (e.pcr == grub_pcr
               && (!shown_whole(e) || begins_as_file(e.text)
                   || command_in(e.text).kind != command_kind::none));
  });
}

const boot_event* proven_command_line(const boot_content& boot) {
  const linux_command started{boot};
  if (started.one_of_several) return nullptr; // each of them is a candidate
  const boot_event* only = nullptr;
  for (const auto& e : boot.events) {
    const auto proof = judge(e, started);
    if (proof == line_proof::no_line) continue;
    if (proof == line_proof::doubtful || only != nullptr) return nullptr;
    only = &e;
  }
  return only;
}

std::optional<std::string_view> grub_command_in(const boot_event& event) {
  if (event.pcr != grub_pcr) return std::nullopt;
  if (command_in(event.text).kind != command_kind::none) return std::nullopt;
  return first_word(without_wrappers(event.text));
}

std::string kernels_text_of(const boot_event& line) {
  return line.pcr == grub_pcr ? "BOOT_IMAGE=" + line.text : line.text;
}

} // namespace muster::appraisal
