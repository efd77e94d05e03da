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

std::string all_of(const std::vector<CLI::App*>& commands) {
  std::string out;
  for (const auto* one : commands)
    out += (out.empty() ? "" : ", ") + one->get_name();
  return out;
}

std::string full_name(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name() : full_name(*app.get_parent()) + ' ' + app.get_name();
}

} // namespace

std::string unknown_command(CLI::App& app, std::span<const std::string> words) {
  auto* at = &app;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto commands = at->get_subcommands([](CLI::App*) { return true; });
    if (commands.empty()) return {};
    const auto& word = words[i];
    if (word.starts_with('-')) {
      const auto* option = app.get_option_no_throw(word);
      if (option != nullptr && option->get_items_expected_min() > 0) ++i; // its value is not a command
      continue;
    }
    if (const auto next = std::ranges::find(commands, word, &CLI::App::get_name); next != commands.end()) {
      at = *next;
      continue;
    }
    const auto meant = nearest(commands, word);
    return "no command \"" + printable(word, longest_word) + "\" of " + full_name(*at)
           + (meant.empty() ? "; there are " + all_of(commands) : "; is it " + meant + '?');
  }
  return {};
}

} // namespace muster::cli
