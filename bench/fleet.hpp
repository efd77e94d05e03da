// Many agents in one thread: their sessions, and work distributed so that the number of busy agents stays
// constant.
#pragma once

#include "actors/runtime/clock.hpp"
#include "bench/words.hpp"
#include "messages/frame.hpp"
#include "net/connect.hpp"
#include "net/secure_channel.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace muster::bench {

/// Makes the frames that answer an order.
using answerer = std::function<result<std::vector<bytes>>(soft_machine&, const order&, const channel&)>;

struct fleet_plan {
  endpoint service;
  std::string service_name;
  crypto::certificate anchor;
  std::size_t machines = 1000;
  std::size_t in_flight = 64;
  bool rsa = false;  ///< attestation keys are RSA-2048 instead of P-256
  answerer answer{}; ///< null: `evidence` of the software that the fleet was made with
};

/// One task of an agent.
enum class task {
  enrol,   ///< the whole enrolment; the certificate is kept
  connect, ///< a new session, up to the service's hello
  attest,  ///< beat, challenge, evidence, up to "taken"
  settle,  ///< as `attest`, until a beat brings no challenge
  hold,    ///< beat, and keep the challenge: until it is answered, no beat brings another
  beat,    ///< beat and reply, without a challenge
  release, ///< answer the kept challenge, up to "taken"
  hang_up  ///< end the session
};

class fleet {
public:
  static result<fleet> make(fleet_plan plan, const lab::vendor& vendor, measured_software software);
  ~fleet();
  fleet(fleet&&) noexcept;
  fleet& operator=(fleet&&) noexcept;

  /// Performs `what` `times` times, round robin, with `in_flight` agents at a time. fault: the first failure,
  /// with the service's words if it gave any.
  status run(task what, std::size_t times);

  std::size_t size() const noexcept { return members_.size(); }
  node_id id(std::size_t member) const;
  soft_machine& machine(std::size_t member);
  /// Number of `attest` tasks whose beat brought no challenge, because the last challenge was less than an
  /// interval ago. They are repeated, so each costs the service a beat that is not counted.
  std::uint64_t unchallenged() const noexcept { return unchallenged_; }

private:
  struct member;
  enum class progress { more, done, again };

  fleet(fleet_plan plan, measured_software software);
  status open(member& who, net::tls_protocol protocol);
  bool due(const member& who, task what) const;
  status begin(member& who, task what);
  result<progress> readable(member& who, task what);
  result<progress> take(member& who, task what, const frame& received);
  result<progress> take_enrolment(member& who, const frame& received);
  result<progress> take_reply(member& who, task what, wire::BeatReply::Reader in);
  status answer(member& who);
  status send(member& who, const std::vector<bytes>& frames);
  status flush(member& who);
  void close(member& who);

  fleet_plan plan_;
  const lab::vendor* vendor_ = nullptr;
  measured_software software_;
  bytes facts_;
  std::shared_ptr<const runtime::clock> clock_;
  std::vector<std::unique_ptr<member>> members_;
  std::deque<member*> idle_;
  net::socket_fd poll_;
  std::uint64_t unchallenged_ = 0;
};

} // namespace muster::bench
