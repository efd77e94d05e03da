#include "node/checkup/check_machine.hpp"

#include "checkup/probe/bounded.hpp"
#include "checkup/probe/clock.hpp"
#include "checkup/probe/paths.hpp"
#include "net/proxy_file.hpp"
#include "node/checkup/chip_look.hpp"
#include "node/checkup/kernel_look.hpp"
#include "node/checkup/state_look.hpp"
#include "settings/node_settings.hpp"

namespace muster::node {

namespace {

using checkup::begin_look;
using checkup::bounded;
using checkup::lines;
using checkup::too_slow;

constexpr std::size_t max_configuration = 1024UL * 1024;
/// The log heads, certificates and trust lists of an agent are small.
constexpr std::uint64_t enough_space = 256ULL * 1024 * 1024;
constexpr const char* slow_disk = "look at the disk, or the network file system, that holds it (dmesg)";

result<settings::node_settings> load(const std::string& file) {
  const auto content = checkup::read_front(file, max_configuration);
  if (!content)
    return fault{content.fault().code == errc::denied ? errc::denied : errc::io,
                 printable(file) + ": " + content.fault().check};
  return settings::parse_node_settings(file, as_text(*content));
}

std::uint64_t seconds_of(std::chrono::milliseconds limit) {
  return static_cast<std::uint64_t>(limit.count() + 999) / 1000;
}

void add(lines& out, lines more) {
  for (auto& one : more)
    out.push_back(std::move(one));
}

/// What the files of the agent say, and from there the service.
struct own_side {
  state_look state;
  anchor_look anchor;
  std::optional<checkup::join_token_facts> join_token{}; ///< empty: none is configured
};

checkup::clock_facts clock_facts_of(const std::optional<own_side>& own,
                                    const std::vector<checkup::service_facts>& heard) {
  checkup::clock_facts out;
  out.now = checkup::wall_now();
  out.synchronised = checkup::clock_is_synchronised();
  if (own) out.newest_signed = own->state.head.signed_at;
  out.signed_what = "the newest kept head of the service's log";
  for (const auto& one : heard)
    if (one.seen && one.seen->clock.milliseconds != 0) {
      out.now = one.now;
      out.service = one.seen->clock;
      break;
    }
  return out;
}

/// Every address, each for itself.
std::vector<bounded<checkup::service_facts>> begin_services(const settings::node_settings& settings,
                                                            const std::optional<net::proxy_route>& via,
                                                            const checkup::probe_trust& trust,
                                                            std::chrono::milliseconds limit) {
  std::vector<bounded<checkup::service_facts>> out;
  for (const auto& one : settings.service.addresses)
    // The resolver has limits of its own, so the thread gets a second more than the probe.
    out.push_back(begin_look(
        limit + std::chrono::seconds{1}, [=, name = settings.service.name, anchor = settings.service.anchor] {
          return checkup::probe_service(one, via ? &*via : nullptr, name, anchor, trust, limit);
        }));
  return out;
}

void put_own_side(const own_side& own, lines& out) {
  out.push_back(checkup::judge_anchor(own.anchor.facts, checkup::side::agent));
  if (!own.state.trust_problem.empty())
    out.push_back(
        checkup::bad("anchor", own.state.trust_problem,
                     "restore the file: without it the agent would again trust whom the list removed"));
  out.push_back(checkup::judge_state(own.state.folder));
  out.push_back(checkup::judge_space(own.state.space, enough_space));
  out.push_back(checkup::judge_identity(own.state.identity));
  if (own.join_token) out.push_back(checkup::judge_join_token(*own.join_token));
  out.push_back(checkup::judge_kept_head(own.state.head));
}

/// Asks every address, and then judges the clock, too.
void put_services(const settings::node_settings& settings, const std::optional<own_side>& own,
                  const checkup_limits& limits, lines& out) {
  std::optional<net::proxy_route> via;
  if (settings.service.via) {
    auto route = net::load_proxy_route(*settings.service.via, settings.service.via_credentials);
    if (!route) {
      out.push_back(checkup::bad("service", "service.via_credentials: " + route.fault().check,
                                 "it is a file of mode 0600 that belongs to the agent's user, with one line "
                                 "user:password"));
      return;
    }
    via = std::move(*route);
  }
  auto asked =
      begin_services(settings, via, own ? own->anchor.trust : checkup::probe_trust{}, limits.service);
  std::vector<checkup::service_facts> heard;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (auto one = asked[i].take()) {
      out.push_back(checkup::judge_service(*one, checkup::side::agent));
      heard.push_back(*std::move(one));
      continue;
    }
    out.push_back(checkup::bad("service",
                               to_string(settings.service.addresses[i]) + ": no answer within "
                                   + std::to_string(seconds_of(limits.service)) + " s",
                               "look at the name server of this machine, and at the network"));
  }
  out.push_back(checkup::judge_clock(clock_facts_of(own, heard)));
}

void put_chip(std::optional<chip_look> seen, std::uint64_t seconds, lines& out) {
  if (!seen) {
    out.push_back(
        too_slow("tpm", seconds,
                 "the TPM or its driver hangs, or a software TPM does not answer: restart it; see dmesg"));
    return;
  }
  add(out, checkup::judge_chip(seen->chip));
  if (seen->ek) add(out, checkup::judge_ek(*seen->ek));
}

lines check_with(const settings::node_settings& settings, const checkup_limits& limits) {
  lines out;
  const auto chip = tpm::parse_chip_address(settings.tpm);
  std::optional<bounded<chip_look>> asked;
  if (chip)
    asked = begin_look(limits.chip, [at = *chip, limits] { return look_at_chip(at, limits.chip / 2); });
  auto boot = begin_look(limits.file, [files = settings.platform] { return look_at_boot_log(files); });
  auto ima = begin_look(limits.file, [files = settings.platform] { return look_at_ima(files); });
  auto files = begin_look(limits.file, [state = settings.state, anchor = settings.service.anchor,
                                        token = settings.join_token_file] {
    own_side own{look_at_state(state), {}};
    own.anchor = look_at_anchor(anchor, own.state);
    if (!token.empty()) own.join_token = look_at_join_token(token, own.state);
    return own;
  });

  const auto own = files.take();
  if (own)
    put_own_side(*own, out);
  else
    out.push_back(too_slow("state", seconds_of(limits.file), slow_disk));
  put_services(settings, own, limits, out);
  if (chip)
    put_chip(asked->take(), seconds_of(limits.chip), out);
  else
    out.push_back(checkup::bad("tpm", chip.fault().check, "correct `tpm` of the configuration"));
  if (const auto seen = boot.take())
    out.push_back(checkup::judge_boot_log(*seen));
  else
    out.push_back(too_slow("boot log", seconds_of(limits.file), slow_disk));
  if (const auto seen = ima.take())
    add(out, checkup::judge_ima(*seen));
  else
    out.push_back(too_slow("ima list", seconds_of(limits.file), slow_disk));
  return out;
}

} // namespace

checkup::lines check_machine(const std::string& config_file, const checkup_limits& limits) {
  auto loading = begin_look(limits.file, [config_file] { return load(config_file); });
  const auto loaded = loading.take();
  const auto shown = printable(config_file);
  if (!loaded) return {too_slow("configuration", seconds_of(limits.file), slow_disk)};
  if (!*loaded) return checkup::judge_configuration(shown, loaded->fault().code, loaded->fault().check);
  auto out = checkup::judge_configuration(shown, errc::internal, {});
  add(out, check_with(**loaded, limits));
  return out;
}

} // namespace muster::node
