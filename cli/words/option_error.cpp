#include "cli/words/option_error.hpp"

#include "cli/words/unknown_command.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

namespace muster::cli {

namespace {

constexpr int wrong_option = 2; // of all our programs

/// The two sides of `mark` in `text`; the second is empty without it.
std::pair<std::string, std::string> parted(const std::string& text, std::string_view mark) {
  const auto at = text.find(mark);
  if (at == std::string::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + mark.size())};
}

/// The command that was typed, as far as it was understood.
const CLI::App& typed_in(const CLI::App& app) {
  const auto* at = &app;
  while (!at->get_subcommands().empty())
    at = at->get_subcommands().front();
  return *at;
}

} // namespace

// CLI11 has no other way to ask which option an error is about: the words around it are those of 2.1 to 2.4.
std::string option_error(const CLI::App& app, const CLI::ParseError& error) {
  const auto kind = error.get_name();
  const auto text = printable(error.what(), 512);
  if (kind == "RequiredError" && text.starts_with("A subcommand"))
    return "a command is missing; there are " + commands_of(typed_in(app));
  if (kind == "RequiredError" && text.ends_with(" is required"))
    return parted(text, " is required").first + ": it has to be given";
  if (kind == "ExcludesError") {
    const auto [one, other] = parted(text, " excludes ");
    return one + ": it cannot be given together with " + other;
  }
  if (kind == "RequiresError") {
    const auto [one, other] = parted(text, " requires ");
    return one + ": it is good only together with " + other;
  }
  // The name of this error is that of the program or command.
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError))
    return parted(text, ": ").second + ": it is not expected here";
  if (kind == "ConversionError" && text.starts_with("Could not convert: ")) {
    const auto [name, value] = parted(parted(text, ": ").second, " = ");
    return name + ": " + value + " is not a value of its kind";
  }
  if (kind == "ArgumentMismatch" && text.find(": ") != std::string::npos)
    return parted(text, ": ").first + ": a value is missing, or one too many is given";
  return text; // of a check of a value: it begins with the option
}

int explain(const CLI::App& app, const CLI::ParseError& error, std::ostream& out, std::ostream& err) {
  if (error.get_exit_code() == 0) return app.exit(error, out, err);
  err << app.get_name() << ": " << option_error(app, error) << '\n'
      << std::string(app.get_name().size() + 2, ' ') << full_name_of(typed_in(app))
      << " --help explains the options\n";
  return wrong_option;
}

} // namespace muster::cli
