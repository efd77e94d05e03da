// The enrolment channel (muster-enrol/1) as a value: state and event to effects. No IO, no clock, no actor.
#pragma once

#include "messages/frame.hpp"
#include "messages/vocabulary/result.hpp"
#include "records/enrolment.hpp"

#include <chrono>
#include <variant>

namespace muster::service {

/// What the Session must do now: send frames, ask somebody, end.
struct enrolment_effects {
  struct ask_begin {
    std::shared_ptr<const enrolment_request> request;
  };
  struct ask_prove {
    std::shared_ptr<enrolment_in_progress> pending;
    enrolment_channel channel;
    enrolment_proof proof;
  };
  struct ask_admit {
    proven_machine machine;
  };
  struct ask_issue {
    proven_machine machine;
  };

  std::vector<bytes> send;
  std::variant<std::monostate, ask_begin, ask_prove, ask_admit, ask_issue> ask;
  bool close = false; ///< after what is to be sent
};

/// One enrolment. Frames in any other order than hello, request, proof end it, and so does a frame that comes
/// while an answer is awaited: a stranger has nothing else to say. The secret of the challenge dies with
/// this.
class enrolment_protocol {
public:
  enrolment_protocol(enrolment_channel channel, std::chrono::milliseconds pending_retry,
                     std::uint32_t max_frame)
      : channel_{std::move(channel)}, pending_retry_{pending_retry}, max_frame_{max_frame} {}

  enrolment_effects on_frame(const frame& received);
  enrolment_effects on_begun(result<enrolment_challenge> answer);
  enrolment_effects on_proven(result<proven_machine> answer);
  enrolment_effects on_admitted();
  enrolment_effects on_pending(const bytes32& fingerprint);
  enrolment_effects on_issued(const result<issued_certificates>& answer);
  /// Any other reason to end: TrustMgr refused, the service stops, time is up.
  enrolment_effects on_refused(const fault& why);

private:
  enum class step { hello, request, beginning, proof, proving, admitting, issuing, over };

  enrolment_effects end(const fault& why);

  enrolment_channel channel_;
  std::chrono::milliseconds pending_retry_;
  std::uint32_t max_frame_;
  step step_ = step::hello;
  std::shared_ptr<enrolment_in_progress> pending_;
  proven_machine machine_;
};

} // namespace muster::service
