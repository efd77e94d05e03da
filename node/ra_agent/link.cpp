// How the agent connects to the service, and how it leaves.
#include "crypto/digest.hpp"
#include "messages/time_text.hpp"
#include "node/ra_agent/agent_state.hpp"

namespace muster::node {

namespace {

constexpr std::chrono::seconds connect_deadline{10};
constexpr std::chrono::seconds dial_timeout{60};       // resolvers take their time
constexpr std::chrono::seconds handshake_deadline{20}; // also of each step of an enrolment

void flush(agent_pointer self) {
  auto& link = self->state.link;
  auto out = link.channel->take_output();
  link.submitted += out.size();
  link.pipe.send(std::move(out));
}

/// The service decides, by its own clock, whether the certificate is still valid. Our clock may be wrong, and
/// by a wrong clock a new certificate would look no better.
bool enrolled(const agent_state& state) { return state.own.has_value(); }

result<net::client_tls> make_tls(const agent_state& state) {
  const auto& deps = *state.deps;
  if (state.asks_lists) {
    // A key for this connection alone: an unknown server does not learn which machine asks.
    const auto key = crypto::private_key::make_ec(crypto::curve::p256);
    auto nobody = make_stranger(key, deps.clock->wall());
    if (!nobody) return nobody.fault();
    return net::client_tls::to_anybody({std::move(*nobody), {}, key});
  }
  net::tls_trust trust{state.trust.anchors, {}, deps.clock};
  if (state.trust.number != 0) trust.service_issuers = state.trust.issuers;
  if (enrolled(state))
    return net::client_tls::make({state.own->leaf, {}, deps.key}, std::move(trust), net::tls_protocol::agent,
                                 deps.service_name);
  auto shown = make_stranger(deps.key, deps.clock->wall());
  if (!shown) return shown.fault();
  return net::client_tls::make({std::move(*shown), {}, deps.key}, std::move(trust), net::tls_protocol::enrol,
                               deps.service_name);
}

void fail(agent_pointer self, std::string_view event, const fault& why) {
  const auto& state = self->state;
  state.deps->log.warning(event, {{"service", to_string(state.deps->addresses[state.at.address])},
                                  runtime::fault_code(why),
                                  runtime::fault_check(why)});
  travel(self, self->state.route->after_failure(draw()));
}

void pipe_opened(agent_pointer self, const net::pipe_opened& pipe) {
  auto& link = self->state.link;
  link.pipe = net::pipe_handle{pipe};
  auto tls = make_tls(self->state);
  if (!tls) return fail(self, "agent.tls", tls.fault());
  link.channel.emplace(net::secure_channel::connect(*tls));
  set_timer(self, handshake_deadline);
  flush(self);
}

void dial(agent_pointer self) {
  auto& state = self->state;
  const auto& deps = *state.deps;
  net::dial order{deps.addresses[state.at.address], connect_deadline, net::pipe_owner_actor{self}};
  self->request(deps.dialer, dial_timeout, std::move(order))
      .then(
          [self, number = state.link.number](const net::dialled& answer) {
            if (self->state.stopping || number != self->state.link.number) {
              if (answer.pipe) net::pipe_handle{*answer.pipe}.close();
              return;
            }
            if (!answer.pipe) return fail(self, "agent.unreachable", answer.pipe.fault());
            pipe_opened(self, *answer.pipe);
          },
          [self, number = state.link.number](const caf::error&) {
            if (number == self->state.link.number)
              fail(self, "agent.unreachable", {errc::timeout, "the dialer did not answer in time"});
          });
}

// The handshake has ended on our side. Only the service's first frame shows that it takes our certificate.
void opened(agent_pointer self) {
  auto& link = self->state.link;
  link.pipe.ready();
  link.submitted = 0;
  self->request(self->state.deps->broker, connect_deadline, net::pipe_count{})
      .then(
          [self, number = link.number](const net::pipe_counters& now) {
            if (number == self->state.link.number) self->state.link.out_before = now.bytes_out;
          },
          [](const caf::error&) {}); // evidence is then paced worse
  if (self->state.asks_lists) return begin_lists(self);
  link.channel->peer().protocol == net::tls_protocol::enrol ? begin_enrolment(self) : begin_session(self);
}

void cut(agent_pointer self, const fault& why) {
  auto& state = self->state;
  const auto* session = std::get_if<beat_client>(&state.link.protocol);
  // An alert between the handshake and the service's first frame means that the service does not take our
  // certificate: the agent then proves itself again. Before the end of the handshake, anyone on the path
  // could have written the alert.
  if (why.code == errc::denied && enrolled(state) && session != nullptr && !session->accepted()) {
    state.deps->log.warning("agent.certificate",
                            {{"what", "the service does not accept the certificate; the agent enrols again"},
                             {"valid_until", rfc3339(state.own->leaf.fields().not_after)},
                             {"clock_here", rfc3339(state.deps->clock->wall())}});
    state.own.reset();
  }
  if (why.code == errc::expired)
    state.deps->log.warning("agent.clock", {{"what", "the service's certificate is not valid at this "
                                                     "machine's time; one of the two clocks may be wrong"},
                                            {"here", rfc3339(state.deps->clock->wall())}});
  // Before the end of the handshake. A server whose certificate is not in our list is either not ours, or our
  // list is old.
  if (why.code == errc::untrusted && ask_lists(self, why)) return;
  fail(self, "agent.cut", why);
}

} // namespace

void set_timer(agent_pointer self, std::chrono::milliseconds after) {
  self->delayed_send(self, after, wake_atom::value, ++self->state.timer);
}

void travel(agent_pointer self, leg next) {
  hang_up(self);
  self->state.asks_lists = false;
  self->state.at = next;
  if (self->state.stopping) return;
  if (next.wait.count() > 0) self->state.deps->log.info("agent.waits", {{"ms", next.wait.count()}});
  set_timer(self, next.wait);
}

void hang_up(agent_pointer self) {
  auto& link = self->state.link;
  if (link.channel) {
    link.channel->close();
    flush(self);
  }
  if (link.pipe) link.pipe.close();
  link = agent_link{link.number + 1, {}, {}, {}, 0, 0};
  self->state.evidence.reset();
  self->state.renewal_asked = false;
}

// The message that this machine has left is our last one: ending at once could lose it.
void say_goodbye(agent_pointer self) {
  auto& state = self->state;
  if (state.link.pipe) state.farewell = state.link.pipe.id();
  hang_up(self);
  if (!state.farewell) state.deps->on_left();
}

void connect(agent_pointer self) {
  keep_trust_again(self);
  if (!enrolled(self->state) && !self->state.machine && !self->state.asks_lists) return identify(self);
  dial(self);
}

void send_frames(agent_pointer self, const std::vector<bytes>& frames) {
  auto& link = self->state.link;
  if (!link.channel) return;
  for (const auto& one : frames)
    if (const auto sent = link.channel->send(one); !sent) return fail(self, "agent.send", sent.fault());
  flush(self);
}

void take_chunk(agent_pointer self, const net::pipe_data& data) {
  auto& state = self->state;
  if (data.pipe != state.link.pipe.id() || !state.link.channel) return;
  const auto number = state.link.number;
  auto arrived = state.link.channel->feed(*data.chunk);
  flush(self);
  state.link.pipe.consumed(data.chunk->size());
  if (!arrived) return cut(self, arrived.fault());
  if (arrived->opened) opened(self);
  for (auto& payload : arrived->frames) {
    if (number != state.link.number) return; // a frame before this one ended the connection
    const auto received = frame::adopt(std::move(payload));
    if (std::holds_alternative<trust_client>(state.link.protocol))
      lists_frame(self, received);
    else if (std::holds_alternative<enrolment_client>(state.link.protocol))
      enrolment_frame(self, received);
    else
      session_frame(self, received);
  }
  if (arrived->closed && number == state.link.number)
    pipe_gone(self, {state.link.pipe.id(), net::pipe_end::by_peer});
}

void pipe_gone(agent_pointer self, const net::pipe_closed& gone) {
  auto& state = self->state;
  if (state.farewell == gone.pipe && std::exchange(state.farewell, std::nullopt))
    return state.deps->on_left();
  if (!state.link.pipe || gone.pipe != state.link.pipe.id()) return;
  const auto* session = std::get_if<beat_client>(&state.link.protocol);
  const bool accepted = session != nullptr && session->accepted();
  state.deps->log.warning("agent.lost", {{"why", to_string(gone.why)}});
  travel(self, accepted ? state.route->after_loss(session->interval(), draw())
                        : state.route->after_failure(draw()));
}

} // namespace muster::node
