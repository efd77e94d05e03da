// The channel of an admitted machine (muster/1) as a value: state and event to effects. No IO, no actor; time
// is a parameter.
#pragma once

#include "actors/node/errand.hpp"
#include "actors/node/evidence.hpp"
#include "actors/node/keeper.hpp"
#include "messages/frame.hpp"
#include "node/ra_agent/kept_heads.hpp"
#include "node/ra_agent/service_words.hpp"

#include <optional>
#include <vector>

namespace muster::node {

struct beat_settings {
  std::chrono::milliseconds jitter{
      1000}; ///< a beat comes up to this much early, at most a quarter of the interval
};

/// A challenge, and the time by which all of its evidence must be with the service.
struct challenge_order {
  evidence_order evidence; ///< the caller fills in the channel's part (node, exporter, SPKI)
  boot_time deadline;
};

/// What the RA Agent must do now. `send` is the frames to send, in order.
struct beat_effects {
  std::vector<bytes> send;
  bool accepted = false; ///< the service's hello came: only then has it judged our certificate
  bool replied = false;  ///< the open beat was answered
  std::optional<wall_time> service_clock; ///< the service's clock; with `accepted`, if the hello states it
  muster::tuning tuning;                  ///< by that reply; without the beat, which is `interval`
  std::optional<std::chrono::milliseconds> reconnect_spread; ///< as the service states it, at most an hour
  std::optional<challenge_order> challenge;
  std::vector<command> commands;     ///< as received: the errand book decides
  std::vector<command_id> delivered; ///< reports that the service has
  std::optional<attestation_number> taken;
  std::optional<issued_identity> renewed;
  std::optional<std::chrono::milliseconds> renewal_retry; ///< no certificate yet: ask again after this time
  std::vector<bytes> trust;     ///< lists that came with the reply; not verified (`take_trust_lists`)
  bytes log_heads;              ///< to be stored (`kept_heads`); empty: nothing new
  std::optional<refusal> ended; ///< close the channel
};

/// One session. At most one beat is open; the service answers it at once. The time of
/// a command counts from the moment when we sent the beat that brought it (docs/protocol.md 3). A report is
/// sent when it is made and again with each further beat, until a beat sent after it has been answered.
class beat_client {
public:
  /// A reply may take this long, or three intervals if that is longer; then the session is dead.
  static constexpr std::chrono::milliseconds patience{30'000};

  /// `log_heads`: as they were stored.
  beat_client(beat_settings settings, const boot_id& boot, byte_view log_heads,
              std::vector<errand_report> unsent);

  /// The handshake ended.
  beat_effects start(boot_time now);
  beat_effects on_frame(const frame& received, boot_time now, std::uint64_t random);
  /// Beats if that is due. Call it at `next()`; calling it at any other time is harmless.
  beat_effects on_time(boot_time now);
  beat_effects on_report(errand_report report);
  /// Asks for a certificate for the key of this session.
  beat_effects on_renewal_due();
  /// `number`: of the trust list that is on disk. The next beat reports it.
  void know_trust(std::uint64_t number) { trust_ = number; }
  /// Takes effect with the next reply.
  void change(const beat_settings& settings);

  boot_time next() const noexcept { return next_; }
  bool accepted() const noexcept { return phase_ == phase::open; }
  std::chrono::milliseconds interval() const noexcept { return interval_; }

private:
  enum class phase { start, hello, open, over };
  struct unconfirmed {
    errand_report report;
    std::uint64_t before_beat = 0; ///< the reply to this beat, or a later one, confirms it
  };

  beat_effects end(refusal why);
  beat_effects take_reply(wire::BeatReply::Reader in, boot_time now, std::uint64_t random);
  beat_effects take_renewed(wire::Renewed::Reader in);
  void beat(boot_time now, beat_effects& out);

  beat_settings settings_;
  boot_id boot_;
  kept_heads log_heads_;
  std::vector<unconfirmed> reports_;
  phase phase_ = phase::start;
  std::uint64_t sequence_ = 0;
  std::uint64_t trust_ = 0;
  bool open_ = false; ///< the beat `sequence_` is not answered yet
  boot_time sent_;    ///< of that beat
  boot_time next_;
  std::chrono::milliseconds interval_{10'000};
};

} // namespace muster::node
