// The enrolment channel (muster-enrol/1) as a value: state and event to effects. No IO, no clock, no actor.
#pragma once

#include "actors/node/evidence.hpp"
#include "actors/node/keeper.hpp"
#include "actors/node/machine.hpp"
#include "node/ra_agent/service_words.hpp"

#include <memory>
#include <string_view>
#include <variant>

namespace muster::node {

/// The channel that the transcript binds, from this end.
struct enrolment_channel {
  bytes node_spki;    ///< DER, of the certificate that we showed
  bytes service_spki; ///< DER, of the service's certificate
  bytes32 exporter{};
};

/// What the RA Agent must do now.
struct enrolment_effects {
  /// Let RAC Tools answer, then call `on_answer`.
  struct ask_prove {
    enrolment_question question;
  };
  struct admitted {
    issued_identity issued; ///< checked to be for our key
    node_id id;
  };
  struct pending {
    bytes32 fingerprint{}; ///< as computed here: what an operator approves
    std::chrono::milliseconds retry_after{0};
    std::string_view token{}; ///< why the token that we sent did not count; empty: none was sent
  };

  std::vector<bytes> send;
  std::vector<bytes> trust; ///< lists that came; not verified (`take_trust_lists`)
  std::variant<std::monostate, ask_prove, admitted, pending, refusal> then;
};

/// One enrolment: hello, request, proof, answer. It is over with `admitted`, `pending` or a refusal; the
/// caller then closes the channel. A frame out of the protocol's order ends it with a refusal.
class enrolment_client {
public:
  /// `token`: empty or 32 bytes. `trust`: the number of the trust list in force.
  enrolment_client(enrolment_channel channel, std::shared_ptr<const machine_identity> machine, bytes token,
                   std::uint64_t trust = 0);

  /// The handshake ended.
  enrolment_effects start();
  enrolment_effects on_frame(const frame& received);
  enrolment_effects on_answer(result<enrolment_answer> answer);

private:
  enum class step { start, hello, challenge, proving, verdict, over };

  enrolment_effects take_trust(capnp::List<capnp::Data>::Reader in);
  enrolment_effects request();
  enrolment_effects challenged(wire::EnrolChallenge::Reader in);
  enrolment_effects admit(wire::Admitted::Reader in);
  enrolment_effects wait(wire::Pending::Reader in);
  enrolment_effects end(refusal why);
  node_id id() const;

  enrolment_channel channel_;
  std::shared_ptr<const machine_identity> machine_;
  bytes token_;
  std::uint64_t trust_;
  step step_ = step::start;
};

} // namespace muster::node
