// How the kernel writes a name from outside into its measurement list. Everything that compares a path or
// name that people or packages give with one of a list asks here.
#pragma once

#include <string>
#include <string_view>

namespace muster::appraisal {

// Since Linux 3.13 an entry has "_" for each blank of a name, in every template
// (ima_write_template_field_data). Kernels that name files by d_path add " (deleted)" to a file that has no
// name any more. So one name of a list may stand for several names outside: whoever excuses something by a
// name must ask whether another of them is judged more strictly.

/// The name as an entry has it.
std::string kernel_name(std::string_view name);

/// Whether an entry may call `name` `logged`. Linear, no allocation.
bool is_kernel_name(std::string_view logged, std::string_view name) noexcept;

/// Whether an entry may call something that begins with `beginning` `logged`.
bool begins_as_kernel_name(std::string_view logged, std::string_view beginning) noexcept;

/// The name without " (deleted)" at its end, in either spelling; `logged` itself if it does not end so.
std::string_view without_deleted(std::string_view logged) noexcept;

} // namespace muster::appraisal
