// Recognises a command or option that does not exist, and suggests the one that was probably meant.
#pragma once

#include <span>
#include <string>

namespace CLI {
class App;
}

namespace muster::cli {

/// "no command \"shwo\" of muster node; is it show?", if a typed word is in the place of a command and is not
/// one, and "no option \"--conf\" of ras; is it --config?" for an option; otherwise empty. CLI11 itself only
/// says that a command is missing, and would take the value of an option that it does not know for a command.
std::string unknown_command(CLI::App& app, std::span<const std::string> words);

/// "muster node show"
std::string full_name_of(const CLI::App& app);

/// The names of its commands: "show, head".
std::string commands_of(const CLI::App& app);

} // namespace muster::cli
