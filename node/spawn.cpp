#include "node/spawn.hpp"

#include "actors/runtime/watcher.hpp"
#include "node/load.hpp"
#include "node/ra_agent/join_token_file.hpp"
#include "node/ra_agent/keeper.hpp"
#include "node/ra_agent/ra_agent.hpp"
#include "node/rac_tools/rac_tools.hpp"
#include "node/tb_provisioner/tb_provisioner.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

namespace muster::node {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds stop_within{1'800};

/// An agent has a single connection whose traffic depends on the beat interval. A silent service is detected
/// by the beat timeout, not by the pipe's idle limit.
net::pipe_limits limits_of_an_agent() {
  net::pipe_limits out;
  out.pipes = 8;
  out.half_open = 8;
  out.handshake = std::chrono::seconds{30};
  out.idle = std::chrono::hours{12};
  out.drain = std::chrono::seconds{1};
  out.accept_pause = std::chrono::seconds{1};
  return out;
}

tuning configured_of(const settings::node_settings& in) {
  return {milliseconds{0}, in.jitter, std::string{settings::to_string(in.level)}};
}

result<ra_agent_start> what_was_kept(kept_state kept, const std::string& folder, const runtime::clock& clock,
                                     const runtime::log& log) {
  if (!kept.note.empty()) log.warning("agent.state", {{"what", kept.note}});
  if (kept.errands.empty())
    return ra_agent_start{std::move(kept.issued), errand_book{clock.boot()}, std::move(kept.log_heads),
                          std::move(kept.trust)};
  auto book = errand_book::parse(kept.errands, clock.boot(), clock.since_boot());
  // Without the errand book, commands could run a second time.
  if (!book)
    return fault{book.fault().code,
                 "state: " + printable(folder) + "/errands: " + book.fault().check
                     + "; restore it, or remove it: a command that was under way may then run once more"};
  return ra_agent_start{std::move(kept.issued), std::move(*book), std::move(kept.log_heads),
                        std::move(kept.trust)};
}

/// A machine that was admitted needs no token: none is missed, whatever is wrong with it, and one that is left
/// is warned of.
result<bytes> join_token_of(const settings::node_settings& in, bool was_admitted, const runtime::log& log) {
  auto token = load_join_token(in.join_token_file);
  if (!token && !was_admitted) return fault{token.fault().code, "join_token_file: " + token.fault().check};
  const bool is_left = token ? !token->empty() : token.fault().code != errc::not_found;
  if (was_admitted && is_left) log.warning("agent.join_token", {{"what", join_token_is_left}});
  return token ? token : bytes{};
}

} // namespace

struct running_agent::parts {
  caf::actor_system& system;
  std::string config_file;
  settings::node_settings settings;
  runtime::log log;

  net::pipe_broker_actor broker;
  net::dialer_actor dialer;
  keeper_actor keeper;
  rac_tools_actor tools;
  tb_provisioner_actor provisioner;
  ra_agent_actor agent;
  std::unique_ptr<runtime::watcher> watcher{}; ///< once all actors exist
  bool unregistered = false;                   ///< true: no actor was spawned

  void watch_parts();
  status spawn_all(std::function<void()> on_left);
};

// Actors that own nothing come first, so that each actor finds the ones it asks.
status running_agent::parts::spawn_all(std::function<void()> on_left) {
  auto clock = runtime::make_machine_clock(settings.platform.boot_id);
  if (!clock) return clock.fault();
  auto anchors = load_anchors(settings.service.anchor);
  if (!anchors) return fault{anchors.fault().code, "service.anchor: " + anchors.fault().check};
  auto via = load_route(settings.service);
  if (!via) return fault{via.fault().code, "service.via_credentials: " + via.fault().check};
  auto chip = tpm::parse_chip_address(settings.tpm);
  if (!chip) return fault{chip.fault().code, "tpm: " + chip.fault().check};
  auto files = node_files::open(settings.state);
  if (!files) return fault{files.fault().code, "state: " + files.fault().check};
  auto kept = files->load();
  if (!kept) return fault{kept.fault().code, "state: " + kept.fault().check};
  auto token = join_token_of(settings, kept->issued.has_value(), log);
  if (!token) return token.fault();
  unregistered = kept->unregistered;
  if (unregistered) {
    log.warning("agent.unregistered",
                {{"what", "the service unregistered this machine; to enrol it again, remove "
                              + printable(settings.state) + "/unregistered and start the agent"}});
    return {};
  }
  const auto key = kept->key;
  auto start = what_was_kept(std::move(*kept), settings.state, **clock, log);
  if (!start) return start.fault();

  broker = net::spawn_pipe_broker(system, {{}, {}, limits_of_an_agent(), log});
  dialer = net::spawn_dialer(system, broker, log, std::move(*via));
  keeper = spawn_keeper(system, std::move(*files), log);
  tools = spawn_rac_tools(system, {std::move(*chip), settings.platform, *clock, log});
  provisioner = system.spawn(tb_provisioner, tools, log);
  agent = spawn_ra_agent(system,
                         {
                             .addresses = settings.service.addresses,
                             .service_name = settings.service.name,
                             .anchors = std::move(*anchors),
                             .token = std::move(*token),
                             .key = key,
                             .configured = configured_of(settings),
                             .times = {},
                             .clock = std::move(*clock),
                             .log = log,
                             .dialer = dialer,
                             .broker = broker,
                             .tools = tools,
                             .provisioner = provisioner,
                             .keeper = keeper,
                             .on_left = std::move(on_left),
                         },
                         std::move(*start));
  return {};
}

/// Without any one of these the agent would look healthy, but prove nothing or record nothing.
void running_agent::parts::watch_parts() {
  watcher = std::make_unique<runtime::watcher>(system, log);
  watcher->add("broker", broker);
  watcher->add("dialer", dialer);
  watcher->add("keeper", keeper);
  watcher->add("rac_tools", tools);
  watcher->add("tb_provisioner", provisioner);
  watcher->add("ra_agent", agent);
}

runtime::log_level log_level_of(settings::log_level level) noexcept {
  return runtime::log_level_from(settings::to_string(level)).value_or(runtime::log_level::info);
}

running_agent::running_agent(std::unique_ptr<parts> p) : parts_{std::move(p)} {}
running_agent::~running_agent() = default;

result<std::unique_ptr<running_agent>> running_agent::start(caf::actor_system& system,
                                                            std::string config_file,
                                                            settings::node_settings settings,
                                                            runtime::log log, std::function<void()> on_left) {
  std::unique_ptr<running_agent> out{new running_agent{std::make_unique<parts>(parts{
      system, std::move(config_file), std::move(settings), std::move(log), {}, {}, {}, {}, {}, {}, {}})}};
  if (auto done = out->parts_->spawn_all(std::move(on_left)); !done) {
    out->stop();
    return done.fault();
  }
  if (out->parts_->unregistered) return std::unique_ptr<running_agent>{};
  out->parts_->watch_parts();
  return out;
}

bool running_agent::stop() {
  auto& p = *parts_;
  p.watcher.reset();
  caf::scoped_actor self{p.system};
  const auto deadline = std::chrono::steady_clock::now() + stop_within;
  std::size_t alive = 0;
  const auto watch = [&](const auto& actor) {
    if (!actor) return;
    self->monitor(actor);
    ++alive;
  };
  const auto wait_until = [&](std::size_t left) {
    while (alive > left && std::chrono::steady_clock::now() < deadline)
      self->receive([&](const caf::down_msg&) { --alive; }, caf::after(milliseconds{50}) >> [] {});
  };
  if (p.agent) {
    watch(p.agent);
    self->send(p.agent, stop_atom::value);
    wait_until(0);
  }
  const auto leave = [&](const auto& actor) {
    if (!actor) return;
    watch(actor);
    self->send_exit(actor, caf::exit_reason::user_shutdown);
  };
  leave(p.provisioner);
  leave(p.tools);
  leave(p.keeper);
  leave(p.dialer);
  leave(p.broker);
  wait_until(0);
  if (p.agent) p.log.info("agent.stopped", {{"clean", alive == 0 ? "yes" : "no"}});
  return alive == 0;
}

void running_agent::reload() {
  auto& p = *parts_;
  const auto now = load_settings(p.config_file);
  if (!now) {
    p.log.error("agent.reload", {runtime::fault_check(now.fault())});
    return;
  }
  for (const auto& key : settings::needs_restart(p.settings, *now))
    p.log.warning("agent.reload", {{"needs_restart", key}});
  caf::anon_send(p.agent, reload_atom::value, configured_of(*now));
}

} // namespace muster::node
