// The enrolment channel (muster-enrol/1) as a value: state and event in, effects out. No IO, no clock, no
// actor: each event that needs the time brings it.
#pragma once

#include "messages/frame.hpp"
#include "messages/vocabulary/result.hpp"
#include "records/enrolment.hpp"
#include "records/trust_lists.hpp"
#include "standing/join_offer.hpp"

#include <chrono>
#include <optional>
#include <variant>

namespace muster::service {

/// What the Session must do now: send frames, ask another actor, end.
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
    muster::generation generation; ///< as which the machine was admitted
  };

  std::vector<bytes> send;
  std::variant<std::monostate, ask_begin, ask_prove, ask_admit, ask_issue> ask;
  /// Call `on_tick` when this long has passed.
  std::optional<std::chrono::milliseconds> wake;
  bool close = false; ///< once `send` is out
  /// The number of the trust list that the stranger claims to have, if it is above the service's newest; else
  /// 0. It is an unproven claim: show it to people, and base nothing on it.
  std::uint64_t ahead = 0;
};

/// How long the secret of a challenge lives (docs/protocol.md 2.3). A TPM activates a credential within
/// seconds.
inline constexpr std::chrono::milliseconds enrolment_secret_lifetime{60'000};

/// Within this time a stranger's hello and request must arrive. Whatever is slow on a machine happens before
/// or after them.
inline constexpr std::chrono::milliseconds enrolment_request_deadline{20'000};
/// For the whole enrolment, including the service's own part: no session is held open for a disk that does
/// not answer.
inline constexpr std::chrono::milliseconds enrolment_deadline{120'000};

/// One enrolment: hello, request and proof, in this order. Any other frame ends it, and so does a frame that
/// comes while an answer is awaited, because a stranger has nothing else to say. The secret of the challenge
/// dies with this object, or when its lifetime is over without a proof: bytes that trickle in are not a frame
/// and extend nothing. The whole enrolment has a deadline, too, so that a session costs a stranger more than
/// a byte now and then.
class enrolment_protocol {
public:
  /// `trust`: trust lists. Those that a stranger lacks follow our hello. May be null. `opened`: our clock when
  /// the channel opened, for our hello; 0: not stated.
  enrolment_protocol(enrolment_channel channel, std::chrono::milliseconds pending_retry,
                     std::uint32_t max_frame, std::shared_ptr<const trust_lists> trust = {},
                     wall_time opened = {})
      : channel_{std::move(channel)}, pending_retry_{pending_retry},
        max_frame_{max_frame}, trust_{std::move(trust)}, opened_{opened} {}

  enrolment_effects on_frame(const frame& received, boot_time now);
  enrolment_effects on_begun(result<enrolment_challenge> answer, boot_time now);
  enrolment_effects on_proven(result<proven_machine> answer);
  enrolment_effects on_admitted(muster::generation as);
  /// `token`: why a join token did not count.
  enrolment_effects on_pending(const bytes32& fingerprint, join_refusal token = join_refusal::none);
  enrolment_effects on_issued(const result<issued_certificates>& answer);
  /// Call it at the start, and whenever `wake` says. Ends an enrolment that is past a deadline or whose
  /// secret is too old.
  enrolment_effects on_tick(boot_time now);
  /// Any other reason to end: TrustMgr refused, the service is stopping, time is up.
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
  wall_time opened_;
  step step_ = step::hello;
  std::shared_ptr<enrolment_in_progress> pending_;
  boot_time secret_ends_;
  std::optional<boot_time> began_; ///< first tick
  bool asked_in_time_ = false;
  proven_machine machine_;
};

} // namespace muster::service
