// A command that is not there, and the one that was probably meant.
#pragma once

#include <span>
#include <string>

namespace CLI {
class App;
}

namespace muster::cli {

/// "no command \"shwo\" of muster node; is it show?", if one of the words that were typed stands where a
/// command belongs and is none; else empty. CLI11 itself says only that a command is missing.
std::string unknown_command(CLI::App& app, std::span<const std::string> words);

} // namespace muster::cli
