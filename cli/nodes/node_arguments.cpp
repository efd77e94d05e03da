#include "cli/nodes/node_arguments.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <optional>

namespace muster::cli {

namespace {

/// "60s", "2m" or "90" (seconds); 1 s to 10 min.
std::optional<std::chrono::seconds> seconds_from(std::string_view text) {
  unsigned factor = 1;
  if (text.ends_with('m')) factor = 60;
  if (text.ends_with('m') || text.ends_with('s')) text.remove_suffix(1);
  unsigned n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc{} || end != text.data() + text.size() || n == 0 || n > 600 / factor)
    return std::nullopt;
  return std::chrono::seconds{n * factor};
}

std::string check_timeout(const std::string& text) {
  return seconds_from(text) ? "" : "from 1s to 10m, for example 60s";
}

/// An impossible name never reaches the service, whose refusal would be about the path.
std::string check_node(const std::string& text) {
  if (!text.empty() && text != "." && text != "..") return {};
  return "no machine is called that; a name, an id, or at least 8 digits of an id";
}

void add_node(CLI::App& command, std::string& in, const char* help) {
  command.add_option("NODE", in, help)->required()->check(check_node, "");
}

void add_node(CLI::App& command, typed_node& in, const char* help) { add_node(command, in.node, help); }

void add_nodes(CLI::App& app, typed_node& in, chosen_action& chosen) {
  auto* command = app.add_subcommand("nodes", "List the machines, with the state of each");
  command->footer("Example:\n  muster nodes --group web --shown untrusted");
  command->add_option("--group", in.list.group, "Only this group");
  command->add_option("--shown", in.list.shown, "Only these")
      ->check(CLI::IsMember({"revoked", "pending", "untrusted", "stale", "warning", "trusted", "unknown"}));
  command->callback([&] { chosen = [&](const surroundings& around) { return nodes(around, in.list); }; });
}

void add_show(CLI::App& node, typed_node& in, chosen_action& chosen) {
  auto* command =
      node.add_subcommand("show", "Show one machine: its verdict, since when, until when, and every finding");
  command->footer("Example:\n  muster node show web-1\n  muster -o json node show 3f9c52d1");
  add_node(*command, in, "Name, id, or at least 8 digits of one");
  command->callback([&] { chosen = [&](const surroundings& around) { return node_show(around, in.node); }; });
}

void add_timeout(CLI::App& command, typed_node& in) {
  command.add_option("--timeout", in.timeout, "How long to wait: 30s, 2m")
      ->capture_default_str()
      ->check(check_timeout, "DURATION");
}

void add_renew(CLI::App& node, typed_node& in, chosen_action& chosen) {
  auto* command = node.add_subcommand("renew", "Give it a new certificate now, and wait until it has it");
  command->footer("Example:\n  muster node renew web-1");
  add_node(*command, in, "Name, id, or at least 8 digits of one");
  add_timeout(*command, in);
  command->callback([&] {
    chosen = [&](const surroundings& around) {
      return node_renew(around, in.node, *seconds_from(in.timeout));
    };
  });
}

void add_reconfigure(CLI::App& node, typed_node& in, chosen_action& chosen) {
  auto* command = node.add_subcommand(
      "reconfigure", "Set how often it beats and what it logs, whatever its own configuration says");
  command->footer(
      "Example:\n"
      "  muster node reconfigure web-1 --beat 20s --log-level debug\n"
      "  muster node reconfigure web-1 --beat default --log-level default\n"
      "`default` removes what was set. A setting outlasts restarts; `muster node show` shows it.");
  add_node(*command, in.tuning.node, "Name, id, or at least 8 digits of one");
  command->add_option("--beat", in.tuning.beat,
                      "Time between beats, from 100ms to a third of the lease: 500ms, 20s, 1m");
  command->add_option("--jitter", in.tuning.jitter,
                      "How much earlier a beat may come, at most a quarter of the beat");
  command->add_option("--log-level", in.tuning.log_level, "What its agent logs")
      ->check(CLI::IsMember({"error", "warning", "info", "debug", "default"}));
  add_timeout(*command, in);
  command->callback([&] {
    chosen = [&](const surroundings& around) {
      in.tuning.timeout = *seconds_from(in.timeout);
      return node_reconfigure(around, in.tuning);
    };
  });
}

void add_unregister(CLI::App& node, typed_node& in, chosen_action& chosen) {
  auto* command = node.add_subcommand("unregister", "Remove it: its agent ends, and the service forgets it");
  command->footer("Example:\n  muster node unregister web-1 --yes\n"
                  "Without --yes it says which machine that is, and changes nothing.");
  add_node(*command, in, "Name, id, or at least 8 digits of one");
  command->add_flag("--yes", in.yes, "Really do it");
  add_timeout(*command, in);
  command->callback([&] {
    chosen = [&](const surroundings& around) {
      return node_unregister(
          around, {in.node, in.yes ? consent::given : consent::missing, *seconds_from(in.timeout)});
    };
  });
}

void add_attest(CLI::App& node, typed_node& in, chosen_action& chosen) {
  auto* command = node.add_subcommand("attest", "Attest it at its next beat, and wait for the verdict");
  command->footer("Example:\n  muster node attest web-1 --timeout 2m");
  add_node(*command, in, "Name, id, or at least 8 digits of one");
  add_timeout(*command, in);
  command->callback([&] {
    chosen = [&](const surroundings& around) {
      return node_attest(around, {in.node, *seconds_from(in.timeout)});
    };
  });
}

void add_approve(CLI::App& node, typed_node& in, chosen_action& chosen) {
  auto* command = node.add_subcommand("approve", "Admit a machine that waits; compare the fingerprint first");
  command->footer("Example:\n  muster node approve 3f9c52d1 --fingerprint HEX --group web --name web-1");
  command->add_option("ID", in.approval.node, "Id, or at least 8 digits of it")
      ->required()
      ->check(check_node, "");
  command
      ->add_option("--fingerprint", in.approval.fingerprint,
                   "As the machine's agent logs it: 64 digits of hex")
      ->required();
  command->add_option("--group", in.approval.group, "Group whose reference and policy it is judged by");
  command->add_option("--name", in.approval.name, "Name to show");
  command->callback(
      [&] { chosen = [&](const surroundings& around) { return node_approve(around, in.approval); }; });
}

void add_name(CLI::App& node, typed_node& in, chosen_action& chosen) {
  auto* command = node.add_subcommand("name", "Name it; an empty NAME removes the name");
  command->footer("Example:\n  muster node name 3f9c52d1 web-1");
  add_node(*command, in, "Id, at least 8 digits of one, or the present name");
  command->add_option("NAME", in.name, "New name, at most 64 characters")->required();
  command->callback(
      [&] { chosen = [&](const surroundings& around) { return node_name(around, in.node, in.name); }; });
}

void add_acknowledge(CLI::App& node, typed_node& in, chosen_action& chosen) {
  auto* command = node.add_subcommand(
      "acknowledge", "End the alarm that two hosts use its identity, once the other one is gone");
  add_node(*command, in, "Name, id, or at least 8 digits of one");
  command->callback(
      [&] { chosen = [&](const surroundings& around) { return node_acknowledge(around, in.node); }; });
}

void add_group(CLI::App& node, typed_node& in, chosen_action& chosen) {
  auto* command = node.add_subcommand("group", "Move it to another group, whose reference judges it at once");
  command->footer("Example:\n  muster node group web-1 db");
  add_node(*command, in, "Name, id, or at least 8 digits of one");
  command->add_option("GROUP", in.group, "Group whose reference and policy it is judged by")->required();
  command->callback(
      [&] { chosen = [&](const surroundings& around) { return node_group(around, in.node, in.group); }; });
}

void add_revoke(CLI::App& node, typed_node& in, chosen_action& chosen) {
  auto* command =
      node.add_subcommand("revoke", "Shut it out for good: its endorsement key is never admitted again");
  command->footer("Example:\n  muster node revoke web-1 --yes --reason \"stolen from rack 4\"\n"
                  "Without --yes it says which machine that is, and changes nothing.");
  add_node(*command, in.revocation.node, "Name, id, or at least 8 digits of one");
  command->add_flag("--yes", in.yes, "Really do it");
  command->add_option("--reason", in.revocation.reason, "Why, for the record: at most 200 characters");
  command->callback([&] {
    in.revocation.sure = in.yes ? consent::given : consent::missing;
    chosen = [&](const surroundings& around) { return node_revoke(around, in.revocation); };
  });
}

void add_forget(CLI::App& node, typed_node& in, chosen_action& chosen) {
  auto* command = node.add_subcommand("forget", "Remove its records; a revocation stays");
  command->footer("Example:\n  muster node forget web-1 --yes\n"
                  "Without --yes it says which machine that is and what is lost, and changes nothing.");
  add_node(*command, in, "Name, id, or at least 8 digits of one");
  command->add_flag("--yes", in.yes, "Really do it");
  command->callback([&] {
    chosen = [&](const surroundings& around) {
      return node_forget(around, in.node, in.yes ? consent::given : consent::missing);
    };
  });
}

} // namespace

void add_node_commands(CLI::App& app, typed_node& in, chosen_action& chosen) {
  add_nodes(app, in, chosen);
  auto* node = app.add_subcommand(
      "node",
      "One machine: show, attest, renew, reconfigure, approve, name, group, acknowledge, revoke, forget, "
      "unregister");
  node->require_subcommand(1);
  for (const auto add : {add_show, add_attest, add_renew, add_reconfigure, add_approve, add_name, add_group,
                         add_acknowledge, add_revoke, add_forget, add_unregister})
    add(*node, in, chosen);
}

} // namespace muster::cli
