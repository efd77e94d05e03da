#include "net/pipe_broker.hpp"

#include "actors/runtime/guard.hpp"
#include "net/fair_room.hpp"
#include "net/pipe_listener.hpp"
#include "net/pipe_socket.hpp"

#include <caf/io/middleman.hpp>

#include <random>

namespace muster::net {

namespace {

using namespace std::chrono_literals;
namespace cn = caf::io::network;

using tick = caf::atom_constant<caf::atom("tick")>;
/// The broker's interface plus the message that it sends to itself.
using ticking_broker = pipe_broker_actor::extend<caf::reacts_to<tick>>;

/// A broker is an actor that runs on the I/O thread: its handlers, its sockets and its listeners never run at
/// the same time. It uses only the multiplexer that it was given, so several brokers can run on several
/// multiplexers without a change here.
class pipe_broker final : public ticking_broker::broker_base, public pipe_host, public listener_host {
public:
  pipe_broker(caf::actor_config& config, cn::default_multiplexer& loop, pipe_broker_deps deps)
      : ticking_broker::broker_base(config), pipe_host{deps.limits}, loop_{loop}, deps_{std::move(deps)},
        rate_{deps_.limits.accepts}, half_open_{deps_.limits.half_open, deps_.limits.half_open_each} {}

  const char* name() const override { return "pipe_broker"; }
  behavior_type make_behavior() override;
  void on_exit() override;
  /// abstract_broker::cleanup of CAF 0.17.6 does not call scheduled_actor::cleanup, so the mailbox would stay
  /// open: requests to a dead broker would wait for their timeout, and a late message from the broker to
  /// itself would keep it alive.
  bool cleanup(caf::error&& reason, caf::execution_unit* host) override {
    return caf::scheduled_actor::cleanup(std::move(reason), host);
  }

private:
  // pipe_host
  void settled(pipe_socket& socket) override { half_open_.leave(socket.id().value); }
  void ended(pipe_socket& socket, pipe_end why) override;
  // listener_host
  void accepted(socket_fd connection, const sockaddr_storage& from, std::size_t listener) override;
  void exhausted(pipe_listener& listener) override;

  void change(const pipe_limits& next);
  bool has_room();
  void make_room(address_key from, pipe_id id);
  caf::result<pipe_opened> adopt(const pipe_adopt& order);
  void owner_died(const caf::down_msg& down);
  void on_tick();
  void log_refusals();
  void close_listeners();

  pipe_id next_id() noexcept { return {++last_id_}; }
  pipe_opened opened(pipe_id id, peer_origin origin, std::size_t listener) {
    return {id, caf::actor_cast<pipe_carrier_actor>(caf::strong_actor_ptr{ctrl()}), std::move(origin),
            listener};
  }
  void keep(const pipe_socket_ptr& socket);
  pipe_socket_ptr find(pipe_id id) const {
    const auto at = pipes_.find(id);
    return at == pipes_.end() ? nullptr : at->second;
  }

  std::chrono::milliseconds tick_period() const {
    const auto shortest = std::min({limits.handshake, limits.idle, limits.drain, limits.accept_pause});
    return std::clamp<std::chrono::milliseconds>(shortest / 4, 10ms, 1s);
  }

  cn::default_multiplexer& loop_;
  pipe_broker_deps deps_;
  accept_limiter rate_;
  fair_room half_open_; ///< accepted pipes only; dialled ones are only counted
  std::mt19937_64 random_{std::random_device{}()};
  std::vector<pipe_listener_ptr> listeners_;
  std::unordered_map<pipe_id, pipe_socket_ptr> pipes_;
  std::unordered_multimap<caf::actor_id, pipe_id> owned_;
  std::uint64_t last_id_ = 0;
  std::optional<steady_time> paused_until_;
  steady_time last_report_{};
  std::uint64_t reported_ = 0;
};

pipe_broker::behavior_type pipe_broker::make_behavior() {
  runtime::guard(*this, deps_.log, "pipe_broker");
  set_down_handler([this](caf::down_msg& down) { owner_died(down); });
  for (auto& socket : deps_.listeners) {
    const auto number = listeners_.size();
    listeners_.push_back(caf::make_counted<pipe_listener>(loop_, std::move(*socket), number, *this));
    listeners_.back()->resume();
  }
  deps_.listeners.clear();
  delayed_send(this, tick_period(), tick::value);
  return {
      [this](const pipe_send& m) {
        if (const auto socket = find(m.pipe)) {
          socket->start(); // a dialled pipe does not read until its owner sends
          socket->send(m.chunk);
        }
      },
      [this](const pipe_credit& m) {
        if (const auto socket = find(m.pipe)) socket->credit(m.bytes);
      },
      [this](const pipe_ready& m) {
        if (const auto socket = find(m.pipe)) socket->ready();
      },
      [this](const pipe_silence& m) {
        if (const auto socket = find(m.pipe)) socket->allow_silence(m.allowed);
      },
      [this](const pipe_close& m) {
        if (const auto socket = find(m.pipe)) socket->close();
      },
      [this](const pipe_adopt& m) { return adopt(m); },
      [this](const pipe_change& m) { change(m.limits); },
      [this](const pipe_count&) { return counters; },
      [this](const pipe_stop_accepting&) {
        close_listeners();
        return counters;
      },
      [this](tick) { on_tick(); },
  };
}

void pipe_broker::on_exit() {
  close_listeners();
  // Each end() takes its socket out of the map.
  while (!pipes_.empty())
    pipe_socket_ptr { pipes_.begin()->second } -> end(pipe_end::stopping);
  deps_.accept = nullptr; // may hold a reference to an actor that holds us
}

void pipe_broker::keep(const pipe_socket_ptr& socket) {
  pipes_.emplace(socket->id(), socket);
  owned_.emplace(socket->owner()->id(), socket->id());
  monitor(socket->owner());
}

void pipe_broker::ended(pipe_socket& socket, pipe_end why) {
  switch (why) {
  case pipe_end::crowded: ++counters.cut_crowded; break;
  case pipe_end::handshake: ++counters.cut_handshake; break;
  case pipe_end::idle: ++counters.cut_idle; break;
  case pipe_end::unsent: ++counters.cut_unsent; break;
  default: break;
  }
  deps_.log.debug("pipe.end", {{"pipe", socket.id().value}, {"why", to_string(why)}});
  const auto [first, last] = owned_.equal_range(socket.owner()->id());
  const auto entry = std::find_if(first, last, [&](const auto& e) { return e.second == socket.id(); });
  if (entry != last) {
    owned_.erase(entry);
    demonitor(socket.owner().address());
  }
  pipes_.erase(socket.id());
}

void pipe_broker::change(const pipe_limits& next) {
  limits.pipes = next.pipes;
  limits.half_open = next.half_open;
  limits.half_open_each = next.half_open_each;
  limits.handshake = next.handshake;
  limits.idle = std::max(limits.idle, next.idle);
  rate_.change(next.accepts);
  for (const auto id : half_open_.resize(next.half_open, next.half_open_each, random_()))
    if (const auto socket = find({id})) socket->end(pipe_end::crowded);
}

bool pipe_broker::has_room() {
  if (counters.open < limits.pipes) return true;
  ++counters.refused_pipes;
  return false;
}

/// Gives a new peer a place for its handshake. If none is free, another peer that is still in its handshake
/// is cut.
void pipe_broker::make_room(address_key from, pipe_id id) {
  const auto leaves = half_open_.enter(from, id.value, random_());
  if (!leaves) return;
  if (const auto socket = find({*leaves})) socket->end(pipe_end::crowded);
}

void pipe_broker::accepted(socket_fd connection, const sockaddr_storage& from, std::size_t listener) {
  const auto origin = origin_of(connection, from);
  const auto key = origin.share();
  if (!rate_.admit(key, std::chrono::steady_clock::now())) {
    ++counters.refused_rate;
    return;
  }
  if (!has_room()) return;
  const auto id = next_id();
  auto owner = deps_.accept ? deps_.accept(opened(id, origin, listener)) : pipe_owner_actor{};
  if (!owner) {
    ++counters.refused_by_owner;
    return;
  }
  ++counters.accepted;
  deps_.log.debug("pipe.accept", {{"pipe", id.value}, {"peer", origin.text()}});
  const auto socket =
      caf::make_counted<pipe_socket>(loop_, connection.release(), id, std::move(owner), *this);
  keep(socket);
  make_room(key, id);
  socket->start();
}

caf::result<pipe_opened> pipe_broker::adopt(const pipe_adopt& order) {
  if (!order.socket || !order.socket->valid() || !order.owner) return caf::sec::invalid_argument;
  if (!has_room()) return caf::sec::runtime_error;
  if (counters.half_open >= limits.half_open) {
    ++counters.refused_half_open;
    return caf::sec::runtime_error;
  }
  ++counters.adopted;
  const auto socket =
      caf::make_counted<pipe_socket>(loop_, order.socket->release(), next_id(), order.owner, *this);
  keep(socket);
  return opened(socket->id(), {}, 0);
}

void pipe_broker::owner_died(const caf::down_msg& down) {
  const auto [first, last] = owned_.equal_range(down.source.id());
  std::vector<pipe_id> orphans;
  std::for_each(first, last, [&](const auto& entry) { orphans.push_back(entry.second); });
  for (const auto id : orphans)
    if (const auto socket = find(id)) socket->close();
}

void pipe_broker::exhausted(pipe_listener&) {
  ++counters.accept_pauses;
  for (const auto& listener : listeners_)
    listener->pause();
  paused_until_ = std::chrono::steady_clock::now() + limits.accept_pause;
}

void pipe_broker::close_listeners() {
  for (const auto& listener : listeners_)
    listener->close();
  listeners_.clear();
  paused_until_.reset();
}

void pipe_broker::on_tick() {
  const auto now = std::chrono::steady_clock::now();
  // The map changes when a socket ends, so collect the sockets before acting on them.
  std::vector<pipe_socket_ptr> all;
  all.reserve(pipes_.size());
  for (const auto& [id, socket] : pipes_)
    all.push_back(socket);
  for (const auto& socket : all)
    socket->check_deadline(now);
  if (paused_until_ && now >= *paused_until_) {
    paused_until_.reset();
    for (const auto& listener : listeners_)
      listener->resume();
  }
  log_refusals();
  delayed_send(this, tick_period(), tick::value);
}

/// One line for many refusals: a flood must not fill the disk as well.
void pipe_broker::log_refusals() {
  const auto now = std::chrono::steady_clock::now();
  if (now - last_report_ < 10s) return;
  last_report_ = now;
  rate_.forget_idle(now);
  const auto& c = counters;
  const auto total = c.refused_pipes + c.refused_half_open + c.refused_rate + c.refused_by_owner
                     + c.cut_crowded + c.cut_handshake + c.cut_unsent + c.accept_pauses;
  if (total == std::exchange(reported_, total)) return;
  deps_.log.warning("pipe.refusals", {{"pipes", c.refused_pipes},
                                      {"half_open", c.refused_half_open},
                                      {"rate", c.refused_rate},
                                      {"by_owner", c.refused_by_owner},
                                      {"crowded", c.cut_crowded},
                                      {"handshake", c.cut_handshake},
                                      {"unsent", c.cut_unsent},
                                      {"out_of_descriptors", c.accept_pauses}});
}

} // namespace

pipe_broker_actor spawn_pipe_broker(caf::actor_system& system, pipe_broker_deps deps) {
  // io_config loads CAF's own multiplexer, which on Linux is a default_multiplexer.
  auto& loop = static_cast<cn::default_multiplexer&>(system.middleman().backend());
  caf::actor_config config{&loop};
  return caf::actor_cast<pipe_broker_actor>(
      system.spawn_impl<pipe_broker, caf::no_spawn_options>(config, loop, std::move(deps)));
}

} // namespace muster::net
