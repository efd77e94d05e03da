#include "service/spawn.hpp"

#include "actors/runtime/watcher.hpp"
#include "net/secure_channel.hpp"
#include "service/applied.hpp"
#include "service/client_api/client_api.hpp"
#include "service/config/config.hpp"
#include "service/core.hpp"
#include "service/descriptors.hpp"
#include "service/evidence/exporter.hpp"
#include "service/privacy_ca/own_certificate.hpp"
#include "service/privacy_ca/rotation.hpp"
#include "service/rest_api/rest_server.hpp"
#include "service/state_folder.hpp"
#include "service/vendor_trust_files.hpp"

#include <caf/all.hpp>

#include <filesystem>
#include <thread>

namespace muster::service {

namespace {

namespace fs = std::filesystem;

result<net::server_tls> make_tls(const authorities& keys, const service_identity& shown,
                                 std::shared_ptr<const runtime::clock> clock) {
  return net::server_tls::make(
      {shown.certificate, shown.chain, shown.key}, {{keys.root}, {keys.nodes.cert()}, std::move(clock)},
      {{net::tls_protocol::enrol, {}}, {net::tls_protocol::agent, {net::peer_role::node}}});
}

/// When descriptors run out, no connection is accepted, not even an operator's.
void fit_sessions(settings::service_settings& settings, const runtime::log& log) {
  const auto descriptors = service::raise_descriptor_limit();
  const auto fit = service::sessions_within(descriptors, settings.limits.sessions);
  if (fit == settings.limits.sessions) return;
  log.warning(
      "service.descriptors",
      {{"limits.sessions", settings.limits.sessions},
       {"sessions", fit},
       {"descriptors", descriptors},
       {"remedy", "raise the limit of open files (LimitNOFILE= of the unit), or lower limits.sessions"}});
  settings.limits.sessions = static_cast<decltype(settings.limits.sessions)>(fit);
}

} // namespace

struct running_service::parts {
  caf::actor_system& system;
  runtime::log log;
  service_core core;
  exporter_actor exporter;
  rotation_actor rotation;
  client_api_actor client_api;
  config_actor config;
  std::unique_ptr<rest_server> rest;
  std::optional<runtime::watcher> watcher; ///< set once all parts exist
  bool began = false;                      ///< a start that failed has nothing to say about its end

  parts(caf::actor_system& s, runtime::log l) : system{s}, log{std::move(l)} {}

  status spawn_core(const configuration& configured);
  status spawn_doors(const configuration& configured);
  void spawn_config(std::string file, const settings::service_settings& in);
  void watch_parts();
};

status running_service::parts::spawn_core(const configuration& configured) {
  auto ports = open_state(configured.settings, log);
  if (!ports) return ports.fault();
  return core.spawn(system, std::move(*ports), configured,
                    {runtime::threading::own, std::max(1U, std::thread::hardware_concurrency())});
}

status running_service::parts::spawn_doors(const configuration& configured) {
  const auto& in = configured.settings;
  const fs::path state{in.state};
  const auto& clock = core.ports.clock;
  log.info("anchor", {{"file", (state / "anchor.pem").string()}, {"name", in.name}});
  const auto& keys = core.ports.keys;
  auto tls = make_tls(*keys, {keys->service_certificate, keys->service_key, {keys->services.cert()}}, clock);
  if (!tls) return tls.fault();
  const auto shown = make_in_force(std::move(*tls));
  const auto show = [shown, keys = keys, clock = clock](const service_identity& next) -> status {
    auto made = make_tls(*keys, next, clock);
    if (!made) return made.fault();
    shown->store(std::make_shared<const net::server_tls>(std::move(*made)));
    return {};
  };
  const auto own = std::make_shared<own_certificate>(own_certificate_deps{
      .keys = keys,
      .folder = state / "ca",
      .service_name = in.name,
      .clock = clock,
      .log = log,
      .show = show,
  });
  std::vector<net::shared_listener> listeners;
  for (const auto& at : in.listen_agents) {
    auto listener = net::listen_on(at);
    if (!listener)
      return fault{listener.fault().code, "listen.agents: " + to_string(at) + ": " + listener.fault().check};
    listeners.push_back(std::make_shared<net::listening_socket>(std::move(*listener)));
  }
  auto accept = [shown]() -> std::unique_ptr<net::channel> {
    return std::make_unique<net::secure_channel>(net::secure_channel::accept(*shown->load()));
  };
  client_api =
      system.spawn(service::client_api, client_api_deps{
                                            .sessions = core.for_sessions(std::move(accept), configured),
                                            .listeners = std::move(listeners),
                                            .limits = pipe_limits_of(in),
                                            .log = log,
                                            .each_minute = [own] { own->look(); },
                                        });
  exporter = spawn_exporter(
      system, {.store = core.ports.reader, .clock = clock, .log = log, .folder = (state / "spool").string()});
  rotation = spawn_rotation(system, {
                                        .folder = state / "ca",
                                        .anchor = state / "anchor.pem",
                                        .keys = keys,
                                        .own = own,
                                        .board = core.trust_lists,
                                        .store = core.store,
                                        .reader = core.ports.reader,
                                        .clock = clock,
                                        .log = log,
                                    });
  auto storing = [watch = core.watch, clock, own] {
    const auto healthy = watch->healthy(clock->since_boot());
    return healthy ? own->holds() : healthy;
  };
  auto served = rest_server::start({
      .system = system,
      .cache = core.cache,
      .trust = core.trust,
      .references = core.references,
      .survey = core.survey,
      .record_log = core.record_log,
      .socket = in.socket,
      .group = in.socket_group,
      .log = log,
      .exporter = exporter,
      .rotation = rotation,
      .storing = std::move(storing),
  });
  if (!served) return served.fault();
  rest = std::move(*served);
  return {};
}

void running_service::parts::spawn_config(std::string file, const settings::service_settings& in) {
  config_deps deps{std::move(file), in, {}, {}, log};
  deps.subscribers.emplace_back(
      [out = log](const auto& now) { out.set_level(log_level_of(now.settings.level)); });
  deps.subscribers.emplace_back([to = client_api, seats = core.seats, out = log](const auto& now) {
    auto fitted = now.settings;
    fit_sessions(fitted, out);
    caf::anon_send(to, changed_atom::value, pipe_limits_of(fitted));
    seats->change(stranger_limits_of(fitted));
  });
  deps.readers.emplace_back(
      [out = core.vendors, at = core.ports.clock, to = log](const auto& now) -> result<commit> {
        auto next = reload_vendor_trust(now.settings, *out->load(), at->wall(), to);
        if (!next) return next.fault();
        return commit{[out, next = *std::move(next)] { out->store(next); }};
      });
  deps.subscribers.emplace_back(core.reload());
  // It reads files, which may hang.
  config = runtime::spawn_waiting(system, runtime::threading::own, service::config, std::move(deps));
}

/// A service that lacks one of these looks well but does not do its work.
void running_service::parts::watch_parts() {
  watcher.emplace(system, log);
  core.each([this](std::string_view name, const auto& part) { watcher->add(name, part); });
  watcher->add("client_api", client_api);
  watcher->add("rest", rest->heart());
  watcher->add("config", config);
  watcher->add("exporter", exporter);
  watcher->add("rotation", rotation);
}

running_service::running_service(std::unique_ptr<parts> p) : parts_{std::move(p)} {}
running_service::~running_service() = default;

result<std::unique_ptr<running_service>> running_service::start(caf::actor_system& system,
                                                                std::string config_file,
                                                                configuration configured, runtime::log log) {
  auto p = std::make_unique<parts>(system, std::move(log));
  std::unique_ptr<running_service> out{new running_service{std::move(p)}};
  auto& made = *out->parts_;
  auto fitted = configured; // a reload is compared with what was read
  fit_sessions(fitted.settings, made.log);
  status done = made.spawn_core(fitted);
  if (done) done = made.spawn_doors(fitted);
  if (!done) {
    out->stop();
    return done.fault();
  }
  made.spawn_config(std::move(config_file), configured.settings);
  made.watch_parts();
  made.began = true;
  return out;
}

bool running_service::stop() {
  const auto deadline = std::chrono::steady_clock::now() + stop_within;
  // Some time is always left: an actor that does not wait for a disk replies at once.
  const auto left = [deadline] {
    const auto time =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    return std::max(time, std::chrono::milliseconds{100});
  };
  auto& p = *parts_;
  caf::scoped_actor self{p.system};
  bool good = true;
  p.watcher.reset();
  const auto leave = [&](const auto& actor) {
    if (actor) self->send_exit(actor, caf::exit_reason::user_shutdown);
  };
  p.core.stopping->store(true); // ends a look at the whole fleet early
  if (p.rest) p.rest->stop();
  p.rest.reset();
  leave(p.config);
  if (p.client_api)
    self->request(p.client_api, left(), stop_atom::value)
        .receive([&](bool done) { good = done; }, [&](const caf::error&) { good = false; });
  leave(p.exporter);
  leave(p.rotation);
  good = p.core.stop(self, left()) && good;
  if (good && p.began) p.log.info("service.stopped", {{"clean", "yes"}});
  if (!good)
    p.log.error(
        "service.stopped",
        {{"clean", "no"},
         {"what", "a part of the service still waits, perhaps for a disk that hangs. What was acknowledged "
                  "is stored; what was not may be stored: `muster log show` tells after the next start"}});
  return good;
}

void running_service::reload() { caf::anon_send(parts_->config, reload_atom::value); }

} // namespace muster::service
