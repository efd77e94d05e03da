// The enrolment channel (muster-enrol/1) as a value: state and event to effects. No IO, no clock, no actor:
// the time comes with what happens.
#pragma once

#include "messages/frame.hpp"
#include "messages/vocabulary/result.hpp"
#include "records/enrolment.hpp"
#include "records/trust_lists.hpp"

#include <chrono>
#include <optional>
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
    muster::generation generation; ///< that the machine was admitted as
  };

  std::vector<bytes> send;
  std::variant<std::monostate, ask_begin, ask_prove, ask_admit, ask_issue> ask;
  /// Call `on_tick` when this long has passed.
  std::optional<std::chrono::milliseconds> wake;
  bool close = false; ///< after what is to be sent
  /// Number of a trust list that the stranger claims, and that is newer than the service's; 0: none. Nobody
  /// proved it: it is for people, and counts nowhere.
  std::uint64_t ahead = 0;
};

/// How long the secret of a challenge lives (docs/protocol.md 2.3): a TPM activates a credential in seconds.
inline constexpr std::chrono::milliseconds enrolment_secret_lifetime{60'000};

/// For a stranger's hello and request: all that is slow at a machine comes before or after them.
inline constexpr std::chrono::milliseconds enrolment_request_deadline{20'000};
/// For all of it, the service's own part included: a session is not held for a disk that does not answer.
inline constexpr std::chrono::milliseconds enrolment_deadline{120'000};

/// One enrolment. Frames in any other order than hello, request, proof end it, and so does a frame that comes
/// while an answer is awaited: a stranger has nothing else to say. The secret of the challenge dies with
/// this, and at its own end if no proof came: bytes that trickle in are no frame and move nothing. The whole
/// has an end, too, so that a session costs a stranger more than a byte now and then.
class enrolment_protocol {
public:
  /// `trust`: lists that a stranger gets that does not have them, behind our hello; may be null.
  enrolment_protocol(enrolment_channel channel, std::chrono::milliseconds pending_retry,
                     std::uint32_t max_frame, std::shared_ptr<const trust_lists> trust = {})
      : channel_{std::move(channel)}, pending_retry_{pending_retry}, max_frame_{max_frame}, trust_{std::move(
                                                                                                trust)} {}

  enrolment_effects on_frame(const frame& received, boot_time now);
  enrolment_effects on_begun(result<enrolment_challenge> answer, boot_time now);
  enrolment_effects on_proven(result<proven_machine> answer);
  enrolment_effects on_admitted(muster::generation as);
  enrolment_effects on_pending(const bytes32& fingerprint);
  enrolment_effects on_issued(const result<issued_certificates>& answer);
  /// To be called when it begins, and as `wake` says. Ends an enrolment that is over a deadline, or whose
  /// secret is too old.
  enrolment_effects on_tick(boot_time now);
  /// Any other reason to end: TrustMgr refused, the service stops, time is up.
  enrolment_effects on_refused(const fault& why, std::chrono::milliseconds retry_after = {});

private:
  enum class step { hello, request, beginning, proof, proving, admitting, issuing, over };

  enrolment_effects end(const fault& why, std::chrono::milliseconds retry_after = {});
  enrolment_effects greet(std::uint64_t has);
  bool secret_is_over(boot_time now) const noexcept {
    return step_ == step::proof && now.milliseconds >= secret_ends_.milliseconds;
  }

  enrolment_channel channel_;
  std::chrono::milliseconds pending_retry_;
  std::uint32_t max_frame_;
  std::shared_ptr<const trust_lists> trust_;
  step step_ = step::hello;
  std::shared_ptr<enrolment_in_progress> pending_;
  boot_time secret_ends_;
  std::optional<boot_time> began_; ///< first tick
  bool asked_in_time_ = false;
  proven_machine machine_;
};

} // namespace muster::service
