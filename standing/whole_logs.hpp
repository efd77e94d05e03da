// When a machine is asked for whole logs, and when for what is new only (docs/protocol.md 4). Pure.
#pragma once

#include "records/context.hpp"
#include "records/node_record.hpp"
#include "tpm/format/pcr_selection.hpp"

#include <chrono>
#include <memory>

namespace muster::service {

/// Between two requests for whole logs that would end what is on record of a machine, or that follow a log
/// that does not go on.
inline constexpr std::chrono::milliseconds whole_logs_pause{std::chrono::hours{1}};

/// The same where nothing is wrong but that claims on record are outdated (`evidence.behind`). Until then the
/// machine has no lease.
inline constexpr std::chrono::milliseconds behind_pause{std::chrono::minutes{5}};

/// What is quoted: sha256:0-14, and PCR 0 to 9 of the bank that this boot's boot_aggregate is of, if that is
/// another.
tpm::pcr_selection selection_for(const node_state& recorded);

/// Whether a challenge asks for whole logs. It does whenever nothing on record can go on: of another boot, of
/// other banks, or of files that were verified with other keys. It does where they were asked for, by this
/// session or an earlier one, and nothing came of it yet. Where a finding about evidence is open it does once
/// in the pause: nothing else would end that.
bool whole_logs_due(const node_state& recorded, const appraisal_context& context, const boot_id& boot,
                    wall_time now);

/// Whether anything is open that nothing but whole logs can end: findings about evidence
/// (docs/protocol.md 5).
bool whole_logs_would_mend(const node_state& recorded) noexcept;

/// Whether the pause since the newest request is over. Also where the clock was set back behind it.
bool may_ask_again(const node_state& recorded, wall_time now,
                   std::chrono::milliseconds pause = whole_logs_pause) noexcept;

/// The state for a session that asks for whole logs at `now`, before anything comes of it: it does not ask
/// again within the pause. The same pointer if there is nothing to mend.
std::shared_ptr<const node_state> once_asked(std::shared_ptr<const node_state> recorded, wall_time now);

/// The time of asking, by what a decision makes of `before`. `whole`: whole logs were asked for. A finding
/// about evidence that opens is mended with the next challenge, unless increments have to wait for their turn
/// (`evidence.behind`).
void note_whole_logs(const node_state& before, node_state& after, bool whole, wall_time now) noexcept;

} // namespace muster::service
