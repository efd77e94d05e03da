// The Rotation actor.
#pragma once

#include "actors/runtime/clock.hpp"
#include "actors/runtime/log.hpp"
#include "actors/service/rotation.hpp"
#include "actors/service/trust_board.hpp"
#include "records/store_port.hpp"
#include "service/privacy_ca/own_certificate.hpp"

#include <memory>

namespace muster::service {

struct rotation_deps {
  std::filesystem::path folder; ///< of the CA
  std::filesystem::path anchor; ///< where agents get their anchors
  std::shared_ptr<const authorities> keys;
  std::shared_ptr<own_certificate> own;
  trust_board_ptr board; ///< already has `keys->lists`
  store_actor store;
  std::shared_ptr<const store_reader> reader;
  std::shared_ptr<const runtime::clock> clock;
  runtime::log log;
};

rotation_actor spawn_rotation(caf::actor_system& system, rotation_deps deps);

} // namespace muster::service
