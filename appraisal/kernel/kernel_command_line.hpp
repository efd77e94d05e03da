// A kernel's command line as the kernel understands it, so that patterns match what took effect.
#pragma once

#include "appraisal/policy/pattern.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace muster::appraisal {

/// One word of the command line as the kernel splits it. A view into the text.
struct kernel_parameter {
  std::string_view name;
  std::optional<std::string_view> value; ///< empty if there is no "="; without the quotes around it

  friend bool operator==(const kernel_parameter&, const kernel_parameter&) = default;
};

struct kernel_parameters {
  std::vector<kernel_parameter> kernel; ///< before "--", in order
  std::vector<kernel_parameter> init;   ///< after it: only the first program reads them
};

/// White space for the kernel (lib/ctype.c): 9 to 13, 32, and A0h, whatever the encoding of the text is.
bool is_kernel_space(char c) noexcept;

/// Whether the kernel takes `a` for the parameter `b`: "-" and "_" are the same to it (kernel/params.c,
/// parameq).
bool same_parameter(std::string_view a, std::string_view b) noexcept;

/// Splits the text as Linux does (lib/cmdline.c, next_arg; kernel/params.c, parse_args): a quote begins or
/// ends a stretch in which white space does not separate, even in the middle of a word; the word "--" ends
/// the kernel's parameters; a NUL ends the text.
kernel_parameters parse_kernel_command_line(std::string_view text);

/// The tokens of all "ima_policy=" as IMA splits them (security/integrity/ima/ima_policy.c, policy_setup),
/// and "tcb" for the older ima_tcb. Views into the text.
std::vector<std::string_view> ima_policies(const kernel_parameters& line);

/// Whether the policies that a command line names measure files. Of the kernel's own policies only tcb does:
/// critical_data measures no file, and appraise_tcb, secure_boot and fail_securely measure nothing. Also
/// false with a parameter that is known to switch off IMA or its TPM: ima, elfcorehdr, acpi (except force and
/// on), pnpacpi, names that begin with tpm, initcall_blacklist, late probing of drivers. Such a list is never
/// complete.
bool measures_files(const kernel_parameters& line);

/// The kernel's parameters with one blank between them, without the quotes that the kernel removes. White
/// space in a value is written \x20, so that no pattern takes it for the end of a parameter.
std::string normal_form(std::span<const kernel_parameter> parameters);

/// The command line that took effect, for patterns; or why it is not known.
class known_command_line {
public:
  /// Takes every command line that the boot log may prove, safe to print (`printable`). The line is known if
  /// they are all the same, if it is shown whole, and if the kernel took it whole.
  explicit known_command_line(std::span<const std::string> candidates);

  /// Why the line is not known, as a sentence for people; empty if it is known.
  const std::string& unknown_because() const noexcept { return unknown_; }
  bool known() const noexcept { return unknown_.empty(); }
  const std::string& text() const noexcept { return text_; }
  /// Views into this object. Empty if the line is not known.
  kernel_parameters parameters() const;

  /// Whether the kernel's parameters match. False if the line is not known.
  bool has(const pattern& wanted) const;
  /// Whether the pattern matches any way to read the text: as it was measured; in normal form; and with the
  /// parameters of init, with names as written, with dashes or with underscores, and with white space in
  /// values escaped or as it is. Call it only if the line is known.
  bool may_have(const pattern& forbidden) const;
  /// These readings, for a caller with many patterns: writing them takes longer than one match. Empty if the
  /// line is not known.
  std::vector<std::string> readings() const;

private:
  std::string text_;
  std::string unknown_;
  std::string normal_;
};

} // namespace muster::appraisal
