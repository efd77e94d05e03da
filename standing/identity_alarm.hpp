// One identity on two hosts: how it is recognised, and what it does to a node's state (docs/protocol.md 2,
// docs/checks.md 4). Pure.
//
// A copy of an agent's state, or a relay to a machine's TPM, can prove everything that the machine proves.
// The copy is exposed because the original machine keeps running:
//   1. A session that a newer one superseded still answers. An agent that reconnects has closed its old
//      session; only a frame that was under way can still arrive there.
//   2. Attestations alternate between two kernel boot ids although the TPM has counted no reboot. A kernel's
//      boot id is random and never comes back.
//   3. The same TPM and AK ask for certificates for two node keys alternately. An agent that lost its key
//      makes a new one; a key that was replaced is not asked for again.
//
// The alarm is not a verdict. It caps the verdict at `warning`, and lasts over boots and restarts of the
// service until an operator ends it or the identity gets a new generation.
#pragma once

#include "records/node_record.hpp"

namespace muster::service {

/// Boot ids that are remembered while the counters are unchanged. If a host loads kernels by kexec more
/// often, the oldest are forgotten first.
inline constexpr std::size_t max_boots_seen = 8;

/// The finding for a superseded session that still answers.
finding two_live_sessions();
/// The finding for alternating boot ids: `returned` was there, then `between`, and now `returned` is there
/// again.
finding alternating_boots(const boot_id& between, const boot_id& returned);

/// The finding for alternating node keys.
finding alternating_keys();

/// Node keys that are remembered in one generation.
inline constexpr std::size_t max_keys_seen = 8;

/// Notes that `next` replaces `before` as the node key of this generation. Returns the finding to raise if
/// `next` was used before.
std::optional<finding> note_key(node_state& state, const bytes32& before, const bytes32& next);

/// Whether the TPM counted a boot or a resume since the previous attestation.
enum class counters : std::uint8_t { unchanged, changed };

/// Notes that evidence came from a machine with this boot id, in answer to a fresh challenge. Returns the
/// finding to raise if the id was there before, with another one in between.
std::optional<finding> note_boot(node_state& state, const boot_id& now_running, counters counted);

/// Raises the alarm. It is stored with the state, and its finding is listed; the verdict is then no better
/// than a warning. False: an alarm is raised already, and stays as it is.
bool raise_alarm(node_state& state, finding what, wall_time now);

/// Ends the alarm and removes its finding. The caller must compute the verdict again. Of the boot ids only
/// the newest is remembered, so that a second host which is still there raises the alarm again.
void end_alarm(node_state& state);

} // namespace muster::service
