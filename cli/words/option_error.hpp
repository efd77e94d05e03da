// Errors of the command line in the form of docs/errors.md.
#pragma once

#include <iosfwd>
#include <string>

namespace CLI {
class App;
class ParseError;
} // namespace CLI

namespace muster::cli {

/// What CLI11 objects to: the option first, then one sentence. Safe to print.
std::string option_error(const CLI::App& app, const CLI::ParseError& error);

/// Prints help and version for the two "errors" that ask for them, and returns 0. Else prints "PROGRAM:
/// OPTION: sentence" and whose --help explains it to `err`, and returns 2.
int explain(const CLI::App& app, const CLI::ParseError& error, std::ostream& out, std::ostream& err);

} // namespace muster::cli
