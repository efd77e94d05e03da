// When a machine is asked for whole logs, and when only for what is new (docs/protocol.md 4). Pure.
#pragma once

#include "records/context.hpp"
#include "records/node_record.hpp"
#include "tpm/format/pcr_selection.hpp"

#include <chrono>
#include <memory>

namespace muster::service {

/// Between two requests for whole logs that would end what is on record of a machine, or that follow a log
/// which does not continue from the record.
inline constexpr std::chrono::milliseconds whole_logs_pause{std::chrono::hours{1}};

/// The same where nothing is wrong except that claims on record are outdated (`evidence.behind`). Until whole
/// logs verify, the machine has no lease.
inline constexpr std::chrono::milliseconds behind_pause{std::chrono::minutes{5}};

/// The PCRs to quote: sha256:0-14, and PCR 0 to 9 of the bank of this boot's boot_aggregate, if that is
/// another bank.
tpm::pcr_selection selection_for(const node_state& recorded);

/// Whether a challenge asks for whole logs. It does if an increment cannot continue from the record: of
/// another boot, of other banks, or of files that were verified with other keys. It does if they were asked
/// for, in this session or an earlier one, and nothing came of it yet. If a finding of kind evidence is open,
/// it does once in the pause, since nothing else would end that finding.
bool whole_logs_due(const node_state& recorded, const appraisal_context& context, const boot_id& boot,
                    wall_time now);

/// Whether something is open that only whole logs can end: findings of kind evidence (docs/protocol.md 5).
bool whole_logs_would_mend(const node_state& recorded) noexcept;

/// Whether the pause since the newest request is over. Also true if the clock was set back to before that
/// request.
bool may_ask_again(const node_state& recorded, wall_time now,
                   std::chrono::milliseconds pause = whole_logs_pause) noexcept;

/// The state for a session that asks for whole logs at `now`, before anything comes of it: the session does
/// not ask again within the pause. The same pointer if there is nothing to mend.
std::shared_ptr<const node_state> after_asking(std::shared_ptr<const node_state> recorded, wall_time now);

/// Notes in `after` when whole logs were asked for. `whole`: this attestation was asked for them. A finding
/// of kind evidence that is new in `after` makes the next challenge ask for them, unless increments must wait
/// for their turn (`evidence.behind`).
void note_whole_logs(const node_state& before, node_state& after, bool whole, wall_time now) noexcept;

} // namespace muster::service
