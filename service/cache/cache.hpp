// The Cache actor.
#pragma once

#include "actors/runtime/clock.hpp"
#include "actors/runtime/log.hpp"
#include "actors/service/cache.hpp"
#include "actors/service/store_watch.hpp"
#include "records/log_board.hpp"
#include "records/store_port.hpp"
#include "service/cache/find_node.hpp"
#include "service/cache/show.hpp"

#include <caf/stateful_actor.hpp>

#include <unordered_map>
#include <unordered_set>

namespace muster::service {

struct cache_deps {
  std::shared_ptr<const store_reader> store;
  std::shared_ptr<const runtime::clock> clock;
  runtime::log log;
  log_board_ptr board;        ///< never null
  store_watch_ptr watch;      ///< never null
  vendors_in_force vendors{}; ///< null: details do not say who vouches
};

struct cache_state {
  cache_deps deps;
  std::unordered_set<node_id> connected;
  std::optional<node_finder> finder;
  std::unordered_map<node_id, failed_attempt> unable; ///< their last attempt gave no complete evidence
};

cache_actor::behavior_type cache(cache_actor::stateful_pointer<cache_state> self, cache_deps deps);

} // namespace muster::service
