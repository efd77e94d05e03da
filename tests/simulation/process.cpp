#include "tests/simulation/process.hpp"

#include "service/stopper.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

namespace muster::simulation {

using namespace service;

process::process(world& in, disk& over, const configuration& configured, runtime::log log) : world_{in} {
  const auto& made = shared_stock();
  auto opened = over.open(in.dice());
  core_ports ports{opened.reader,
                   std::move(opened.writer),
                   in.clock(),
                   std::move(log),
                   made.keys,
                   made.vendors,
                   over.ships_heads ? head_file{over.head_file()} : head_file{{}}};
  // A service that cannot begin an incarnation of the log ends and is started again. That is not tested here,
  // so the disk does not fail meanwhile.
  const auto mood = std::exchange(over.mood, {});
  const auto spawned =
      core_.spawn(in.system(), std::move(ports), configured, {runtime::threading::shared, 2});
  over.mood = mood;
  REQUIRE_MESSAGE(spawned.ok(), spawned.fault().check);
  sessions_ = core_.for_sessions({}, configured);
  core_.each([this](std::string_view, const auto& one) {
    actors_.push_back(caf::actor_cast<caf::actor>(one));
    world_.run_once(one); // an actor that never ran would keep the database open after a crash
  });
}

session_actor process::open(net::pipe_opened pipe, channel_identity peer) {
  auto deps = std::make_shared<session_deps>(*sessions_);
  deps->accept = [who = std::move(peer)] { return std::make_unique<clear_channel>(who); };
  auto made = world_.system().spawn(session, session_deps_ptr{std::move(deps)}, std::move(pipe));
  open_.push_back(made);
  actors_.push_back(caf::actor_cast<caf::actor>(made));
  world_.run_once(made); // `kill` cannot end an actor that never ran
  return made;
}

void process::stop(std::chrono::milliseconds within) {
  stopped_ = std::make_shared<std::optional<bool>>();
  for (const auto& one : open_)
    caf::anon_send(one, end_atom::value, session_end::stopping);
  const auto stopper = spawn_stopper(world_.system(), core_, runtime::threading::shared);
  const auto waits = world_.system().spawn([stopper, within, out = stopped_](caf::event_based_actor* self) {
    self->request(stopper, caf::infinite, stop_atom::value, within)
        .then([out](bool good) { *out = good; }, [out](const caf::error&) { *out = false; });
  });
  actors_.push_back(caf::actor_cast<caf::actor>(stopper));
  actors_.push_back(waits);
  world_.run_once(stopper);
  world_.run_once(waits);
}

void process::crash() {
  open_.clear();
  world_.kill(std::exchange(actors_, {}));
  core_ = {};
  sessions_ = nullptr;
}

} // namespace muster::simulation
