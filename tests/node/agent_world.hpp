// The RA Agent, with all its counterparts under the test's control: a service behind a real TLS channel, a
// network without sockets, fakes of RAC Tools, TBProvisioner and Keeper. Time passes when the test says so.
#pragma once

#include "actors/runtime/system_config.hpp"
#include "net/secure_channel.hpp"
#include "node/ra_agent/ra_agent.hpp"
#include "tests/net/pki.hpp"
#include "tests/node/agent_tools.hpp"
#include "tests/node/frames.hpp"

#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <deque>

namespace muster::test {

class manual_clock final : public runtime::clock {
public:
  boot_time since_boot() const noexcept override { return now; }
  wall_time wall() const noexcept override {
    return {net::test::noon.milliseconds + now.milliseconds + ahead_ms};
  }
  boot_id boot() const noexcept override { return {{3}}; }
  boot_time now{1'000'000};
  std::uint64_t ahead_ms = 0; ///< how far the machine's wall clock is ahead of the service's
};

/// What happened, and what the fakes are to do.
struct agent_world_state {
  // the network
  std::optional<net::server_tls> tls;
  std::vector<endpoint> dials;
  bool reachable = true;
  bool mute = false; ///< the service reads input and sends nothing
  std::uint64_t pipes = 0;
  net::pipe_owner_actor owner;
  std::optional<net::secure_channel> service; ///< of the newest pipe
  std::vector<bytes> received;                ///< frames of the agent
  bool hung_up = false;                       ///< by the agent, on the newest pipe
  std::size_t left = 0;                       ///< pipes that the agent closed
  std::uint64_t written = 1'000'000'000;      ///< what the broker claims to have written
  // the disk
  bool disk_works = true;
  std::vector<std::string> kept; ///< errand books, in order
  std::vector<node::issued_identity> issued;
  std::vector<bytes> trust; ///< lists, in order
  std::size_t trust_asked = 0;
  bool left_disk = false;
  // the machine
  std::size_t quotes = 0, reads = 0;
  std::size_t log_parts = 3;
  std::optional<fault> no_quote; ///< the TPM's answer in place of a quote
  bool tpm_hangs = false;        ///< it answers a quote only with the next survey
  std::vector<caf::typed_response_promise<result<node::quoted_evidence>>> late_quotes;
  result<node::machine_identity> identity =
      node::machine_identity{{}, bytes(64, 1), bytes(48, 2), bytes{3}, {}};

  bool told_left = false;
};
using world_ptr = std::shared_ptr<agent_world_state>;

inline net::pipe_broker_actor::behavior_type fake_broker(net::pipe_broker_actor::pointer self, world_ptr w) {
  return {
      [self, w](const net::pipe_send& m) {
        if (m.pipe.value != w->pipes || !w->service) return;
        auto arrived = w->service->feed(*m.chunk);
        if (arrived)
          for (auto& one : arrived->frames)
            w->received.push_back(std::move(one));
        auto answer = w->service->take_output();
        if (!answer.empty() && !w->mute)
          self->send(w->owner, net::pipe_data{m.pipe, net::share(std::move(answer))});
      },
      [](const net::pipe_credit&) {},
      [](const net::pipe_ready&) {},
      [](const net::pipe_silence&) {},
      [self, w](const net::pipe_close& m) {
        w->left += 1;
        if (m.pipe.value == w->pipes) w->hung_up = true;
        self->send(w->owner, net::pipe_closed{m.pipe, net::pipe_end::by_owner});
      },
      [](const net::pipe_change&) {},
      [](const net::pipe_adopt&) { return net::pipe_opened{}; },
      [w](net::pipe_count) {
        net::pipe_counters out;
        out.bytes_out = w->written;
        return out;
      },
      [](net::pipe_stop_accepting) { return net::pipe_counters{}; },
  };
}

inline net::dialer_actor::behavior_type fake_dialer(net::dialer_actor::pointer, world_ptr w,
                                                    net::pipe_broker_actor broker) {
  return {[w, broker](const net::dial& order) {
    w->dials.push_back(order.where);
    if (!w->reachable) return net::dialled{fault{errc::io, "nobody there"}};
    w->service.emplace(net::secure_channel::accept(*w->tls));
    w->owner = order.owner;
    w->received.clear();
    w->hung_up = false;
    return net::dialled{net::pipe_opened{net::pipe_id{++w->pipes}, net::pipe_carrier_actor{broker}, {}, 0}};
  }};
}

inline node::keeper_actor::behavior_type fake_keeper(node::keeper_actor::pointer, world_ptr w) {
  const auto answer = [w]() -> status {
    if (!w->disk_works) return fault{errc::io, "the disk is full"};
    return {};
  };
  return {
      [w, answer](node::keep_atom, const node::issued_identity& issued) {
        w->issued.push_back(issued);
        return answer();
      },
      [w, answer](node::keep_atom, const node::errands_text& errands) {
        if (w->disk_works) w->kept.push_back(errands.text);
        return answer();
      },
      [](node::keep_atom, const node::log_heads&) {},
      [w, answer](node::keep_atom, const node::kept_trust& newest) {
        ++w->trust_asked;
        if (w->disk_works) w->trust.push_back(newest.list);
        return answer();
      },
      [w, answer](node::leave_atom) {
        w->left_disk = true;
        return answer();
      },
  };
}

inline node::rac_tools_actor::behavior_type fake_tools(node::rac_tools_actor::pointer self, world_ptr w) {
  return {
      [w](node::survey_atom) {
        for (auto& late : std::exchange(w->late_quotes, {}))
          late.deliver(result<node::quoted_evidence>{node::quoted_evidence{{7}, {1}, {2}, {3}, {}, true}});
        return node::boot_survey{};
      },
      [w](const node::measured_boot&) { return w->identity; },
      [](const node::enrolment_question&) {
        return result<node::enrolment_answer>{node::enrolment_answer{{1}, {2}, {3}}};
      },
      [self, w](const node::evidence_order& order) {
        ++w->quotes;
        w->reads = 0;
        auto answer =
            self->make_response_promise<caf::typed_response_promise<result<node::quoted_evidence>>>();
        if (w->tpm_hangs)
          w->late_quotes.push_back(answer);
        else if (w->no_quote)
          answer.deliver(result<node::quoted_evidence>{*w->no_quote});
        else
          answer.deliver(result<node::quoted_evidence>{
              node::quoted_evidence{order.number, {1}, {2}, {3}, {}, w->log_parts == 0}});
        return answer;
      },
      [w](node::read_atom, attestation_number number) {
        const bool last = ++w->reads == w->log_parts;
        return result<node::log_part>{node::log_part{number, node::log_kind::ima, bytes(1000, 5), last}};
      },
  };
}

inline node::tb_provisioner_actor::behavior_type fake_provisioner(node::tb_provisioner_actor::pointer) {
  return {[](node::inspect_atom) { return node::measured_boot{}; }};
}

class agent_world {
public:
  agent_world() : scheduler_{dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler())} {
    w->tls = pki_.server();
    broker_ = system_.spawn(fake_broker, w);
    deps_.emplace(node::ra_agent_deps{{{"one", 1}, {"two", 2}},
                                      net::test::service_name,
                                      {pki_.root.cert()},
                                      {},
                                      key,
                                      {std::chrono::milliseconds{0}, std::chrono::milliseconds{0}, "info"},
                                      {},
                                      clock,
                                      silent(),
                                      system_.spawn(fake_dialer, w, broker_),
                                      broker_,
                                      system_.spawn(fake_tools, w),
                                      system_.spawn(fake_provisioner),
                                      system_.spawn(fake_keeper, w),
                                      [w = w] { w->told_left = true; }});
  }
  ~agent_world() {
    // In order, so that its errands end as well: the actor system waits for all actors.
    if (agent) caf::anon_send(agent, node::stop_atom::value);
    settle();
    const auto end = [](const auto& one) { caf::anon_send_exit(one, caf::exit_reason::kill); };
    end(deps_->dialer);
    end(deps_->broker);
    end(deps_->tools);
    end(deps_->provisioner);
    end(deps_->keeper);
    scheduler_.run();
    w->late_quotes.clear();
    w->owner = net::pipe_owner_actor{}; // the agent holds this world by `on_left`
  }
  agent_world(const agent_world&) = delete;
  agent_world& operator=(const agent_world&) = delete;

  node::issued_identity certificate(crypto::validity when = net::test::this_week) const {
    return {pki_.node.issue_node(id, key.pub(), when)->der(), {}, {}};
  }

  void start(std::optional<node::issued_identity> issued, node::errand_book book = node::errand_book{{{3}}},
             std::optional<crypto::trust_list> trust = {}) {
    agent = node::spawn_ra_agent(system_, *deps_, {std::move(issued), std::move(book), {}, std::move(trust)});
    settle();
  }

  /// A hanging TPM answers at last.
  void answer_late_quotes() {
    w->tpm_hangs = false;
    caf::anon_send(deps_->tools, node::survey_atom::value);
    settle();
  }

  /// Starts enrolled, and the service sends its hello: beat 1 has been sent.
  void start_session(node::errand_book book = node::errand_book{{{3}}}) {
    start(certificate(), std::move(book));
    REQUIRE(w->received.size() == 1);
    say(agent_hello());
  }

  /// Runs everything that happens without time passing: a timer of zero length is due at once.
  void settle() {
    do
      scheduler_.run();
    while (scheduler_.advance_time(caf::timespan{0}) > 0);
  }

  /// In steps of at most 50 ms: the time of anything that a step starts is counted from that step.
  void pass(std::chrono::milliseconds span) {
    while (span.count() > 0) {
      const auto step = std::min(span, std::chrono::milliseconds{50});
      clock->now.milliseconds += static_cast<std::uint64_t>(step.count());
      scheduler_.advance_time(step);
      settle();
      span -= step;
    }
  }

  /// Lets time pass until the agent has dialled `times` times, at most `most`. Returns how long that took.
  std::chrono::milliseconds pass_until_dialled(std::size_t times, std::chrono::milliseconds most) {
    std::chrono::milliseconds waited{0};
    for (constexpr std::chrono::milliseconds step{50}; w->dials.size() < times && waited < most;
         waited += step)
      pass(step);
    return waited;
  }

  /// Sends a frame from the service.
  void say(const frame& what) {
    REQUIRE(w->service);
    REQUIRE(w->service->send(what.view()).ok());
    caf::anon_send(w->owner, net::pipe_data{net::pipe_id{w->pipes}, net::share(w->service->take_output())});
    settle();
  }

  /// The agent's frames of that kind since the last call.
  std::vector<bytes> take(wire::AgentFrame::Which kind) {
    std::vector<bytes> out;
    for (const auto& one : w->received)
      if (which(one) == kind) out.push_back(one);
    std::erase_if(w->received, [&](const bytes& one) { return which(one) == kind; });
    return out;
  }

  /// Answers the newest beat.
  template <class Fill> void reply(Fill&& fill) {
    const auto beats = take(wire::AgentFrame::BEAT);
    REQUIRE(!beats.empty());
    const auto sequence =
        read_sent(beats.back(), [](wire::AgentFrame::Reader in) { return in.getBeat().getSequence(); });
    say(to_agent([&](wire::ServiceFrame::Builder out) {
      auto answer = out.initBeatReply();
      answer.setSequence(sequence);
      answer.setIntervalMs(10'000);
      fill(answer);
    }));
  }
  void reply() {
    reply([](auto) {});
  }

  world_ptr w = std::make_shared<agent_world_state>();
  std::shared_ptr<manual_clock> clock = std::make_shared<manual_clock>();
  crypto::private_key key = crypto::private_key::make_ec(crypto::curve::p256);
  node_id id{crypto::sha256(bytes(64, 1))};
  node::ra_agent_actor agent;

private:
  struct config : runtime::system_config {
    config() { set("scheduler.policy", caf::atom("testing")); }
  };

  const net::test::pki& pki_ = net::test::pki::ours();
  config config_;
  caf::actor_system system_{config_};
  caf::scheduler::test_coordinator& scheduler_;
  net::pipe_broker_actor broker_;
  std::optional<node::ra_agent_deps> deps_;
};

} // namespace muster::test
