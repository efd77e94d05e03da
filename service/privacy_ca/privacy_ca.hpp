// The PrivacyCA actor.
#pragma once

#include "actors/runtime/clock.hpp"
#include "actors/runtime/log.hpp"
#include "actors/service/privacy_ca.hpp"
#include "actors/service/store.hpp"
#include "service/privacy_ca/authorities.hpp"
#include "service/privacy_ca/enrolment.hpp"
#include "standing/node_allowance.hpp"

#include <caf/stateful_actor.hpp>

#include <chrono>
#include <optional>

namespace muster::service {

struct privacy_ca_deps {
  std::shared_ptr<const authorities> keys;
  vendors_in_force vendors; ///< never null
  std::chrono::milliseconds certificate_lifetime;
  store_actor store;
  std::shared_ptr<const runtime::clock> clock;
  runtime::log log;
};

struct privacy_ca_state {
  privacy_ca_deps deps;
  std::optional<node_allowance>
      renewals; ///< of each machine, over all its sessions; TrustMgr rations admissions
};

privacy_ca_actor::behavior_type privacy_ca(privacy_ca_actor::stateful_pointer<privacy_ca_state> self,
                                           privacy_ca_deps deps);

} // namespace muster::service
