// A kernel's command line as the kernel understands it, so that what is matched is what took effect.
#pragma once

#include "appraisal/policy/pattern.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace muster::appraisal {

/// One word of the command line after the kernel took it apart. A view into the text.
struct kernel_parameter {
  std::string_view name;
  std::optional<std::string_view>
      value; ///< nothing without "="; a quote at its beginning is gone, and its end

  friend bool operator==(const kernel_parameter&, const kernel_parameter&) = default;
};

struct kernel_parameters {
  std::vector<kernel_parameter> kernel; ///< before "--", in order
  std::vector<kernel_parameter> init;   ///< behind it: only the first program reads them
};

/// White space of the kernel (lib/ctype.c): 9 to 13, 32, and A0h, whatever encoding the text has.
bool is_kernel_space(char c) noexcept;

/// Whether the kernel takes `a` for the parameter `b`: "-" and "_" are the same to it (kernel/params.c,
/// parameq).
bool same_parameter(std::string_view a, std::string_view b) noexcept;

/// Takes the text apart as Linux does (lib/cmdline.c, next_arg; kernel/params.c, parse_args): a quote begins
/// or ends a stretch in which white space does not separate, also in the middle of a word; the word "--" ends
/// the kernel's parameters; a NUL ends the text.
kernel_parameters parse_kernel_command_line(std::string_view text);

/// The tokens of all "ima_policy=" as IMA splits them (security/integrity/ima/ima_policy.c, policy_setup),
/// and "tcb" for the older ima_tcb. Views into the text.
std::vector<std::string_view> ima_policies(const kernel_parameters& line);

/// Whether the policies that a command line names measure files. Of those that the kernel has, tcb does;
/// critical_data measures no file, and appraise_tcb, secure_boot and fail_securely do not measure. No, too,
/// with a parameter that is known to switch IMA or its TPM off: ima, elfcorehdr, acpi (but force and on),
/// pnpacpi, what begins with tpm, initcall_blacklist, late probing of drivers. Such a list is never complete.
bool measures_files(const kernel_parameters& line);

/// The kernel's parameters with one blank between them and without the quotes that the kernel takes away.
/// White space in a value is written \x20, so that no pattern takes it for a border.
std::string normal_form(std::span<const kernel_parameter> parameters);

/// A command line that took effect, for patterns; or why it is not known which did.
class known_command_line {
public:
  /// Every command line that the boot log may prove, safe to print (`printable`). It is known if there is
  /// exactly one, however often, that is shown as a whole and that the kernel took as a whole.
  explicit known_command_line(std::span<const std::string> candidates);

  /// Why it is not known, a sentence for people; empty if it is known.
  const std::string& unknown_because() const noexcept { return unknown_; }
  bool known() const noexcept { return unknown_.empty(); }
  const std::string& text() const noexcept { return text_; }
  /// Views into this object. Empty if it is not known.
  kernel_parameters parameters() const;

  /// Whether the kernel's parameters match. Never if it is not known.
  bool has(const pattern& wanted) const;
  /// Whether the pattern meets any way to read the text: as it was measured, in normal form with dashes or
  /// underscores in names, what goes to init with it, with white space of values as it is. Not asked unless
  /// known.
  bool may_have(const pattern& forbidden) const;
  /// Those ways to read it, for who asks about many patterns: they take longer to write than one takes to
  /// match. Empty if it is not known.
  std::vector<std::string> readings() const;

private:
  std::string text_;
  std::string unknown_;
  std::string normal_;
};

} // namespace muster::appraisal
