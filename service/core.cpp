#include "service/core.hpp"

#include "service/applied.hpp"
#include "service/cache/cache.hpp"
#include "service/privacy_ca/privacy_ca.hpp"
#include "service/record_log/incarnation.hpp"
#include "service/record_log/record_log.hpp"
#include "service/stopper.hpp"
#include "service/store/store.hpp"
#include "service/survey/survey.hpp"
#include "service/verifier/verifier.hpp"

#include <caf/all.hpp>

namespace muster::service {

namespace {

/// How long a decision may wait, under load only, for others to share its commit. Half the cost of a commit
/// is the same for one decision and for thirty.
constexpr std::chrono::milliseconds commit_pace{8};

} // namespace

status service_core::spawn(caf::actor_system& system, core_ports with, const configuration& configured,
                           core_threads threads) {
  ports = std::move(with);
  const auto& [reader, writer, clock, log, keys, trusted, heads] = ports;
  trust_lists->tell(keys->lists);
  // Must be durable before anything is numbered or signed in the new incarnation.
  auto begun = begin_incarnation(*reader, heads, keys->log_heads.pub(), clock->wall());
  if (!begun) return begun.fault();
  const std::vector<shared_batch> first{std::move(begun->batch).seal()};
  if (const auto stored = writer->commit(first).front(); !stored) return stored.fault();
  sessions = make_in_force(session_settings_of(configured.settings));
  rules = make_in_force(trust_rules_of(configured.settings));
  for_references = make_in_force(reference_rules_of(configured.settings));
  vendors = std::make_shared<in_force<vendor_trust>>(trusted);
  store = spawn_store(system, {writer, log, commit_pace}, threads.waiting);
  const auto policies = std::make_shared<const policies_in_force>(policies_of(configured));
  auto contexts = contexts::load(*reader, policies_on_record(*reader, *policies));
  if (!contexts) return contexts.fault();
  auto campaigns = campaign_book::load(*reader);
  if (!campaigns) return campaigns.fault();
  for (const auto& one : contexts->damaged())
    log.error("group.damaged", {{"group", one.group}, {"check", one.why}});
  for (const auto& one : campaigns->damaged())
    log.error("campaign.damaged",
              {{"check", one}, {"effect", "it is over; the set that it staged no longer passes"}});
  auto inventory = read_inventory(*reader, log);
  if (!inventory) return inventory.fault();
  inventory->begin(begun->incarnations.newest());
  cache = system.spawn(
      service::cache,
      cache_deps{
          .store = reader, .clock = clock, .log = log, .board = board, .watch = watch, .vendors = vendors});
  for (unsigned i = 0; i < threads.verifiers; ++i)
    verifiers.push_back(system.spawn(verifier, log));
  trust = system.spawn(trust_mgr, trust_mgr_deps{
                                      .store = store,
                                      .reader = reader,
                                      .cache = cache,
                                      .clock = clock,
                                      .log = log,
                                      .rules = rules,
                                      .contexts = contexts->all(),
                                      .inventory = std::move(*inventory),
                                      .board = board,
                                      .watch = watch,
                                      .vendors = vendors,
                                  });
  survey =
      runtime::spawn_waiting(system, threads.waiting, service::survey,
                             survey_deps{.reader = reader, .stopping = stopping, .log = log, .watch = watch});
  references = runtime::spawn_waiting(system, threads.waiting, service::references,
                                      references_deps{
                                          .in_force = std::move(*contexts),
                                          .campaigns = std::move(*campaigns),
                                          .trust = trust,
                                          .store = store,
                                          .survey = survey,
                                          .reader = reader,
                                          .clock = clock,
                                          .log = log,
                                          .rules = for_references,
                                          .configured = policies,
                                      });
  // Comes before any agent or operator can connect: a rolled-back record must not look good even for a
  // moment.
  record_log_deps logged{
      .key = keys->log_heads,
      .incarnations = std::move(begun->incarnations),
      .store = store,
      .reader = reader,
      .board = board,
      .sink = heads,
      .clock = clock,
      .log = log,
  };
  auto found = read_record_log(logged);
  if (!found) return found.fault();
  record_log = spawn_record_log(system, std::move(logged), std::move(*found), threads.waiting);
  privacy_ca =
      system.spawn(service::privacy_ca, privacy_ca_deps{
                                            .keys = keys,
                                            .vendors = vendors,
                                            .certificate_lifetime = configured.settings.certificate_lifetime,
                                            .store = store,
                                            .clock = clock,
                                            .log = log,
                                        });
  return {};
}

session_deps_ptr service_core::for_sessions(net::channel_acceptor accept,
                                            const configuration& configured) const {
  seats->change(stranger_limits_of(configured.settings));
  return std::make_shared<const session_deps>(session_deps{
      .accept = std::move(accept),
      .privacy_ca = privacy_ca,
      .trust = trust,
      .verifiers = verifiers,
      .clock = ports.clock,
      .log = ports.log,
      .settings = sessions,
      .record_log = record_log,
      .board = board,
      .pot = std::make_shared<shared_pot>(evidence_memory_of(configured.settings), ports.clock),
      .seats = seats,
      .trust_lists = trust_lists,
  });
}

std::function<void(const configuration&)> service_core::reload() const {
  return [sessions = sessions, rules = rules, for_references = for_references,
          references = references](const configuration& now) {
    sessions->store(std::make_shared<const session_settings>(session_settings_of(now.settings)));
    rules->store(std::make_shared<const trust_rules>(trust_rules_of(now.settings)));
    for_references->store(std::make_shared<const reference_rules>(reference_rules_of(now.settings)));
    caf::anon_send(references, changed_atom::value,
                   std::make_shared<const policies_in_force>(policies_of(now)));
  };
}

bool service_core::stop(caf::scoped_actor& self, std::chrono::milliseconds within) const {
  bool good = false;
  self->request(spawn_stopper(self->system(), *this), caf::infinite, stop_atom::value, within)
      .receive([&](bool done) { good = done; }, [](const caf::error&) {});
  return good;
}

} // namespace muster::service
