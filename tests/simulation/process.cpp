#include "tests/simulation/process.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

namespace muster::simulation {

using namespace service;

process::process(world& in, disk& over, const configuration& configured, runtime::log log) : world_{in} {
  const auto& made = shared_stock();
  auto opened = over.open(in.dice());
  core_ports ports{opened.reader, std::move(opened.writer), in.clock(), std::move(log), made.keys,
                   made.vendors};
  // Who cannot begin an incarnation of the log ends, and is started again: that is not what is tried here.
  const auto mood = std::exchange(over.mood, {});
  const auto spawned =
      core_.spawn(in.system(), std::move(ports), configured, {runtime::threading::shared, 2});
  over.mood = mood;
  REQUIRE_MESSAGE(spawned.ok(), spawned.fault().check);
  sessions_ = core_.for_sessions({}, configured);
  core_.each([this](std::string_view, const auto& one) {
    actors_.push_back(caf::actor_cast<caf::actor>(one));
    world_.run_once(one); // who never ran would keep the database open after a crash
  });
}

session_actor process::open(net::pipe_opened pipe, channel_identity peer) {
  auto deps = std::make_shared<session_deps>(*sessions_);
  deps->accept = [who = std::move(peer)] { return std::make_unique<clear_channel>(who); };
  auto made = world_.system().spawn(session, session_deps_ptr{std::move(deps)}, std::move(pipe));
  actors_.push_back(caf::actor_cast<caf::actor>(made));
  world_.run_once(made); // `kill` cannot end who never ran
  return made;
}

void process::crash() {
  world_.kill(std::exchange(actors_, {}));
  core_ = {};
  sessions_ = nullptr;
}

} // namespace muster::simulation
