#include "cli/words/unknown_command.hpp"

#include "messages/vocabulary/bytes.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace muster::cli {

namespace {

constexpr std::size_t longest_word = 64; // in a message

/// How many letters have to be inserted, deleted or replaced (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto exchanged = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({exchanged, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

std::string nearest(const std::vector<CLI::App*>& commands, std::string_view word) {
  std::string out;
  std::size_t best = 3; // two swapped letters are two replacements
  for (const auto* one : commands)
    if (const auto far = distance(one->get_name(), word); far < best) {
      best = far;
      out = one->get_name();
    }
  return out;
}

/// The option of a command, or of one above it: options "fall through".
const CLI::Option* option_of(const CLI::App& app, const std::string& name) {
  for (const auto* at = &app; at != nullptr; at = at->get_parent())
    if (const auto* found = at->get_option_no_throw(name); found != nullptr) return found;
  return nullptr;
}

std::string nearest_option(const CLI::App& app, std::string_view word) {
  std::string out;
  std::size_t best = 3;
  for (const auto* at = &app; at != nullptr; at = at->get_parent())
    for (const auto* one : at->get_options())
      for (const auto& name : one->get_lnames()) {
        const auto full = "--" + name;
        // The beginning of a name is meant for it, however long the rest is.
        const auto far = full.starts_with(word) ? 1 : distance(full, word);
        if (far < best) {
          best = far;
          out = full;
        }
      }
  return out;
}

std::string no_such_option(const CLI::App& app, const std::string& word) {
  const auto meant = nearest_option(app, word);
  return "no option \"" + printable(word, longest_word) + "\" of " + full_name_of(app)
         + (meant.empty() ? "; " + full_name_of(app) + " --help lists them" : "; is it " + meant + '?');
}

} // namespace

std::string commands_of(const CLI::App& app) {
  std::string out;
  for (const auto* one : app.get_subcommands([](const CLI::App*) { return true; }))
    out += (out.empty() ? "" : ", ") + one->get_name();
  return out;
}

std::string full_name_of(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name()
                                     : full_name_of(*app.get_parent()) + ' ' + app.get_name();
}

std::string unknown_command(CLI::App& app, std::span<const std::string> words) {
  auto* at = &app;
  for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    const auto& word = words[i];
    if (word.starts_with('-') && word.size() > 1) {
      const auto name = word.substr(0, word.find('='));
      const auto* option = option_of(*at, name);
      // Short options may be joined with their value, or with each other: CLI11 knows.
      if (option == nullptr && word.starts_with("--")) return no_such_option(*at, name);
      const bool takes_next = option != nullptr && option->get_items_expected_min() > 0 && name == word;
      if (takes_next) ++i; // its value is not a command
      continue;
    }
    const auto commands = at->get_subcommands([](CLI::App*) { return true; });
    if (commands.empty()) continue; // an argument
    if (const auto next = std::ranges::find(commands, word, &CLI::App::get_name); next != commands.end()) {
      at = *next;
      continue;
    }
    const auto meant = nearest(commands, word);
    return "no command \"" + printable(word, longest_word) + "\" of " + full_name_of(*at)
           + (meant.empty() ? "; there are " + commands_of(*at) : "; is it " + meant + '?');
  }
  return {};
}

} // namespace muster::cli
