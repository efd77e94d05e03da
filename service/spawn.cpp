#include "service/spawn.hpp"

#include "actors/runtime/watcher.hpp"
#include "net/secure_channel.hpp"
#include "service/applied.hpp"
#include "service/client_api/client_api.hpp"
#include "service/config/config.hpp"
#include "service/core.hpp"
#include "service/descriptors.hpp"
#include "service/evidence/exporter.hpp"
#include "service/privacy_ca/coming_trust.hpp"
#include "service/privacy_ca/own_certificate.hpp"
#include "service/privacy_ca/rotation.hpp"
#include "service/privacy_ca/trust_record.hpp"
#include "service/privacy_ca/vendor_folder.hpp"
#include "service/rest_api/rest_server.hpp"
#include "service/store/database.hpp"

#include <caf/all.hpp>

#include <filesystem>
#include <thread>

namespace muster::service {

namespace {

/// Of the key for log heads: who could forge the log's heads could forge the records, too, and nobody else.
constexpr std::string_view record_seal_label = "muster/record seal/1";

namespace fs = std::filesystem;

result<crypto::vendor_store> load_vendor_store(const settings::service_settings& in, wall_time now,
                                               const runtime::log& log) {
  auto store = load_vendor_folders(in.admission.vendor_roots);
  if (!store) return store;
  for (const auto& one : store->refused())
    log.warning("vendor_roots.refused", {{"file", one.name}, runtime::fault_check(one.why)});
  for (const auto& one : overdue_lists(*store, now))
    log.warning("vendor_roots.crl_overdue", {{"what", one}});
  log.info("vendor_roots", {{"roots", store->roots().size()},
                            {"intermediates", store->intermediates().size()},
                            {"crls", store->revocations().size()}});
  if (store->roots().empty() && !in.admission.vendor_roots.empty())
    log.warning("vendor_roots.empty", {{"what", "WARNING: 0 roots: no vendor vouches for any machine"}});
  return store;
}

/// Each reload logs how many entries deny something. A machine that an entry is about gets a line of its own,
/// `vouching.changed`.
result<vendor_trust_ptr> make_trust(const settings::service_settings& in, crypto::vendor_store store,
                                    const runtime::log& log) {
  auto policy = ek_policy_of(in.admission);
  if (!policy) return policy.fault();
  auto out = std::make_shared<vendor_trust>();
  out->store = std::move(store);
  out->policy = *std::move(policy);
  const auto& denied = out->policy.denied;
  log.info("admission.deny", {{"eks", denied.eks.size()},
                              {"certificates", denied.certificates.size()},
                              {"issuers", denied.issuers.size()},
                              {"firmware", denied.firmware.size()}});
  return vendor_trust_ptr{std::move(out)};
}

/// A store that cannot be read, or lost what it had, would vouch for nobody and deny nobody: the one in force
/// stays, and what the operator denies now holds with it.
result<vendor_trust_ptr> reload_vendors(const settings::service_settings& in, const vendor_trust& before,
                                        wall_time now, const runtime::log& log) {
  auto next = load_vendor_store(in, now, log);
  if (next && !in.admission.vendor_roots.empty())
    if (auto loss = loss_between(before.store, *next); !loss.empty())
      next = fault{errc::not_found, std::move(loss)};
  if (!next) log.error("vendor_roots.refused", {runtime::fault_check(next.fault())});
  return make_trust(in, next ? *std::move(next) : before.store, log);
}

result<net::server_tls> make_tls(const authorities& keys, const service_identity& shown,
                                 std::shared_ptr<const runtime::clock> clock) {
  return net::server_tls::make(
      {shown.certificate, shown.chain, shown.key}, {{keys.root}, {keys.nodes.cert()}, std::move(clock)},
      {{net::tls_protocol::enrol, {}}, {net::tls_protocol::agent, {net::peer_role::node}}});
}

/// Without descriptors nobody is let in, operators neither.
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
  std::optional<runtime::watcher> watcher; ///< once all parts are there

  parts(caf::actor_system& s, runtime::log l) : system{s}, log{std::move(l)} {}

  result<core_ports> open(const settings::service_settings& in) const;
  status spawn_core(const configuration& configured);
  status spawn_doors(const configuration& configured);
  void spawn_config(std::string file, const settings::service_settings& in);
  void watch_parts();
};

/// Nothing begins anew by itself where a record was: its revocations and names would be lost without a word.
/// `begun`: a CA was here before this start.
status check_record(const fs::path& state, bool begun) {
  const auto database = state / "store" / "data.mdb";
  const auto word = state / "begin_empty_record";
  std::error_code ignored;
  const bool there = fs::exists(database, ignored) && fs::file_size(database, ignored) != 0;
  if (there || !begun) return {};
  if (fs::remove(word, ignored)) return {};
  return fault{
      errc::not_found,
      printable(database.string())
          + ": it is gone, and the CA of an earlier record is here; restore the whole state folder "
            "from a backup. To begin with an empty record, in which nobody is revoked and no machine "
            "is known, make an empty file "
          + printable(word.string()) + " and start again"};
}

/// A rotation that was cut off between its record and its list. True: another list is in force.
result<bool> settle_rotation(const fs::path& ca, const authorities& keys, const store_reader& store,
                             const runtime::log& log) {
  using outcome = settled_trust::outcome;
  const auto settled = settle_coming(ca, keys.in_force, [&](std::uint64_t number, byte_view list) {
    return is_on_record(store, number, list);
  });
  if (!settled) return settled.fault();
  if (settled->what == outcome::dropped)
    log.warning("trust_list.dropped", {{"list", settled->number},
                                  {"what", "its rotation was cut off before its record: it never was in "
                                           "force, and can be handed in again"}});
  if (settled->what == outcome::in_force)
    log.warning("trust_list.rotated",
                {{"list", settled->number}, {"what", "its rotation was cut off; now it is in force"}});
  return settled->what == outcome::in_force;
}

/// What is on disk: CA, database, vendors.
result<core_ports> running_service::parts::open(const settings::service_settings& in) const {
  core_ports out;
  out.log = log;
  auto clock = runtime::make_machine_clock();
  if (!clock) return clock.fault();
  out.clock = std::move(*clock);
  const fs::path state{in.state};
  std::error_code error;
  fs::create_directories(state, error);
  if (error) return fault{errc::io, "state: " + printable(in.state) + ": " + error.message()};
  const bool begun = fs::exists(state / "anchor.pem", error);
  const auto load_keys = [&] {
    auto made = load_authorities(state / "ca", state / "anchor.pem", in.name, out.clock->wall());
    if (made && !made->note.empty())
      log.warning("ca.certificate_made", {{"certificate", "service"}, {"why", made->note}});
    return made;
  };
  auto keys = load_keys();
  if (!keys) return keys.fault();
  const auto seal_key = keys->log_heads.secret_for(record_seal_label);
  if (!seal_key) return seal_key.fault();
  if (const auto good = check_record(state, begun); !good) return good.fault();
  database_options options{state / "store"};
  options.seal_key = *seal_key;
  auto opened = open_database(options);
  if (!opened) return opened.fault();
  out.reader = opened->reader;
  out.writer = std::move(opened->writer);
  const auto rotated = settle_rotation(state / "ca", *keys, *out.reader, log);
  if (!rotated) return rotated.fault();
  if (*rotated) keys = load_keys();
  if (!keys) return keys.fault();
  if (keys->root_key_here)
    log.info("ca.root_key",
             {{"what", "ca/root.key is on this machine, which does not need it: keep it, and a "
                       "copy, where no network leads, for `ras ca sign`"}});
  out.keys = std::make_shared<const authorities>(std::move(*keys));
  auto vendor_store = load_vendor_store(in, out.clock->wall(), log);
  if (!vendor_store) return vendor_store.fault();
  auto trusted = make_trust(in, *std::move(vendor_store), log);
  if (!trusted) return trusted.fault();
  out.vendors = std::move(*trusted);
  out.heads = head_file{in.head_file};
  return out;
}

status running_service::parts::spawn_core(const configuration& configured) {
  auto ports = open(configured.settings);
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
  const auto own =
      std::make_shared<own_certificate>(own_certificate_deps{keys, state / "ca", in.name, clock, log, show});
  auto listener = net::listen_on({in.listen_agents.host, in.listen_agents.port});
  if (!listener)
    return fault{listener.fault().code,
                 "listen.agents: " + to_string(in.listen_agents) + ": " + listener.fault().check};
  auto accept = [shown]() -> std::unique_ptr<net::channel> {
    return std::make_unique<net::secure_channel>(net::secure_channel::accept(*shown->load()));
  };
  client_api = system.spawn(service::client_api,
                            client_api_deps{core.for_sessions(std::move(accept), configured),
                                            {std::make_shared<net::socket_fd>(std::move(*listener))},
                                            pipe_limits_of(in),
                                            log,
                                            [own] { own->look(); }});
  exporter = spawn_exporter(system, {core.ports.reader, clock, log, (state / "spool").string()});
  rotation = spawn_rotation(system, {state / "ca", state / "anchor.pem", keys, own, core.trust_lists,
                                     core.store, core.ports.reader, clock, log});
  rest_deps served_by{system,    core.cache,      core.trust, core.references, core.survey, core.record_log,
                      in.socket, in.socket_group, log};
  served_by.exporter = exporter;
  served_by.rotation = rotation;
  served_by.storing = [watch = core.watch, clock, own] {
    const auto storing = watch->healthy(clock->since_boot());
    return storing ? own->holds() : storing;
  };
  auto served = rest_server::start(std::move(served_by));
  if (!served) return served.fault();
  rest = std::move(*served);
  return {};
}

void running_service::parts::spawn_config(std::string file, const settings::service_settings& in) {
  config_deps deps{std::move(file), in, {}, log};
  deps.subscribers.emplace_back(
      [out = log](const auto& now) { out.set_level(log_level_of(now.settings.level)); });
  deps.subscribers.emplace_back([to = client_api](const auto& now) {
    caf::anon_send(to, changed_atom::value, settings::idle_end(now.settings));
  });
  deps.subscribers.emplace_back([out = core.vendors, at = core.ports.clock, to = log](const auto& now) {
    auto next = reload_vendors(now.settings, *out->load(), at->wall(), to);
    if (next)
      out->store(std::move(*next));
    else
      to.error("vendor_roots.refused", {runtime::fault_check(next.fault())});
  });
  deps.subscribers.emplace_back(core.reload());
  config = system.spawn(service::config, std::move(deps));
}

/// Without any of these the service looks well and does not do its work.
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
  auto fitted = configured; // what is compared at a reload is what was read
  fit_sessions(fitted.settings, made.log);
  status done = made.spawn_core(fitted);
  if (done) done = made.spawn_doors(fitted);
  if (!done) {
    out->stop();
    return done.fault();
  }
  made.spawn_config(std::move(config_file), configured.settings);
  made.watch_parts();
  return out;
}

bool running_service::stop() {
  const auto deadline = std::chrono::steady_clock::now() + stop_within;
  // A little is always left: an actor that is not waiting for a disk answers at once.
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
  p.core.stopping->store(true); // a look at the whole fleet ends early
  if (p.rest) p.rest->stop();
  p.rest.reset();
  leave(p.config);
  if (p.client_api)
    self->request(p.client_api, left(), stop_atom::value)
        .receive([&](bool done) { good = done; }, [&](const caf::error&) { good = false; });
  leave(p.exporter);
  leave(p.rotation);
  good = p.core.stop(self, left()) && good;
  if (good)
    p.log.info("service.stopped", {{"clean", "yes"}});
  else
    p.log.error(
        "service.stopped",
        {{"clean", "no"},
         {"what", "a part of it still waits, for a disk that hangs perhaps; what was acknowledged is "
                  "stored, and what was not may be: `muster log show` says it after the next start"}});
  return good;
}

void running_service::reload() { caf::anon_send(parts_->config, reload_atom::value); }

} // namespace muster::service
