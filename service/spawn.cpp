#include "service/spawn.hpp"

#include "actors/runtime/watcher.hpp"
#include "service/applied.hpp"
#include "service/cache/cache.hpp"
#include "service/client_api/client_api.hpp"
#include "service/config/config.hpp"
#include "service/evidence/exporter.hpp"
#include "service/privacy_ca/own_certificate.hpp"
#include "service/privacy_ca/privacy_ca.hpp"
#include "service/privacy_ca/vendor_folder.hpp"
#include "service/record_log/incarnation.hpp"
#include "service/record_log/record_log.hpp"
#include "service/references/references.hpp"
#include "service/rest_api/rest_server.hpp"
#include "service/store/database.hpp"
#include "service/store/store.hpp"
#include "service/survey/survey.hpp"
#include "service/trust_mgr/trust_mgr.hpp"
#include "service/verifier/verifier.hpp"

#include <caf/all.hpp>

#include <filesystem>
#include <thread>

namespace muster::service {

namespace {

/// What a decision may wait for others to share its commit, under load only: half of what a commit costs is
/// the same for one and for thirty.
constexpr std::chrono::milliseconds commit_pace{8};

/// Of the key for log heads: who could forge the log's heads could forge the records, too, and nobody else.
constexpr std::string_view record_seal_label = "muster/record seal/1";

namespace fs = std::filesystem;

template <class T> using in_force = std::atomic<std::shared_ptr<const T>>;

template <class T> std::shared_ptr<in_force<T>> make_in_force(T value) {
  return std::make_shared<in_force<T>>(std::make_shared<const T>(std::move(value)));
}

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

result<vendor_trust_ptr> make_trust(const settings::service_settings& in, crypto::vendor_store store) {
  auto policy = ek_policy_of(in.admission);
  if (!policy) return policy.fault();
  auto out = std::make_shared<vendor_trust>();
  out->store = std::move(store);
  out->policy = *std::move(policy);
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
  return make_trust(in, next ? *std::move(next) : before.store);
}

result<net::server_tls> make_tls(const authorities& keys, const service_identity& shown,
                                 std::shared_ptr<const runtime::clock> clock) {
  return net::server_tls::make(
      {shown.certificate, keys.service_chain, shown.key},
      {{keys.root.cert()}, {keys.nodes.cert()}, std::move(clock)},
      {{net::tls_protocol::enrol, {}}, {net::tls_protocol::agent, {net::peer_role::node}}});
}

/// Asks for a bounded stop; false if there was no answer in time.
template <class Handle>
bool stop_actor(caf::scoped_actor& self, const Handle& whom, std::chrono::seconds within) {
  bool good = false;
  self->request(whom, within, stop_atom::value)
      .receive([&](bool done) { good = done; }, [&](const caf::error&) { good = false; });
  return good;
}

} // namespace

struct running_service::parts {
  caf::actor_system& system;
  runtime::log log;
  std::shared_ptr<const runtime::clock> clock;
  std::shared_ptr<const store_reader> reader;
  store_actor store;
  std::shared_ptr<log_board> board = std::make_shared<log_board>();
  store_watch_ptr watch = std::make_shared<store_watch>();
  record_log_actor record_log;
  cache_actor cache;
  std::vector<verifier_actor> verifiers;
  trust_mgrs trust;
  std::shared_ptr<std::atomic<bool>> stopping = std::make_shared<std::atomic<bool>>(false);
  survey_actor survey;
  references_actor references;
  exporter_actor exporter;
  privacy_ca_actor privacy_ca;
  client_api_actor client_api;
  config_actor config;
  std::unique_ptr<rest_server> rest;
  std::optional<runtime::watcher> watcher; ///< once all parts are there

  std::shared_ptr<const authorities> keys;
  crypto::log_incarnations incarnations; ///< the newest is this start's
  std::shared_ptr<in_force<session_settings>> sessions;
  std::shared_ptr<in_force<trust_rules>> rules;
  std::shared_ptr<in_force<reference_rules>> for_references;
  std::shared_ptr<in_force<vendor_trust>> vendors;

  parts(caf::actor_system& s, runtime::log l) : system{s}, log{std::move(l)} {}

  status open_store(const settings::service_settings& in);
  status spawn_core(const configuration& configured);
  status spawn_record_log(const settings::service_settings& in, const authorities& keys);
  status spawn_doors(const settings::service_settings& in);
  void spawn_config(std::string file, const settings::service_settings& in);
  void watch_parts();
};

status running_service::parts::open_store(const settings::service_settings& in) {
  auto made = runtime::make_machine_clock();
  if (!made) return made.fault();
  clock = std::move(*made);
  std::error_code error;
  fs::create_directories(in.state, error);
  if (error) return fault{errc::io, "state: " + printable(in.state) + ": " + error.message()};
  auto loaded =
      load_authorities(fs::path{in.state} / "ca", fs::path{in.state} / "anchor.pem", in.name, clock->wall());
  if (!loaded) return loaded.fault();
  if (!loaded->note.empty())
    log.warning("ca.certificate_made", {{"certificate", "service"}, {"why", loaded->note}});
  keys = std::make_shared<const authorities>(std::move(*loaded));
  const auto seal_key = keys->log_heads.secret_for(record_seal_label);
  if (!seal_key) return seal_key.fault();
  database_options options{fs::path{in.state} / "store"};
  options.seal_key = *seal_key;
  auto opened = open_database(options);
  if (!opened) return opened.fault();
  reader = opened->reader;
  auto begun = begin_incarnation(*reader, head_file{in.head_file}, keys->log_heads.pub(), clock->wall());
  if (!begun) return begun.fault();
  incarnations = std::move(begun->incarnations);
  const std::vector<shared_batch> first{std::move(begun->batch).seal()};
  if (const auto stored = opened->writer->commit(first).front(); !stored) return stored.fault();
  store = spawn_store(system, {std::shared_ptr<store_writer>{std::move(opened->writer)}, log, commit_pace});
  return {};
}

status running_service::parts::spawn_core(const configuration& configured) {
  const auto& in = configured.settings;
  sessions = make_in_force(session_settings_of(in));
  rules = make_in_force(trust_rules_of(in));
  for_references = make_in_force(reference_rules_of(in));
  auto vendor_store = load_vendor_store(in, clock->wall(), log);
  if (!vendor_store) return vendor_store.fault();
  auto trusted = make_trust(in, *std::move(vendor_store));
  if (!trusted) return trusted.fault();
  vendors = std::make_shared<in_force<vendor_trust>>(std::move(*trusted));
  const auto policies = std::make_shared<const policies_in_force>(policies_of(configured));
  auto contexts = contexts::load(*reader, policies_on_record(*reader, *policies));
  if (!contexts) return contexts.fault();
  auto campaigns = campaign_book::load(*reader);
  if (!campaigns) return campaigns.fault();
  auto inventory = read_inventory(*reader, log);
  if (!inventory) return inventory.fault();
  inventory->begin(incarnations.newest());
  cache = system.spawn(service::cache, cache_deps{reader, clock, log, board, watch});
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i)
    verifiers.push_back(system.spawn(verifier, log));
  trust.shards.push_back(
      system.spawn(trust_mgr, trust_mgr_deps{store, reader, cache, clock, log, rules, contexts->all(),
                                             std::move(*inventory), board, watch, vendors}));
  survey = system.spawn<caf::detached>(service::survey, survey_deps{reader, stopping, log});
  references = system.spawn<caf::detached>(
      service::references, references_deps{std::move(*contexts), std::move(*campaigns), trust, store, survey,
                                           reader, clock, log, for_references, policies});
  return {};
}

status running_service::parts::spawn_record_log(const settings::service_settings& in,
                                                const authorities& keys) {
  record_log_deps deps{keys.log_heads,          incarnations, store, reader, board,
                       head_file{in.head_file}, clock,        log};
  auto found = read_record_log(deps);
  if (!found) return found.fault();
  record_log = service::spawn_record_log(system, std::move(deps), std::move(*found));
  return {};
}

status running_service::parts::spawn_doors(const settings::service_settings& in) {
  const fs::path state{in.state};
  log.info("anchor", {{"file", (state / "anchor.pem").string()}, {"name", in.name}});
  // Before anybody can connect or ask: what is rolled back must not look good for a moment.
  if (auto begun = spawn_record_log(in, *keys); !begun) return begun;
  auto tls = make_tls(*keys, {keys->service_certificate, keys->service_key}, clock);
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
  privacy_ca = system.spawn(service::privacy_ca,
                            privacy_ca_deps{keys, vendors, in.certificate_lifetime, store, clock, log});
  auto deps = std::make_shared<const session_deps>(
      session_deps{shown, privacy_ca, trust, verifiers, clock, log, sessions, record_log, board,
                   std::make_shared<shared_pot>(evidence_memory_of(in), clock),
                   std::make_shared<shared_seats>(stranger_limits_of(in))});
  client_api = system.spawn(service::client_api,
                            client_api_deps{std::move(deps),
                                            {std::make_shared<net::socket_fd>(std::move(*listener))},
                                            pipe_limits_of(in),
                                            log,
                                            [own] { own->look(); }});
  exporter = spawn_exporter(system, {reader, clock, log, (state / "spool").string()});
  rest_deps served_by{system, cache, trust, references, survey, record_log, in.socket, in.socket_group, log};
  served_by.exporter = exporter;
  served_by.storing = [watch = watch, clock = clock, own] {
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
  deps.subscribers.emplace_back([out = sessions](const auto& now) {
    out->store(std::make_shared<const session_settings>(session_settings_of(now.settings)));
  });
  deps.subscribers.emplace_back([to = client_api](const auto& now) {
    caf::anon_send(to, changed_atom::value, settings::idle_end(now.settings));
  });
  deps.subscribers.emplace_back([out = rules](const auto& now) {
    auto next = trust_rules_of(now.settings);
    const auto before = out->load();
    next.admission.vendor = before->admission.vendor; // who is let in needs a restart; who vouches does not
    next.admission.vendor_group = before->admission.vendor_group;
    out->store(std::make_shared<const trust_rules>(std::move(next)));
  });
  deps.subscribers.emplace_back([out = vendors, at = clock, to = log](const auto& now) {
    auto next = reload_vendors(now.settings, *out->load(), at->wall(), to);
    if (next)
      out->store(std::move(*next));
    else
      to.error("vendor_roots.refused", {runtime::fault_check(next.fault())});
  });
  deps.subscribers.emplace_back([out = for_references](const auto& now) {
    out->store(std::make_shared<const reference_rules>(reference_rules_of(now.settings)));
  });
  deps.subscribers.emplace_back([to = references](const auto& now) {
    caf::anon_send(to, changed_atom::value, std::make_shared<const policies_in_force>(policies_of(now)));
  });
  config = system.spawn(service::config, std::move(deps));
}

/// Without any of these the service looks well and does not do its work.
void running_service::parts::watch_parts() {
  watcher.emplace(system, log);
  watcher->add("store", store);
  watcher->add("trust_mgr", trust.shards.front());
  watcher->add("record_log", record_log);
  watcher->add("privacy_ca", privacy_ca);
  watcher->add("references", references);
  watcher->add("survey", survey);
  watcher->add("cache", cache);
  watcher->add("client_api", client_api);
  watcher->add("rest", rest->heart());
  watcher->add("config", config);
  watcher->add("exporter", exporter);
  for (const auto& one : verifiers)
    watcher->add("verifier", one);
}

running_service::running_service(std::unique_ptr<parts> p) : parts_{std::move(p)} {}
running_service::~running_service() = default;

result<std::unique_ptr<running_service>> running_service::start(caf::actor_system& system,
                                                                std::string config_file,
                                                                configuration configured, runtime::log log) {
  auto p = std::make_unique<parts>(system, std::move(log));
  std::unique_ptr<running_service> out{new running_service{std::move(p)}};
  auto& made = *out->parts_;
  status done = made.open_store(configured.settings);
  if (done) done = made.spawn_core(configured);
  if (done) done = made.spawn_doors(configured.settings);
  if (!done) {
    out->stop();
    return done.fault();
  }
  made.spawn_config(std::move(config_file), configured.settings);
  made.watch_parts();
  return out;
}

bool running_service::stop() {
  auto& p = *parts_;
  caf::scoped_actor self{p.system};
  bool good = true;
  p.watcher.reset();
  const auto leave = [&](const auto& actor) {
    if (actor) self->send_exit(actor, caf::exit_reason::user_shutdown);
  };
  p.stopping->store(true); // a look at the whole fleet ends early
  if (p.rest) p.rest->stop();
  p.rest.reset();
  leave(p.config);
  if (p.client_api) good = stop_actor(self, p.client_api, std::chrono::seconds{5}) && good;
  leave(p.privacy_ca);
  for (const auto& one : p.verifiers)
    leave(one);
  for (const auto& one : p.trust.shards) {
    good = stop_actor(self, one, std::chrono::seconds{10}) && good;
    leave(one);
  }
  leave(p.references);
  leave(p.survey);
  leave(p.exporter);
  leave(p.cache);
  if (p.record_log) good = stop_actor(self, p.record_log, std::chrono::seconds{10}) && good;
  leave(p.record_log);
  if (p.store) {
    bool closed = false;
    self->request(p.store, std::chrono::seconds{30}, stop_atom::value)
        .receive([&](const commit_outcome& last) { closed = last.ok(); }, [&](const caf::error&) {});
    good = closed && good;
    leave(p.store);
  }
  p.log.info("service.stopped", {{"clean", good ? "yes" : "no"}});
  return good;
}

void running_service::reload() { caf::anon_send(parts_->config, reload_atom::value); }

} // namespace muster::service
