// Recognises a command that does not exist, and suggests the one that was probably meant.
#pragma once

#include <span>
#include <string>

namespace CLI {
class App;
}

namespace muster::cli {

/// "no command \"shwo\" of muster node; is it show?", if a typed word is in the place of a command and is not
/// one; otherwise empty. CLI11 itself only says that a command is missing.
std::string unknown_command(CLI::App& app, std::span<const std::string> words);

} // namespace muster::cli
