// One identity on two hosts: what says so, and what it does to a node's state (docs/protocol.md 2,
// docs/checks.md 4). Pure.
//
// A copy of an agent's state, or a relay to a machine's TPM, proves everything that the machine proves. The
// copy is exposed because the original machine keeps running:
//   1. a session that a newer one superseded still answers. An agent that reconnects has closed the one
//      before; only a frame that was under way can still arrive there.
//   2. attestations alternate between two kernel boot ids although the TPM has counted no reboot. A kernel's
//      boot id is random and never comes back.
//   3. the same TPM and AK ask for certificates for two node keys in turn. An agent that lost its key makes a
//      new one; a key that was replaced is not asked for again.
// The alarm is no verdict: it caps it at `warning`, and stands over boots and restarts of the service until a
// person ends it or the identity gets a new generation.
#pragma once

#include "records/node_record.hpp"

namespace muster::service {

/// Boot ids that are remembered under one pair of counters: a host that loads kernels by kexec more often
/// is forgotten from the oldest on.
inline constexpr std::size_t max_boots_seen = 8;

/// What a superseded session that answers says.
finding two_live_sessions();
/// What boot ids say that come in turn: `returned` was there, another came, and now it is there again.
finding boots_in_turn(const boot_id& between, const boot_id& returned);

/// What node keys say that come in turn.
finding keys_in_turn();

/// Node keys that are remembered in one generation.
inline constexpr std::size_t max_keys_seen = 8;

/// Notes that `next` replaces `before` as the node key of this generation. Gives the finding to raise if it
/// was there before.
std::optional<finding> note_key(node_state& state, const bytes32& before, const bytes32& next);

/// Whether the TPM counted a boot or a resume since the attestation before.
enum class counters : std::uint8_t { unchanged, changed };

/// Notes that evidence came from a machine of this boot id, in answer to a fresh challenge. Gives the finding
/// to raise if the id was there before and another one in between.
std::optional<finding> note_boot(node_state& state, const boot_id& now_running, counters counted);

/// Raises the alarm: stored with the state, listed, and no better than a warning. One that stands already
/// stays as it is: false.
bool raise_alarm(node_state& state, finding what, wall_time now);

/// Takes the alarm and its finding off; the verdict is the caller's to compute anew. Of boot ids only the
/// newest is remembered, so that a second host which is still there raises the alarm again.
void end_alarm(node_state& state);

} // namespace muster::service
