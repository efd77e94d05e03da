// The service without its doors: all actors except those that touch sockets and REST, and what they share.
// The order in which actors are spawned is decided here, the order in which they end in stopper.cpp. `spawn`
// adds the doors.
#pragma once

#include "actors/runtime/threading.hpp"
#include "actors/service/survey.hpp"
#include "service/client_api/session.hpp"
#include "service/config/load_configuration.hpp"
#include "service/privacy_ca/authorities.hpp"
#include "service/record_log/head_file.hpp"
#include "service/references/references.hpp"
#include "service/store/database_writer.hpp"
#include "service/trust_mgr/trust_mgr.hpp"

#include <caf/scoped_actor.hpp>

#include <chrono>

namespace muster::service {

template <class T> using in_force = std::atomic<std::shared_ptr<const T>>;

template <class T> std::shared_ptr<in_force<T>> make_in_force(T value) {
  return std::make_shared<in_force<T>>(std::make_shared<const T>(std::move(value)));
}

/// What the core needs from outside.
struct core_ports {
  std::shared_ptr<const store_reader> reader;
  std::shared_ptr<store_writer> writer; ///< of the same database; for the Store alone
  std::shared_ptr<const runtime::clock> clock;
  runtime::log log;
  std::shared_ptr<const authorities> keys;
  vendor_trust_ptr vendors;
  head_file heads{{}}; ///< where signed heads of the log go
};

/// How many Verifiers there are, and where the actors run that block for long.
struct core_threads {
  runtime::threading waiting = runtime::threading::own;
  unsigned verifiers = 1;
};

/// The actors of the core, and what they share. The handles are empty until `spawn`.
struct service_core {
  core_ports ports;
  store_actor store;
  cache_actor cache;
  std::vector<verifier_actor> verifiers;
  trust_mgr_actor trust;
  survey_actor survey;
  references_actor references;
  record_log_actor record_log;
  privacy_ca_actor privacy_ca;

  std::shared_ptr<log_board> board = std::make_shared<log_board>();
  std::shared_ptr<shared_seats> seats = std::make_shared<shared_seats>();
  trust_board_ptr trust_lists = std::make_shared<trust_board>();
  store_watch_ptr watch = std::make_shared<store_watch>();
  std::shared_ptr<std::atomic<bool>> stopping = std::make_shared<std::atomic<bool>>(false);
  std::shared_ptr<in_force<session_settings>> sessions;
  std::shared_ptr<in_force<trust_rules>> rules;
  std::shared_ptr<in_force<reference_rules>> for_references;
  std::shared_ptr<in_force<vendor_trust>> vendors;

  /// Reads what is on record and spawns every actor. fault: something cannot be read. The actors spawned
  /// until then are kept here for `stop`.
  status spawn(caf::actor_system& system, core_ports with, const configuration& configured,
               core_threads threads);

  /// What all Sessions share. Call it after `spawn`.
  session_deps_ptr for_sessions(net::channel_acceptor accept, const configuration& configured) const;

  /// A function that puts another configuration in force, except for vendor trust, which is swapped in
  /// `vendors`, and the limits of the listener and of `seats`. The function may outlive this object.
  std::function<void(const configuration&)> reload() const;

  /// Stops the actors in order, from PrivacyCA to the Store's last commit (docs/design.md 4, order of
  /// stopping). Time that one step does not use is left to the next ones. True if every step ended by itself.
  /// Waits for the stopper (service/stopper.hpp), which ends within that time whatever the disk does.
  bool stop(caf::scoped_actor& self, std::chrono::milliseconds within) const;

  /// Calls `visit` with a literal name and a handle, for each actor of the core.
  template <class Visit> void each(Visit&& visit) const {
    visit("store", store);
    visit("trust_mgr", trust);
    visit("record_log", record_log);
    visit("privacy_ca", privacy_ca);
    visit("references", references);
    visit("survey", survey);
    visit("cache", cache);
    for (const auto& one : verifiers)
      visit("verifier", one);
  }
};

} // namespace muster::service
