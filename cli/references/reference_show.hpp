// muster reference show SET, muster reference diff OLD NEW
#pragma once

#include "cli/files/output.hpp"
#include "cli/references/source_text.hpp"

namespace muster::cli {

/// Shows the content of a set in a file: the boot, packages with their number of files, and in JSON every
/// file. Exit status: done or error.
int show_reference_command(const std::string& file, output_format format, std::ostream& out,
                           std::ostream& err);

/// Shows what changes from one set to the other, by package; with `listing::all` every path. Exit status: 0
/// nothing, 1 something, 2 error.
int diff_reference_command(const std::string& before, const std::string& after, listing of_paths,
                           output_format format, std::ostream& out, std::ostream& err);

} // namespace muster::cli
