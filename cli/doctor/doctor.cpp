#include "cli/doctor/doctor.hpp"

#include "checkup/probe/bounded.hpp"
#include "checkup/probe/clock.hpp"
#include "checkup/probe/own_process.hpp"
#include "checkup/probe/paths.hpp"
#include "cli/doctor/service_look.hpp"

#include <ostream>

namespace muster::cli {

namespace {

using checkup::begin_look;
using checkup::too_slow;

constexpr const char* slow_disk = "look at the disk, or the network file system, that holds it (dmesg)";
/// Results of the fleet come to need about what `retention.results_bytes` says; this is for the rest.
constexpr std::uint64_t space_beside_results = 512 * settings::MiB;

std::uint64_t seconds_of(std::chrono::milliseconds limit) {
  return static_cast<std::uint64_t>(limit.count() + 999) / 1000;
}

void add(checkup::lines& out, checkup::lines more) {
  for (auto& one : more)
    out.push_back(std::move(one));
}

void put_rest(const std::optional<rest_look>& seen, std::uint64_t seconds, checkup::lines& out) {
  if (!seen) {
    out.push_back(
        too_slow("readiness", seconds, "ras hangs: see its log (journalctl -u muster-ras), then restart it"));
    return;
  }
  out.push_back(checkup::judge_ready(seen->ready, seen->said));
  if (seen->ready) out.push_back(checkup::judge_log(seen->log));
}

void put_state(const state_look& seen, std::uint64_t results, checkup::lines& out) {
  out.push_back(checkup::judge_state(seen.folder));
  for (const auto& one : seen.closed)
    if (auto line = checkup::judge_state(one); line.how == checkup::outcome::bad)
      out.push_back(std::move(line));
  out.push_back(checkup::judge_space(seen.space, space_beside_results + results / 8));
  out.push_back(checkup::judge_anchor(seen.anchor, checkup::side::service));
}

checkup::clock_facts clock_facts_of(const std::optional<rest_look>& said) {
  checkup::clock_facts out;
  out.now = checkup::wall_now();
  out.synchronised = checkup::clock_is_synchronised();
  if (said) out.newest_signed = said->newest_head;
  out.signed_what = "the newest head of the log";
  return out;
}

checkup::lines check_with(const settings::service_settings& settings, const doctor_options& options,
                          const std::string& socket, const doctor_limits& limits) {
  checkup::lines out;
  auto socket_look = begin_look(limits.file, [socket] { return checkup::look_at_socket(socket); });
  auto rest = begin_look(2 * limits.service, [=] { return ask_service(socket, limits.service); });
  auto files = begin_look(limits.file, [folder = settings.state] { return look_at_state(folder); });
  auto vendors = begin_look(limits.file, [admission = settings.admission, eks = options.eks] {
    return checkup::judge_vendor_roots(look_at_vendor_roots(admission, eks));
  });

  const auto seen_socket = socket_look.take();
  out.push_back(seen_socket ? checkup::judge_socket(*seen_socket)
                            : too_slow("socket", seconds_of(limits.file), slow_disk));
  const auto state = files.take();
  if (state)
    put_state(*state, settings.retention.results_bytes, out);
  else
    out.push_back(too_slow("state", seconds_of(limits.file), slow_disk));

  std::vector<checkup::bounded<checkup::service_facts>> listeners;
  for (const auto& one : settings.listen_agents) {
    // A host reaches its own port of vsock only where it has a loopback for that, which no virtual machine uses.
    if (std::holds_alternative<vsock_address>(one.at)) {
      out.push_back(checkup::note("service", to_string(one) + " is not asked from here",
                                  "raagent --check in a virtual machine says whether it is reached there"));
      continue;
    }
    listeners.push_back(
        begin_look(limits.service + std::chrono::seconds{1},
                   [at = own_address(one), name = settings.name, anchor = settings.state + "/anchor.pem",
                    trust = state ? state->trust : checkup::probe_trust{}, limit = limits.service] {
                     return checkup::probe_service(at, nullptr, name, anchor, trust, limit);
                   }));
  }
  const auto said = rest.take();
  out.push_back(checkup::judge_clock(clock_facts_of(said)));
  put_rest(said, seconds_of(2 * limits.service), out);
  for (auto& one : listeners) {
    if (const auto seen = one.take())
      out.push_back(checkup::judge_service(*seen, checkup::side::service));
    else
      out.push_back(
          too_slow("service", seconds_of(limits.service), "listen.agents does not resolve: name an address"));
  }
  if (std::ranges::all_of(settings.listen_agents, is_loopback))
    add(out, checkup::judge_listen(to_string(settings.listen_agents.front()), true));
  if (auto seen = vendors.take())
    add(out, *std::move(seen));
  else
    out.push_back(too_slow("vendor roots", seconds_of(limits.file), slow_disk));
  return out;
}

} // namespace

checkup::lines check_service(const doctor_options& options, const std::string& socket,
                             const doctor_limits& limits) {
  auto loading = begin_look(limits.file, [file = options.config] { return read_configuration(file); });
  const auto loaded = loading.take();
  const auto shown = printable(options.config);
  if (!loaded) return {too_slow("configuration", seconds_of(limits.file), slow_disk)};
  if (!*loaded) return checkup::judge_configuration(shown, loaded->fault().code, loaded->fault().check);
  auto out = checkup::judge_configuration(shown, errc::internal, {});
  add(out, check_with(**loaded, options, socket.empty() ? (*loaded)->socket : socket, limits));
  return out;
}

int doctor_command(const surroundings& around, const doctor_options& options) {
  // The default of the command line is not a choice: the configuration knows better.
  const std::string usual = "/run/muster/ras.sock";
  const auto socket = around.socket == usual ? std::string{} : around.socket;
  const bool json = options.json || around.format == output_format::json;
  return checkup::in_own_process(
      [&]() -> checkup::report {
        const auto lines = check_service(options, socket);
        return {checkup::exit_status_of(lines),
                json ? checkup::text_for_programs(lines) : checkup::text_for_people(lines)};
      },
      around.out, around.err);
}

} // namespace muster::cli
