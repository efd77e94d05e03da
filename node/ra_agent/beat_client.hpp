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

/// A challenge, and until when all of its evidence must be there.
struct challenge_order {
  evidence_order evidence; ///< the channel's part (node, exporter, SPKI) is the caller's to fill in
  boot_time deadline;
};

/// What the RA Agent must do now, beside sending.
struct beat_effects {
  std::vector<bytes> send;
  bool accepted = false; ///< the service's hello came: only now it has judged our certificate
  bool replied = false;  ///< the open beat was answered
  std::optional<wall_time> service_clock; ///< what the service's clock says; with `accepted`, if it says it
  muster::tuning tuning;                  ///< by that reply; its beat is the interval of this session
  std::optional<std::chrono::milliseconds> reconnect_spread; ///< as the service says, at most an hour
  std::optional<challenge_order> challenge;
  std::vector<command> commands;     ///< as received: the errand book decides
  std::vector<command_id> delivered; ///< reports that the service has
  std::optional<attestation_number> taken;
  std::optional<issued_identity> renewed;
  std::optional<std::chrono::milliseconds> renewal_retry; ///< there is no certificate before that
  std::vector<bytes> trust;     ///< lists that came with the reply; not verified (`take_trust_lists`)
  bytes log_heads;              ///< to be kept (`kept_heads`); empty: nothing new
  std::optional<refusal> ended; ///< close the channel
};

/// One session. At most one beat is open; it is answered at once or within the interval. Commands count their
/// time from the sending of the beat that their reply answers (docs/protocol.md 3). Reports are sent when
/// they are made and with each further beat, until the reply to a beat that followed them.
class beat_client {
public:
  /// A reply may come as late as this, or three intervals; then the session is dead.
  static constexpr std::chrono::milliseconds patience{30'000};

  /// `log_heads` as they were kept.
  beat_client(beat_settings settings, const boot_id& boot, byte_view log_heads,
              std::vector<errand_report> unsent);

  /// The handshake ended.
  beat_effects start(boot_time now);
  beat_effects on_frame(const frame& received, boot_time now, std::uint64_t random);
  /// To be called at `next()`, or at any time. Beats if that is due.
  beat_effects on_time(boot_time now);
  beat_effects on_report(errand_report report);
  /// Ask for a certificate for the key of this session.
  beat_effects on_renewal_due();
  /// The number of the trust list that is on the disk: the next beat says it.
  void know_trust(std::uint64_t number) { trust_ = number; }
  /// Counts from the next reply on.
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
  bool open_ = false; ///< the beat `sequence_` was not answered yet
  boot_time sent_;    ///< of that beat
  boot_time next_;
  std::chrono::milliseconds interval_{10'000};
};

} // namespace muster::node
