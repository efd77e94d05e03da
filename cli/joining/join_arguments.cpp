#include "cli/joining/join_arguments.hpp"

#include "cli/joining/join_commands.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace muster::cli {

namespace {

constexpr std::uint32_t most_uses = 100'000;

void add_create(CLI::App& join, chosen_action& chosen) {
  auto in = std::make_shared<join_token_options>();
  auto* command = join.add_subcommand("create", "Make a token and write it, once, to standard output");
  command->footer("Example:\n"
                  "  (umask 077; muster join-token create --group web --uses 40 --expires 8h > join-token)\n"
                  "An agent reads it from the file that join_token_file of its configuration names.");
  command->add_option("--group", in->group, "Group of the machines that it admits")->required();
  command->add_option("--uses", in->uses, "How many machines it admits")
      ->check(CLI::Range(std::uint32_t{1}, most_uses))
      ->capture_default_str();
  command->add_option("--expires", in->expires, "How long it counts, up to 30d: for example 7d, 12h, 30m")
      ->capture_default_str();
  command->add_option("--name", in->label, "Label for the list, at most 64 characters");
  command->callback([&chosen, in] {
    chosen = [in](const surroundings& around) { return join_token_create(around, *in); };
  });
}

void add_revoke(CLI::App& join, chosen_action& chosen) {
  auto id = std::make_shared<std::string>();
  auto* command = join.add_subcommand("revoke", "End a token; the machines that it admitted stay");
  command->footer("Example:\n  muster join-token revoke 3f9c52d1a07be446");
  command->add_option("ID", *id, "Id, as `muster join-token list` shows it; not the token")->required();
  command->callback([&chosen, id] {
    chosen = [id](const surroundings& around) { return join_token_revoke(around, *id); };
  });
}

} // namespace

void add_join_commands(CLI::App& app, chosen_action& chosen) {
  auto* join = app.add_subcommand("join-token", "Tokens that admit new machines: create, list, revoke");
  join->require_subcommand(1);
  add_create(*join, chosen);
  join->add_subcommand("list", "Each token's state, uses and machines; never the token itself")
      ->callback([&chosen] { chosen = join_token_list; });
  add_revoke(*join, chosen);
}

} // namespace muster::cli
