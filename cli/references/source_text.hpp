// What a source gave and what it did not, as text and as JSON.
#pragma once

#include "cli/files/json_text.hpp"
#include "extraction/source_report.hpp"

#include <cstdint>
#include <iosfwd>
#include <string>

namespace muster::cli {

/// How much is listed for people.
enum class listing : std::uint8_t { first, all };

/// "12 files learnt, 3 left out, 1 line not understood, 2 packages not taken or not listed": files, lines and
/// packages are counted apart, so that the reasons of each add up.
std::string sum_of(const extraction::source_report& report);

/// `sum_of`, and below it, indented, one line for each reason with the first of what it
/// counts, then the notes. The first line continues the one that `out` is in.
void print_report(const extraction::source_report& report, listing of_losses, std::ostream& out);

/// Adds members to an object: learnt, passed_over (by the rules), left_out (all other files), reasons (each with
/// its reason, count, and everything that is listed of it) and notes.
void add_report(json_text& json, const extraction::source_report& report);

} // namespace muster::cli
