#include "appraisal/kernel/kernel_command_line.hpp"

#include "messages/vocabulary/bytes.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

/// COMMAND_LINE_SIZE, NUL included, is 2,048 on x86 and arm64, and 1,024 on riscv and arm. The kernel cuts
/// off the rest and never sees it. No digest says which kernel it is.
constexpr std::size_t longest = 1023;

constexpr std::string_view replacement = "\xef\xbf\xbd"; // U+FFFD: half of a surrogate pair

std::string_view without_spaces(std::string_view text) noexcept {
  while (!text.empty() && is_kernel_space(text.front()))
    text.remove_prefix(1);
  return text;
}

/// The length in bytes of the word at the beginning of `text`. `quoted`: it began with a quote, which is
/// already removed.
std::size_t length_of_word(std::string_view text, bool quoted) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_kernel_space(text[i]) && !quoted) return i;
    if (text[i] == '"') quoted = !quoted;
  }
  return text.size();
}

kernel_parameter split(std::string_view word, bool quoted) noexcept {
  // An "=" at the very beginning is part of the name: next_arg uses place 0 for "none yet".
  const auto equals = word.find('=', 1);
  kernel_parameter out{word.substr(0, equals), std::nullopt};
  if (equals != std::string_view::npos) out.value = word.substr(equals + 1);
  auto& last = out.value ? *out.value : out.name;
  const bool opened = out.value && out.value->starts_with('"');
  if (opened) last.remove_prefix(1);
  if ((opened || quoted) && last.ends_with('"')) last.remove_suffix(1);
  return out;
}

/// Whether the two characters after "\x" are of a byte that `printable` writes this way. "\x20" is not: udev
/// writes the blanks in names of disks like that.
bool is_replaced_byte(std::string_view digits) noexcept {
  const auto byte = from_hex(digits);
  return byte && byte->size() == 1 && (byte->front() < 0x20 || byte->front() >= 0x7f);
}

/// False if `printable` may have replaced anything (a text that it cut is over `longest`). A backslash that
/// was measured can look the same.
bool wholly_shown(std::string_view shown) noexcept {
  if (shown.find('\0') != std::string_view::npos) return false;
  if (shown.find(replacement) != std::string_view::npos) return false;
  for (auto at = shown.find("\\x"); at != std::string_view::npos; at = shown.find("\\x", at + 1))
    if (is_replaced_byte(shown.substr(at + 2, 2))) return false;
  return true;
}

/// The word "bootconfig" tells the kernel to take parameters from the end of the initial RAM disk
/// (init/main.c, setup_boot_config).
bool has_boot_config(const kernel_parameters& line) {
  return std::ranges::any_of(line.kernel, [](const kernel_parameter& p) { return p.name == "bootconfig"; });
}

enum class names_as { written, underscores, dashes };
enum class spaces_as { escaped, written };

void append_word(std::string& out, std::string_view text, spaces_as spaces) {
  for (const char c : text)
    if (spaces == spaces_as::escaped && is_kernel_space(c))
      out += c == ' ' ? "\\x20" : "\\x" + to_hex(as_bytes({&c, 1}));
    else
      out += c;
}

std::string form_of(std::span<const kernel_parameter> parameters, names_as names, spaces_as spaces) {
  std::string out;
  for (const auto& each : parameters) {
    if (&each != &parameters.front()) out += ' '; // also after a name that was only quotes
    const auto begin = out.size();
    append_word(out, each.name, spaces);
    if (names != names_as::written)
      std::replace(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(),
                   names == names_as::underscores ? '-' : '_', names == names_as::underscores ? '_' : '-');
    if (!each.value) continue;
    out += '=';
    append_word(out, *each.value, spaces);
  }
  return out;
}

std::string why_unknown(std::span<const std::string> candidates) {
  if (candidates.empty()) return "No digest covers the kernel's command line";
  for (const auto& each : candidates)
    if (each != candidates.front())
      return "The boot log has more than one text that may be the kernel's command line";
  const auto& text = candidates.front();
  if (!wholly_shown(text)) return "The kernel's command line has characters that cannot be shown as they are";
  if (text.size() > longest) return "The kernel's command line is longer than kernels accept";
  if (has_boot_config(parse_kernel_command_line(text)))
    return "The kernel also takes parameters from the initial RAM disk (bootconfig), and nothing shows them";
  return {};
}

} // namespace

bool is_kernel_space(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 9 && byte <= 13) || byte == 0x20 || byte == 0xa0;
}

bool same_parameter(std::string_view a, std::string_view b) noexcept {
  const auto folded = [](char c) { return c == '-' ? '_' : c; };
  return std::ranges::equal(a, b, {}, folded, folded);
}

kernel_parameters parse_kernel_command_line(std::string_view text) {
  kernel_parameters out;
  auto* to = &out.kernel;
  text = without_spaces(text.substr(0, text.find('\0')));
  while (!text.empty()) {
    const bool quoted = text.front() == '"';
    if (quoted) text.remove_prefix(1);
    const auto length = length_of_word(text, quoted);
    const auto parameter = split(text.substr(0, length), quoted);
    text = without_spaces(text.substr(length));
    if (to == &out.kernel && !parameter.value && parameter.name == "--")
      to = &out.init;
    else
      to->push_back(parameter);
  }
  return out;
}

std::vector<std::string_view> ima_policies(const kernel_parameters& line) {
  std::vector<std::string_view> out;
  for (const auto& each : line.kernel) {
    if (same_parameter(each.name, "ima_tcb")) out.emplace_back("tcb");
    if (!each.value || !same_parameter(each.name, "ima_policy")) continue;
    auto rest = *each.value;
    while (!rest.empty()) {
      const auto end = std::min(rest.find_first_of(" |\n"), rest.size());
      if (end > 0) out.push_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return out;
}

namespace {

/// Whether the parameter can keep IMA, or the TPM under it, from starting with the kernel.
bool can_disable_ima(const kernel_parameter& each) noexcept {
  // initcall_blacklist drops calls at the kernel's start; a kernel that elfcorehdr gave the place of a core
  // file accepts "ima=off"; driver_async_probe lets drivers of the TPM come later than IMA; pnpacpi and
  // noacpi remove the tables that say where the TPM is.
  constexpr std::string_view names[] = {"initcall_blacklist", "ima",     "elfcorehdr",
                                        "driver_async_probe", "pnpacpi", "noacpi"};
  if (std::ranges::any_of(names, [&](std::string_view one) { return same_parameter(each.name, one); }))
    return true;
  if (same_parameter(each.name, "acpi")) return each.value != "force" && each.value != "on";
  constexpr std::string_view late = ".async_probe";
  return each.name.starts_with("tpm")
         || (each.name.size() > late.size()
             && same_parameter(each.name.substr(each.name.size() - late.size()), late));
}

} // namespace

bool measures_files(const kernel_parameters& line) {
  if (std::ranges::any_of(line.kernel, can_disable_ima)) return false;
  const auto named = ima_policies(line);
  return std::ranges::find(named, "tcb") != named.end();
}

std::string normal_form(std::span<const kernel_parameter> parameters) {
  return form_of(parameters, names_as::written, spaces_as::escaped);
}

known_command_line::known_command_line(std::span<const std::string> candidates)
    : text_{candidates.empty() ? std::string{} : candidates.front()}, unknown_{why_unknown(candidates)} {
  if (!known()) return;
  normal_ = normal_form(parameters().kernel);
}

std::vector<std::string> known_command_line::readings() const {
  if (!known()) return {};
  auto line = parameters();
  auto& all = line.kernel;
  if (!line.init.empty()) all.push_back({"--", std::nullopt});
  all.insert(all.end(), line.init.begin(), line.init.end());
  std::vector<std::string> out{text_, normal_};
  for (const auto names : {names_as::written, names_as::underscores, names_as::dashes})
    for (const auto spaces : {spaces_as::escaped, spaces_as::written})
      out.push_back(form_of(all, names, spaces));
  return out;
}

kernel_parameters known_command_line::parameters() const {
  return known() ? parse_kernel_command_line(text_) : kernel_parameters{};
}

bool known_command_line::has(const pattern& wanted) const { return known() && wanted.matches(normal_); }

bool known_command_line::may_have(const pattern& forbidden) const {
  return std::ranges::any_of(readings(), [&](const std::string& each) { return forbidden.matches(each); });
}

} // namespace muster::appraisal
