// The common part of the offline commands: where they write, and their exit statuses.
#pragma once

#include "cli/files/exit_status.hpp"
#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"
#include "messages/vocabulary/standing.hpp"

#include <iosfwd>

namespace muster::cli {

enum class output_format : std::uint8_t { table = 0, json = 1 };

/// The statuses for affirming, contraindicated, none and warning: trusted, untrusted, undecided and warning.
int exit_status_of(verdict v) noexcept;

/// The word that `muster nodes` shows: trusted, warning, untrusted, unknown. In JSON the verdict keeps its
/// own name.
std::string_view shown_word(verdict v) noexcept;

/// Writes "muster: <what>: <why>" and returns `exit_error`. `what` is a file name or an option.
int report_error(std::ostream& err, std::string_view what, const fault& why);

/// The same for a fault with one line for each problem, which names its file itself.
int report_lines(std::ostream& err, const fault& why);

/// The whole file, at most `at_most` bytes. Reads to the end, because the kernel's logs report a size of 0.
/// fault not_found, io, limit.
result<bytes> read_file(const std::string& path, std::size_t at_most);

/// "1 entry", "2 entries".
std::string counted(std::uint64_t n, std::string_view one, std::string_view many);

/// The text, filled with blanks up to `width`; a longer text keeps its length.
std::string padded(std::string text, std::size_t width);

} // namespace muster::cli
